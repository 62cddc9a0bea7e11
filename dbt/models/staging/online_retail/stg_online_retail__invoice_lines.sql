-- One row is a line of an invoice, exactly as many as were delivered: equal lines are separate
-- lines, told apart by their place in the file. It is not yet a sale: see invoice_kind.

with source as (
    select * from {{ source('raw', 'online_retail__invoice_lines') }}
),

non_products as (
    select * from {{ ref('non_product_codes') }}
),

lines as (
    select
        -- delivery
        source.channel,
        source.batch_id,
        source.delivered_at,
        source.delivery_file,
        source.file_row,

        -- the invoice: a stock adjustment has nothing but zero prices and takes pieces away or
        -- names no customer
        source.invoice_no,
        source.customer_id,
        source.country,
        case
            when upper(source.invoice_no) like 'C%' then 'cancellation'
            when upper(source.invoice_no) like 'A%' then 'bad_debt'
            when
                max(abs(source.unit_price)) over invoice = 0
                and (
                    max(source.customer_id) over invoice is null
                    or min(source.quantity) over invoice < 0
                )
                then 'stock_adjustment'
            else 'sale'
        end as invoice_kind,

        -- the line
        cast(
            row_number() over (
                partition by source.channel, source.batch_id, source.invoice_no
                order by source.file_row asc nulls last
            ) as varchar
        ) as line_no,
        source.stock_code,
        source.description,
        non_products.code_kind,
        source.quantity,
        source.unit_price,
        cast(round(source.quantity * source.unit_price, 2) as decimal(18, 2)) as line_amount,
        source.invoiced_at
    from source
    left join non_products on upper(source.stock_code) = upper(non_products.stock_code)
    window invoice as (partition by source.channel, source.batch_id, source.invoice_no)
)

select * from lines
