{#-
    CTEs that find the frequent sets of `size` items: baskets with two frequent sets of one item less
    that differ in the last (together_), the sets enough of them hold (frequent_), who holds them.
-#}
{% macro longer_itemsets(size) -%}
together_{{ size }} as (
    select
        shorter.basket_number,
        shorter.set_number as prefix_number,
        longer.last_item
    from held_{{ size - 1 }} as shorter
    inner join held_{{ size - 1 }} as longer
        on shorter.basket_number = longer.basket_number
        and shorter.prefix_number = longer.prefix_number
        and shorter.last_item < longer.last_item
),

frequent_{{ size }} as (
    select
        row_number() over (
            order by sets.prefix_number asc nulls last, sets.last_item asc nulls last
        ) as set_number,
        sets.*
    from (
        select prefix_number, last_item, count(*) as orders
        from together_{{ size }}
        group by prefix_number, last_item
    ) as sets
    inner join frequent_1 as items on sets.last_item = items.set_number
    where sets.orders >= items.least_orders and items.max_antecedent >= {{ size - 1 }}
),

held_{{ size }} as (
    select together_{{ size }}.*, sets.set_number
    from together_{{ size }}
    inner join frequent_{{ size }} as sets
        on together_{{ size }}.prefix_number = sets.prefix_number
        and together_{{ size }}.last_item = sets.last_item
)
{%- endmacro %}
