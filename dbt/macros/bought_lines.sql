{#-
    A query of the lines of valid orders of known members, with what the product is: what baskets,
    categories and recommendations start from.
-#}
{% macro bought_lines() -%}
    select
        lines.order_key,
        lines.line_no,
        orders.member_id,
        orders.ordered_on,
        orders.ordered_at,
        orders.channel,
        lines.product_key,
        lines.category,
        products.subcategory,
        lines.quantity,
        lines.net_revenue
    from {{ ref('fct_order_line') }} as lines
    inner join {{ ref('fct_order') }} as orders on lines.order_key = orders.order_key
    left join {{ ref('dim_product') }} as products on lines.product_key = products.product_key
    where orders.is_valid and orders.member_id is not null
{%- endmacro %}
