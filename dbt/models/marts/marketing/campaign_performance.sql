-- One row: a campaign, whom it reached, what is ascribed to it and, where members were held out,
-- what it added. Without a hold-out the return compares ascribed margin with cost: that is not
-- causal.
with sent as (
    select
        campaign_key,
        count(distinct case when not is_control then member_id end) as reached,
        count(distinct case when is_delivered then member_id end) as delivered,
        count(distinct case when is_opened then member_id end) as opened,
        count(distinct case when is_clicked then member_id end) as clicked,
        count(distinct case when is_bounced then member_id end) as bounced,
        count(distinct case when is_unsubscribed then member_id end) as unsubscribed
    from {{ ref('campaign_touch') }}
    group by campaign_key
),

members as (
    select
        campaign_key,
        count(case when is_control then 1 end) as holdout_members,
        count(case when is_control is null then 1 end) as both_members,
        max(counts_until) as complete_at
    from {{ ref('scr_campaign_member') }}
    group by campaign_key
),

buyers as (
    select campaign_key, cast(total as bigint) as buyers
    from {{ ref('scr_campaign_lift_input') }}
    where metric = 'conversion' and not is_control
),

lifts as (
    select
        campaign_key,
        max(treated_members) as treated_members,
        max(holdout_members) as holdout_members,
        max(case when metric = 'conversion' then treated_mean end) as treated_rate,
        max(case when metric = 'conversion' then holdout_mean end) as holdout_rate
        {%- for metric, prefix in {'conversion': 'lift', 'margin': 'margin'}.items() %},
        max(case when metric = '{{ metric }}' then difference end) as {{ prefix }},
        max(case when metric = '{{ metric }}' then ci_low end) as {{ prefix }}_low,
        max(case when metric = '{{ metric }}' then ci_high end) as {{ prefix }}_high,
        max(case when metric = '{{ metric }}' then p_value end) as {{ prefix }}_p_value
        {%- endfor %}
    from {{ source('scores', 'scr_campaign_lift') }}
    group by campaign_key
),

ascribed as (
    select
        credits.campaign_key,
        cast(sum(credits.net_revenue) as decimal(18, 2)) as net_revenue,
        cast(sum(credits.margin_amount) as decimal(18, 2)) as margin_amount
    from {{ ref('attribution') }} as credits
    inner join {{ ref('attribution_rules') }} as rules
        on credits.model = rules.model and rules.is_default
    group by credits.campaign_key
),

costs as (
    select campaign_key, cast(sum(amount) as decimal(18, 2)) as cost_total
    from {{ ref('fct_marketing_cost') }}
    group by campaign_key
),

joined as (
    select
        campaigns.*,
        coalesce(sent.reached, 0) as reached,
        coalesce(sent.delivered, 0) as delivered,
        coalesce(sent.opened, 0) as opened,
        coalesce(sent.clicked, 0) as clicked,
        coalesce(sent.bounced, 0) as bounced,
        coalesce(sent.unsubscribed, 0) as unsubscribed,
        coalesce(buyers.buyers, 0) as buyers,
        coalesce(ascribed.net_revenue, 0) as attributed_revenue,
        coalesce(ascribed.margin_amount, 0) as attributed_margin,
        coalesce(costs.cost_total, 0) as cost_total,
        coalesce(members.holdout_members, 0) as holdout_members,
        coalesce(members.both_members, 0) as both_members,
        coalesce(members.complete_at <= {{ as_of_end() }}, false) as is_complete,
        coalesce(
            least(lifts.treated_members, lifts.holdout_members) >= rules.min_holdout_members
            and lifts.margin is not null,
            false
        ) as is_causal,
        lifts.treated_members,
        lifts.treated_rate,
        lifts.holdout_rate,
        {%- for prefix in ['lift', 'margin'] %}
        lifts.{{ prefix }},
        lifts.{{ prefix }}_low,
        lifts.{{ prefix }}_high,
        lifts.{{ prefix }}_p_value{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('dim_campaign') }} as campaigns
    cross join {{ ref('marketing_rules') }} as rules
    {%- for relation in ['sent', 'members', 'buyers', 'lifts', 'ascribed', 'costs'] %}
    left join {{ relation }} on campaigns.campaign_key = {{ relation }}.campaign_key
    {%- endfor %}
),

final as (
    {{ campaign_figures('joined') }}
)

select * from final
