-- One row: something a member bought or did, of a dimension of taste: its share of the member's
-- purchases of that dimension, and on how many purchases that rests. Ranks are unique.
{%- set of_lines = ['category', 'subcategory', 'brand', 'color', 'style', 'price_band'] %}
{%- set of_orders = ['channel', 'hour', 'weekday'] %}

with lines as (
    select
        lines.member_id,
        lines.ordered_on,
        lines.category,
        products.subcategory,
        products.brand,
        products.color,
        products.style,
        bands.price_band
    from {{ ref('fct_order_line') }} as lines
    inner join {{ ref('fct_order') }} as orders
        on lines.order_key = orders.order_key and orders.is_valid
    left join {{ ref('dim_product') }} as products on lines.product_key = products.product_key
    left join {{ ref('price_band_rules') }} as bands
        on lines.unit_price >= bands.price_from
        and (lines.unit_price < bands.price_below or bands.price_below is null)
    where lines.member_id is not null
),

orders as (
    select
        member_id,
        ordered_on,
        channel,
        lpad(
            cast(extract(hour from {{ business_time('ordered_at') }}) as varchar), 2, '0'
        ) as hour,
        cast({{ day_of_week('ordered_on') }} as varchar) as weekday
    from {{ ref('fct_order') }}
    where is_valid and member_id is not null
),

choices as (
    {%- for dimension in of_lines + of_orders %}
    select
        member_id,
        ordered_on,
        '{{ dimension }}' as dimension,
        {{ dimension }} as preference
    from {{ 'lines' if dimension in of_lines else 'orders' }}
    where {{ dimension }} is not null
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

counted as (
    select
        member_id,
        dimension,
        preference,
        count(*) as support,
        max(ordered_on) as last_ordered_on
    from choices
    group by member_id, dimension, preference
),

final as (
    select
        member_id,
        dimension,
        preference,
        support,
        {{ safe_divide('support', 'sum(support) over (partition by member_id, dimension)') }}
            as share,
        row_number() over (
            partition by member_id, dimension
            order by
                support desc nulls last,
                last_ordered_on desc nulls last,
                preference asc nulls last
        ) as preference_rank,
        last_ordered_on
    from counted
)

select * from final
