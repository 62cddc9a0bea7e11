-- One row is a product of a channel as a channel of the landing contract
-- delivered it; a re-delivery is a further row.

with source as (
    select * from {{ source('raw', 'contract__products') }}
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
        product_id,

        -- attributes
        name,
        category,
        subcategory,
        brand,
        color,
        style,

        -- money
        list_price,
        unit_cost,

        -- version
        updated_at
    from source
)

select * from renamed
