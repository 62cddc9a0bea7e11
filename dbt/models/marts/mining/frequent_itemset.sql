-- One row: a set of up to five items that enough baskets hold together, at a level and in a scope.
-- A basket is a valid order and counts once, however often it holds an item. Sets of k items are
-- looked for only among baskets that hold two frequent sets of k - 1 (Agrawal and Srikant 1994).
{%- set longest = 5 %}
with lines as (
    select
        orders.order_key,
        segments.segment,
        lines.product_key as product,
        products.subcategory,
        lines.category
    from {{ ref('fct_order') }} as orders
    inner join {{ ref('fct_order_line') }} as lines on orders.order_key = lines.order_key
    left join {{ ref('dim_product') }} as products on lines.product_key = products.product_key
    left join {{ ref('member_rfm') }} as segments on orders.member_id = segments.member_id
    where orders.is_valid
),

items as (
    {%- for level in ['product', 'subcategory', 'category'] %}
    select distinct
        '{{ level }}' as level,
        rules.scope,
        case when rules.scope = 'all' then 'all' else lines.segment end as segment,
        lines.order_key,
        lines.{{ level }} as item
    from lines
    inner join {{ ref('affinity_rules') }} as rules
        on rules.level = '{{ level }}' and (rules.scope = 'all' or lines.segment is not null)
    where lines.{{ level }} is not null
    {% if not loop.last %}union all{% endif %}
    {%- endfor %}
),

slices as (
    select
        counted.level,
        counted.scope,
        counted.segment,
        counted.baskets,
        rules.max_antecedent,
        greatest(
            rules.min_orders, cast(ceil(rules.min_support * counted.baskets) as bigint)
        ) as least_orders
    from (
        select level, scope, segment, count(distinct order_key) as baskets
        from items
        group by level, scope, segment
    ) as counted
    inner join {{ ref('affinity_rules') }} as rules
        on counted.level = rules.level and counted.scope = rules.scope
),

-- item numbers rise with the item's text and never meet those of another slice
frequent_1 as (
    select
        row_number() over (
            order by counted.level asc nulls last, counted.segment asc nulls last,
                counted.item asc nulls last
        ) as set_number,
        counted.*,
        slices.least_orders,
        slices.max_antecedent
    from (
        select level, segment, item, count(*) as orders
        from items
        group by level, segment, item
    ) as counted
    inner join slices on counted.level = slices.level and counted.segment = slices.segment
    where counted.orders >= slices.least_orders
),

held_1 as (
    select
        dense_rank() over (
            order by items.order_key asc nulls last, items.level asc nulls last,
                items.segment asc nulls last
        ) as basket_number,
        cast(0 as bigint) as prefix_number,
        frequent_1.set_number,
        frequent_1.set_number as last_item
    from items
    inner join frequent_1
        on items.level = frequent_1.level
        and items.segment = frequent_1.segment
        and items.item = frequent_1.item
),
{% for size in range(2, longest + 1) %}
{{ longer_itemsets(size) }},
{% endfor %}
named_1 as (
    select
        set_number,
        level,
        segment,
        item as item_1,
        item as itemset,
        {%- for place in range(2, longest + 1) %}
        cast(null as varchar) as item_{{ place }},
        {%- endfor %}
        orders
    from frequent_1
),
{% for size in range(2, longest + 1) %}
{{ named_itemsets(size, longest) }},
{% endfor %}
final as (
    {%- for size in range(1, longest + 1) %}
    select
        sets.level,
        sets.segment,
        sets.itemset,
        {{ size }} as item_count,
        sets.item_1,
        sets.item_2,
        sets.item_3,
        sets.item_4,
        sets.item_5,
        sets.orders,
        slices.baskets,
        {{ safe_divide('sets.orders', 'slices.baskets') }} as support
    from named_{{ size }} as sets
    inner join slices on sets.level = slices.level and sets.segment = slices.segment
    {% if not loop.last %}union all{% endif %}
    {%- endfor %}
)

select * from final
