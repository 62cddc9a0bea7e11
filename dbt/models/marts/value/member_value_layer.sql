-- One row: a buyer's value layer by rule (what was bought in the RFM window) and by model (the
-- place among all buyers by clv_365d). It is no tier of the programme.
with by_rule as (
    select
        buyers.member_id,
        min(rules.priority) as priority
    from {{ ref('member_purchase') }} as buyers
    inner join {{ ref('value_layer_rules') }} as rules
        on (buyers.window_net_revenue >= rules.min_net_revenue or rules.min_net_revenue is null)
        and (
            buyers.window_purchase_day_count >= rules.min_purchase_days
            or rules.min_purchase_days is null
        )
    group by buyers.member_id
),

ranked as (
    select
        member_id,
        clv_365d,
        case
            when clv_365d is not null
                then percent_rank() over (
                    partition by clv_365d is null order by clv_365d asc nulls last
                )
        end as value_share
    from {{ ref('member_clv') }}
),

layers as (
    {{ tier_of_share(ref('value_layer_rules')) }}
),

final as (
    select
        by_rule.member_id,
        {{ as_of() }} as as_of,
        rule_layers.layer as rule_layer,
        rule_layers.layer_zh as rule_layer_zh,
        model_layers.layer as model_layer,
        model_layers.layer_zh as model_layer_zh,
        rule_layers.layer = model_layers.layer as is_agreed,
        ranked.value_share
    from by_rule
    inner join {{ ref('value_layer_rules') }} as rule_layers
        on by_rule.priority = rule_layers.priority
    inner join ranked on by_rule.member_id = ranked.member_id
    left join layers as model_layers
        on ranked.value_share >= model_layers.from_share
        and (ranked.value_share < model_layers.below_share or model_layers.below_share is null)
)

select * from final
