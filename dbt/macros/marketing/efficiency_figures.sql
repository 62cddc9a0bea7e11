{#- The published columns of marketing_efficiency: totals, newcomers, first_orders side by side. -#}
{% macro efficiency_figures() -%}
    select
        totals.month,
        totals.marketing_channel,
        totals.cost_amount,
        totals.budget_amount,
        {{ safe_divide('totals.cost_amount', 'totals.budget_amount') }} as budget_used_rate,
        totals.net_revenue as attributed_revenue,
        totals.margin_amount as attributed_margin,
        {{ safe_divide('totals.net_revenue', 'totals.cost_amount') }} as return_on_spend,
        newcomers.new_members,
        first_orders.new_buyers,
        {{ money(safe_divide('totals.cost_amount', 'newcomers.new_members')) }}
            as cost_per_new_member,
        {{ money(safe_divide('totals.cost_amount', 'first_orders.new_buyers')) }}
            as cost_per_new_buyer
    from totals
    left join newcomers
        on totals.month = newcomers.month and totals.marketing_channel = 'all'
    left join first_orders
        on totals.month = first_orders.month and totals.marketing_channel = 'all'
{%- endmacro %}
