-- One row: a layer by rule and a layer by model, and how many buyers have both. Kappa is Cohen's:
-- the agreement beyond what two unrelated judges of these layers would reach.
with counted as (
    select
        rule_layer,
        model_layer,
        count(*) as members
    from {{ ref('member_value_layer') }}
    where model_layer is not null
    group by rule_layer, model_layer
),

pairs as (
    select
        rules.layer as rule_layer,
        models.layer as model_layer,
        rules.priority as rule_priority,
        models.priority as model_priority,
        coalesce(counted.members, 0) as members
    from {{ ref('value_layer_rules') }} as rules
    cross join {{ ref('value_layer_rules') }} as models
    left join counted
        on rules.layer = counted.rule_layer and models.layer = counted.model_layer
),

totals as (
    select
        pairs.*,
        sum(members) over () as all_members,
        sum(members) over (partition by rule_layer) as rule_members,
        sum(members) over (partition by model_layer) as model_members
    from pairs
),

shares as (
    select
        totals.*,
        {{ safe_divide('members', 'all_members') }} as share,
        {{ safe_divide('rule_members', 'all_members') }}
        * {{ safe_divide('model_members', 'all_members') }} as expected_share
    from totals
),

-- Whole numbers are summed: no rate depends on the order of rows.
judged as (
    select
        {{ safe_divide(
            'sum(case when rule_layer = model_layer then members end)', 'max(all_members)'
        ) }} as agreement_rate,
        {{ safe_divide(
            'sum(case when rule_layer = model_layer then rule_members * model_members end)',
            'max(all_members) * max(all_members)'
        ) }} as expected_rate
    from totals
),

final as (
    select
        {{ as_of() }} as as_of,
        shares.rule_layer,
        shares.model_layer,
        cast(shares.members as bigint) as members,
        shares.share,
        shares.expected_share,
        judged.agreement_rate,
        (judged.agreement_rate - judged.expected_rate)
        / nullif(1 - judged.expected_rate, 0) as kappa
    from shares
    cross join judged
)

select * from final
