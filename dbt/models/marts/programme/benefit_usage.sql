-- One row: a tier, a benefit and a month of its granting: how often granted and used, and the cost.
-- The tier is the one held when the benefit was granted.
with promised as (
    select distinct benefit_code, benefit_name, benefit_name_zh, benefit_type
    from {{ ref('tier_benefits') }} as benefits
    where {{ rule_in_force('benefits', as_of()) }}
),

granted as (
    select
        coalesce(tiers.tier_code, 'none') as tier_code,
        grants.benefit_code,
        {{ month_start('grants.granted_on') }} as granted_month,
        grants.member_id,
        grants.used_at,
        grants.cost_amount
    from {{ ref('fct_benefit_grant') }} as grants
    left join {{ ref('member_tier_history') }} as tiers
        on grants.member_id = tiers.member_id
        and grants.granted_at >= tiers.valid_from
        and (grants.granted_at < tiers.valid_to or tiers.valid_to is null)
),

final as (
    select
        granted.tier_code,
        granted.benefit_code,
        granted.granted_month,
        max(promised.benefit_name) as benefit_name,
        max(promised.benefit_name_zh) as benefit_name_zh,
        max(promised.benefit_type) as benefit_type,
        count(*) as granted,
        count(granted.used_at) as used,
        count(distinct granted.member_id) as members,
        {{ safe_divide('count(granted.used_at)', 'count(*)') }} as use_rate,
        cast(sum(coalesce(granted.cost_amount, 0)) as decimal(18, 2)) as cost
    from granted
    left join promised on granted.benefit_code = promised.benefit_code
    group by granted.tier_code, granted.benefit_code, granted.granted_month
)

select * from final
