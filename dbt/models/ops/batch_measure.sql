-- One row: a batch, an entity it delivers and, of sales and refunds, a day: rows, distinct keys and
-- amounts, counted on raw itself and not on staging. In an increment raw shows only open batches; a
-- batch never changes, so the rows of the others stand.
{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key='batch_id',
    on_schema_change='fail',
) }}

with invoice_lines as (
    select
        batch_id,
        channel,
        file_row,
        customer_id,
        invoice_no,
        invoice_no like 'C%' as is_cancellation,
        {{ business_date('invoiced_at') }} as line_on,
        {{ business_date('min(invoiced_at) over (partition by batch_id, invoice_no)') }} as day_on,
        {{ money('quantity * unit_price') }} as amount
    from {{ source('raw', 'online_retail__invoice_lines') }}
),

measured as (
    {%- for entity, compared in reconciled_entities().items() %}
    select
        batch_id,
        channel,
        '{{ entity }}' as entity,
        {{ business_date(compared.at) if compared.day else 'cast(null as date)' }} as day_on,
        {{ compared.key }} as record_id,
        {{ compared.gross[0] if compared.gross else 'cast(null as decimal(18, 2))' }}
            as gross_amount,
        {{ compared.amount[0] if compared.amount else 'cast(null as decimal(18, 2))' }} as amount
    from {{ source('raw', 'contract__' ~ entity) }}
    union all
    {%- endfor %}
    {%- for stated in preset_measures() %}
    select
        batch_id,
        channel,
        '{{ stated.entity }}' as entity,
        {{ business_date(stated.at) if stated.at else 'cast(null as date)' }} as day_on,
        {{ stated.key }} as record_id,
        {{ stated.gross or 'cast(null as decimal(18, 2))' }} as gross_amount,
        {{ stated.amount or 'cast(null as decimal(18, 2))' }} as amount
    from {{ source('raw', stated.from) }}
    where {{ stated.where or 'true' }}
    union all
    {%- endfor %}
    -- a file of invoice lines delivers customers, invoices and, as cancellations, refunds
    select distinct
        batch_id,
        channel,
        'customers' as entity,
        cast(null as date) as day_on,
        customer_id as record_id,
        cast(null as decimal(18, 2)) as gross_amount,
        cast(null as decimal(18, 2)) as amount
    from invoice_lines
    where customer_id is not null
    union all
    select
        batch_id,
        channel,
        'orders' as entity,
        day_on,
        invoice_no as record_id,
        sum(amount) as gross_amount,
        sum(amount) as amount
    from invoice_lines
    where not is_cancellation
    group by batch_id, channel, day_on, invoice_no
    union all
    select
        batch_id,
        channel,
        'refunds' as entity,
        line_on as day_on,
        cast(file_row as varchar) as record_id,
        cast(null as decimal(18, 2)) as gross_amount,
        -amount as amount
    from invoice_lines
    where is_cancellation
),

final as (
    select
        batch_id,
        channel,
        entity,
        day_on,
        count(*) as row_count,
        count(distinct record_id) as key_count,
        cast(sum(gross_amount) as decimal(18, 2)) as gross_amount,
        cast(sum(amount) as decimal(18, 2)) as amount
    from measured
    group by batch_id, channel, entity, day_on
)

select * from final
