-- One row: a batch and an entity it delivers: rows, distinct keys and amounts, counted on raw
-- itself and not on staging. In an increment raw shows only open batches; a batch never changes,
-- so the rows of the others stand.
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
        customer_id,
        invoice_no,
        invoice_no like 'C%' as is_cancellation,
        {{ money('quantity * unit_price') }} as amount
    from {{ source('raw', 'online_retail__invoice_lines') }}
),

counted as (
    {%- for entity, compared in reconciled_entities().items() %}
    select
        batch_id,
        channel,
        '{{ entity }}' as entity,
        count(*) as row_count,
        count(distinct {{ compared.key }}) as key_count,
        {{ 'sum(' ~ compared.gross[0] ~ ')' if compared.gross else 'null' }} as gross_amount,
        {{ 'sum(' ~ compared.amount[0] ~ ')' if compared.amount else 'null' }} as amount
    from {{ source('raw', 'contract__' ~ entity) }}
    group by batch_id, channel
    union all
    {%- endfor %}
    -- a file of invoice lines delivers customers, invoices and, as cancellations, refunds
    select
        batch_id,
        channel,
        'customers' as entity,
        count(distinct customer_id) as row_count,
        count(distinct customer_id) as key_count,
        null as gross_amount,
        null as amount
    from invoice_lines
    group by batch_id, channel
    union all
    select
        batch_id,
        channel,
        'orders' as entity,
        count(distinct invoice_no) as row_count,
        count(distinct invoice_no) as key_count,
        sum(amount) as gross_amount,
        sum(amount) as amount
    from invoice_lines
    where not is_cancellation
    group by batch_id, channel
    union all
    select
        batch_id,
        channel,
        'refunds' as entity,
        count(*) as row_count,
        count(*) as key_count,
        null as gross_amount,
        -sum(amount) as amount
    from invoice_lines
    where is_cancellation
    group by batch_id, channel
),

final as (
    select
        batch_id,
        channel,
        entity,
        row_count,
        key_count,
        cast(gross_amount as decimal(18, 2)) as gross_amount,
        cast(amount as decimal(18, 2)) as amount
    from counted
)

select * from final
