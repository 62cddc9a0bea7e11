-- One row: a member with at least one valid order: what the member has been worth until as_of, and
-- is expected to be worth. An order of the models is a purchase day; see docs/clv.md.
-- frequency, recency and age are the BTYD quantities: repeat purchase days, and weeks.
with tickets as (
    select member_id, count(*) as ticket_count
    from {{ ref('fct_service_ticket') }}
    where member_id is not null
    group by member_id
),

histories as (
    select * from {{ ref('scr_clv_member') }}
    where basis = 'fit'
),

parameters as (
    select
        max(case when parameter = 'r' then model end) as purchase_model,
        max(case when parameter = 'p' then value end) as p,
        max(case when parameter = 'q' then value end) as q,
        max(case when parameter = 'v' then value end) as v
    from {{ source('scores', 'scr_clv_parameter') }}
    where basis = 'fit' and is_chosen
),

brand as (
    select
        case
            when sum(buyers.net_revenue) > 0
                then {{ safe_divide('sum(buyers.margin_amount)', 'sum(buyers.net_revenue)') }}
            else cast(max(rules.assumed_margin_rate) as double)
        end as margin_rate,
        {{ safe_divide('sum(histories.repeat_revenue)', 'sum(histories.frequency)') }}
            as mean_order_value
    from {{ ref('member_purchase') }} as buyers
    inner join histories on buyers.member_id = histories.member_id
    cross join {{ ref('clv_rules') }} as rules
),

expected as (
    select
        histories.*,
        brand.margin_rate,
        parameters.purchase_model,
        coalesce(
            parameters.p * (parameters.v + greatest(cast(histories.repeat_revenue as double), 0))
            / nullif(parameters.p * histories.frequency + parameters.q - 1, 0),
            brand.mean_order_value
        ) as order_value
    from histories
    cross join parameters
    cross join brand
),

valued as (
    select
        buyers.member_id,
        {{ as_of() }} as as_of,
        expected.frequency,
        expected.recency_days / 7.0e0 as recency,
        expected.age_days / 7.0e0 as age,
        buyers.net_revenue as historic_revenue,
        cast(coalesce(tickets.ticket_count, 0) * rules.service_cost_amount as decimal(18, 2))
            as service_cost_amount,
        cast(
            buyers.margin_amount - coalesce(tickets.ticket_count, 0) * rules.service_cost_amount
        as decimal(18, 2)) as historic_margin,
        expected.purchase_model,
        scores.p_alive,
        case
            when scores.age_days is null then 'too few buyers'
            when scores.p_alive is null then 'the model knows no leaving'
            when scores.p_alive = 1 then 'bought once: the model cannot tell'
        end as p_alive_note,
        scores.expected_orders_90d,
        scores.expected_orders_180d,
        scores.expected_orders_365d,
        case when scores.age_days is not null then {{ money('expected.order_value') }} end
            as expected_order_value,
        expected.margin_rate,
        {%- for horizon in ['90d', '180d', '365d', 'total'] %}
        {{ money(
            'scores.discounted_orders_' ~ horizon ~ ' * expected.order_value * expected.margin_rate'
        ) }} as future_{{ horizon }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('member_purchase') }} as buyers
    inner join expected on buyers.member_id = expected.member_id
    left join tickets on buyers.member_id = tickets.member_id
    left join {{ source('scores', 'scr_clv_score') }} as scores
        on expected.frequency = scores.frequency
        and expected.recency_days = scores.recency_days
        and expected.age_days = scores.age_days
    cross join {{ ref('clv_rules') }} as rules
),

ranked as (
    select
        valued.*,
        cast(historic_margin + future_total as decimal(18, 2)) as clv_total,
        percent_rank() over (
            order by historic_margin + coalesce(future_total, 0) asc nulls last
        ) as value_share
    from valued
),

tiers as (
    {{ tier_of_share(ref('value_tier_rules')) }}
),

final as (
    select
        ranked.member_id,
        ranked.as_of,
        ranked.frequency,
        ranked.recency,
        ranked.age,
        ranked.historic_revenue,
        ranked.service_cost_amount,
        ranked.historic_margin,
        ranked.purchase_model,
        ranked.p_alive,
        ranked.p_alive_note,
        ranked.expected_orders_90d,
        ranked.expected_orders_180d,
        ranked.expected_orders_365d,
        ranked.expected_order_value,
        ranked.margin_rate,
        ranked.future_90d as clv_90d,
        ranked.future_180d as clv_180d,
        ranked.future_365d as clv_365d,
        ranked.clv_total,
        tiers.value_tier,
        tiers.value_tier_zh
    from ranked
    inner join tiers
        on ranked.value_share >= tiers.from_share
        and (ranked.value_share < tiers.below_share or tiers.below_share is null)
)

select * from final
