-- One row is a line of a cancellation (invoice C...). The set does not say which invoice is
-- cancelled, so it is a refund of the customer and the day; without a customer, of the day.

with lines as (
    select * from {{ ref('stg_online_retail__invoice_lines') }}
    where invoice_kind = 'cancellation'
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
        invoice_no || '-' || line_no as refund_id,
        cast(null as varchar) as order_id,
        customer_id,
        cast(null as varchar) as line_no,

        -- course
        invoiced_at as refunded_at,
        coalesce(code_kind, invoice_kind) as reason,

        -- measures
        -line_amount as amount,
        -quantity as quantity,

        -- version
        invoiced_at as updated_at
    from lines
)

select * from renamed
