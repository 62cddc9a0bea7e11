{#- A CTE (named_) that gives the frequent sets of `size` items their items and their text. -#}
{% macro named_itemsets(size, longest) -%}
named_{{ size }} as (
    select
        sets.set_number,
        prefixes.level,
        prefixes.segment,
        {%- for place in range(1, longest + 1) %}
        {% if place == size %}items.item{% else %}prefixes.item_{{ place }}{% endif %}
            as item_{{ place }},
        {%- endfor %}
        concat(prefixes.itemset, ' + ', items.item) as itemset,
        sets.orders
    from frequent_{{ size }} as sets
    inner join named_{{ size - 1 }} as prefixes on sets.prefix_number = prefixes.set_number
    inner join frequent_1 as items on sets.last_item = items.set_number
)
{%- endmacro %}
