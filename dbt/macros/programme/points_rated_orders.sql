{#- Valid orders of members with a ledger, and the points the rule of their day gives. -#}
{% macro points_rated_orders() -%}
    select
        orders.order_key,
        orders.member_id,
        {{ month_start('orders.ordered_on') }} as earned_month,
        orders.net_paid_amount,
        orders.refund_amount,
        orders.ordered_at >= members.first_entry_at as is_enrolled,
        floor(orders.net_paid_amount * rules.points_per_unit * case
            when rules.by_tier then coalesce(benefits.benefit_value, 1) else 1
        end) as points
    from {{ ref('fct_order') }} as orders
    inner join {{ ref('points_balance') }} as members on orders.member_id = members.member_id
    inner join {{ ref('points_earn_rules') }} as rules
        on rules.basis = 'net_paid' and {{ rule_in_force('rules', 'orders.ordered_on') }}
    left join {{ ref('member_tier_history') }} as tiers
        on orders.member_id = tiers.member_id
        and orders.ordered_at >= tiers.valid_from
        and coalesce(orders.ordered_at < tiers.valid_to, true)
    left join {{ ref('tier_benefits') }} as benefits
        on tiers.tier_code = benefits.tier_code
        and benefits.benefit_code = 'points_multiplier'
        and {{ rule_in_force('benefits', 'orders.ordered_on') }}
    where orders.is_valid
{%- endmacro %}
