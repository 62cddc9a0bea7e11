-- One row: a product of a channel, or a product id that is sold or looked at but that no channel
-- has described (is_described = false), so that joins lose no fact.
with described as (
    select * from {{ ref('cfm_products') }}
    where updated_at is null or updated_at < {{ as_of_end() }}
),

referenced as (
    select channel, product_id, product_key from {{ ref('fct_order_line') }}
    union
    select channel, product_id, product_key from {{ ref('fct_event') }}
    union
    select channel, product_id, product_key from {{ ref('fct_content') }}
),

orphans as (
    select referenced.product_key, referenced.channel, referenced.product_id
    from referenced
    left join described on referenced.product_key = described.product_key
    where referenced.product_key is not null and described.product_key is null
),

final as (
    select
        product_key,
        channel,
        product_id,
        name,
        category,
        subcategory,
        brand,
        color,
        style,
        list_price,
        unit_cost,
        true as is_described
    from described
    union all
    select
        product_key,
        channel,
        product_id,
        {%- for attribute in ['name', 'category', 'subcategory', 'brand', 'color', 'style'] %}
        cast(null as varchar) as {{ attribute }},
        {%- endfor %}
        cast(null as decimal(18, 2)) as list_price,
        cast(null as decimal(18, 4)) as unit_cost,
        false as is_described
    from orphans
)

select * from final
