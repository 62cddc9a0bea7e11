-- One row: a distinct combination of binned features, purchase history and outcome at a cut, and
-- how many buyers show it. The bins of P(alive) follow in the fit: its model is fitted there, too.
with binned as (
    {{ churn_bins(
        ref('scr_churn_member'), ['cut_number', 'member_id'],
        churn_features() | reject('equalto', 'p_alive') | list
    ) }}
),

wide as (
    select
        cut_number,
        member_id,
        {%- for feature in churn_features() if feature != 'p_alive' %}
        max(case when feature = '{{ feature }}' then bin end) as {{ feature }}
        {{- ',' if not loop.last }}
        {%- endfor %}
    from binned
    group by cut_number, member_id
),

final as (
    select
        wide.cut_number,
        members.is_churned,
        members.purchase_days - 1 as frequency,
        members.last_day_number,
        members.age_days,
        {%- for feature in churn_features() if feature != 'p_alive' %}
        wide.{{ feature }},
        {%- endfor %}
        count(*) as members
    from wide
    inner join {{ ref('scr_churn_member') }} as members
        on wide.cut_number = members.cut_number and wide.member_id = members.member_id
    group by
        wide.cut_number, members.is_churned, members.purchase_days, members.last_day_number,
        members.age_days
        {%- for feature in churn_features() if feature != 'p_alive' %}, wide.{{ feature }}
        {%- endfor %}
)

select * from final
