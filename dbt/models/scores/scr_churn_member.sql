-- One row: a buyer seen from a day: as_of (cut 0) or a past day (cut 1, 2 …), with what was known
-- then and, for past days, whether the buyer came back within the time of the rule.
with cuts as (
    {%- for cut in range(0, 9) %}
    select
        {{ cut }} as cut_number,
        rules.*,
        {{ add_days(as_of(), '-' ~ cut ~ ' * rules.max_horizon_days') }} as cut_on
    from {{ ref('churn_rules') }} as rules
    where rules.training_cuts >= {{ cut }} - 1
    {% if not loop.last %}union all{% endif %}
    {%- endfor %}
),

days as (
    select
        cuts.cut_number,
        purchases.member_id,
        purchases.moved_on,
        {{ days_between('purchases.moved_on', "lead(purchases.moved_on) over (
            partition by cuts.cut_number, purchases.member_id
            order by purchases.moved_on asc nulls last
        )") }} as gap_days
    from cuts
    inner join {{ ref('scr_purchase_day') }} as purchases on purchases.moved_on <= cuts.cut_on
    where purchases.is_purchase
),

typical as (
    select cut_number, cast(median(gap_days) as double) as cycle_days
    from days
    group by cut_number
),

rhythms as (
    select
        cut_number,
        member_id,
        min(moved_on) as first_on,
        max(moved_on) as last_on,
        count(*) as purchase_days,
        count(gap_days) as gap_count,
        cast(median(gap_days) as double) as own_cycle_days
    from days
    group by cut_number, member_id
),

cycles as (
    select
        rhythms.*,
        cuts.cut_on,
        cuts.activity_days,
        cuts.issue_days,
        cuts.lapsed_days,
        cuts.max_horizon_days,
        cuts.min_horizon_days,
        cuts.label_cycles,
        {{ cycle_days(
            'rhythms.gap_count', 'rhythms.own_cycle_days', 'typical.cycle_days', 'cycle_rules'
        ) }} as cycle_days
    from rhythms
    inner join cuts on rhythms.cut_number = cuts.cut_number
    inner join typical on rhythms.cut_number = typical.cut_number
    cross join {{ ref('purchase_cycle_rules') }} as cycle_rules
),

timed as (
    select
        cycles.*,
        cast(least(
            max_horizon_days,
            greatest(min_horizon_days, round(coalesce(label_cycles * cycle_days, max_horizon_days), 0))
        ) as integer) as horizon_days
    from cycles
),

returns as (
    select distinct timed.cut_number, timed.member_id
    from timed
    inner join {{ ref('scr_purchase_day') }} as later
        on timed.member_id = later.member_id
        and later.is_purchase
        and later.moved_on > timed.cut_on
        and {{ days_between('timed.cut_on', 'later.moved_on') }} <= timed.horizon_days
),

{{ churn_facts('timed') }},

final as (
    select
        timed.cut_number,
        timed.member_id,
        timed.cut_on,
        timed.horizon_days,
        timed.cycle_days,
        timed.purchase_days,
        {{ days_between('timed.first_on', 'timed.last_on') }} as last_day_number,
        {{ days_between('timed.first_on', 'timed.cut_on') }} as age_days,
        {{ days_between('timed.last_on', 'timed.cut_on') }} as recency_days,
        {{ safe_divide(days_between('timed.last_on', 'timed.cut_on'), 'timed.cycle_days') }}
            as overdue_ratio,
        {{ safe_divide('visits.later_days', 'visits.later_days + visits.earlier_days') }}
            as activity_trend,
        coalesce(tickets.complaints, 0) as complaints,
        {{ safe_divide('money.refunded', 'money.paid') }} as refund_share,
        coalesce(touches.unsubscribes, 0) as unsubscribes,
        {{ days_between('timed.last_on', 'timed.cut_on') }} > timed.lapsed_days as is_lapsed,
        case
            when
                timed.cut_number > 0
                and {{ days_between('timed.last_on', 'timed.cut_on') }} <= timed.lapsed_days
                then returns.member_id is null
        end as is_churned
    from timed
    left join returns
        on timed.cut_number = returns.cut_number and timed.member_id = returns.member_id
    left join visits
        on timed.cut_number = visits.cut_number and timed.member_id = visits.member_id
    left join tickets
        on timed.cut_number = tickets.cut_number and timed.member_id = tickets.member_id
    left join money
        on timed.cut_number = money.cut_number and timed.member_id = money.member_id
    left join touches
        on timed.cut_number = touches.cut_number and timed.member_id = touches.member_id
)

select * from final
