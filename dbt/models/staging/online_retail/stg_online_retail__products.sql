-- One row is a product as a line of an invoice names it; the newest line's name will stand.
-- Lines of stock adjustments are left out: their description is a remark ("damaged", "found").

with lines as (
    select * from {{ ref('stg_online_retail__invoice_lines') }}
    where code_kind is null and invoice_kind <> 'stock_adjustment'
),

renamed as (
    select
        -- delivery
        channel,
        batch_id,
        delivered_at,
        delivery_file,
        file_row,

        -- ids
        stock_code as product_id,

        -- attributes
        description as name,
        cast(null as varchar) as category,
        cast(null as varchar) as subcategory,
        cast(null as varchar) as brand,
        cast(null as varchar) as color,
        cast(null as varchar) as style,

        -- money
        cast(null as decimal(18, 2)) as list_price,
        cast(null as decimal(18, 4)) as unit_cost,

        -- version
        invoiced_at as updated_at
    from lines
)

select * from renamed
