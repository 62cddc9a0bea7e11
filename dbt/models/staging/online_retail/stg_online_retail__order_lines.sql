-- One row is a line of an invoice that is no cancellation. Postage, fees and stock adjustments
-- are lines without a product.

with lines as (
    select * from {{ ref('stg_online_retail__invoice_lines') }}
    where invoice_kind <> 'cancellation'
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
        invoice_no as order_id,
        line_no,
        case
            when code_kind is null and invoice_kind <> 'stock_adjustment' then stock_code
        end as product_id,

        -- measures
        quantity,
        unit_price,
        cast(null as decimal(18, 2)) as discount_amount,
        line_amount,

        -- version
        invoiced_at as updated_at
    from lines
)

select * from renamed
