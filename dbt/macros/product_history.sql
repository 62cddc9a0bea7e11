{#-
    CTEs with what members have bought, without the baskets held out (an expression over `days`, or
    'false'): history has each member's newest products, with a weight of 1000 that halves with age.
    Whole numbers: no sum depends on its order.
-#}
{% macro product_history(is_held_out) -%}
product_codes as (
    {{ recommendable_products() }}
),

member_codes as (
    select member_id, row_number() over (order by member_id asc nulls last) as member_number
    from {{ ref('dim_member') }}
),

days as (
    select
        members.member_number,
        codes.product_number,
        lines.ordered_on,
        max(lines.ordered_on) over (partition by members.member_number) as last_day_on,
        min(lines.ordered_on) over (partition by members.member_number) as first_day_on
    from ({{ bought_lines() }}) as lines
    inner join product_codes as codes on lines.product_key = codes.product_key
    inner join member_codes as members on lines.member_id = members.member_id
),

bought as (
    select member_number, product_number, max(ordered_on) as last_on
    from days
    where not ({{ is_held_out }})
    group by member_number, product_number
),

history as (
    select member_number, product_number, weight
    from ({{ weighted_products() }}) as newest
    where place <= history_products
)
{%- endmacro %}
