-- One row: a quality measure, 0 to 1, of an entity of a channel on the day its files came in.
-- completeness: cells that are not empty. validity: rows not quarantined. duplicate_rate: rows
-- whose key stands more than once in their file. conflict_rate: values of customers that differ
-- from those other channels give of the same member (by the day of the customer's newest version).
with batches as (
    select
        batch_id,
        channel,
        entity,
        {{ business_date('ingested_at') }} as day_on,
        rows_read,
        rows_loaded
    from {{ source('raw', 'batch') }}
),

completeness as (
    select
        batches.channel,
        batches.entity,
        batches.day_on,
        'completeness' as measure,
        sum(profiles.rows) as cases,
        sum(profiles.rows) - sum(profiles.nulls) as hits
    from {{ source('raw', 'field_profile') }} as profiles
    inner join batches on profiles.batch_id = batches.batch_id
    group by batches.channel, batches.entity, batches.day_on
),

validity as (
    select
        channel,
        entity,
        day_on,
        'validity' as measure,
        sum(rows_read) as cases,
        sum(rows_loaded) as hits
    from batches
    group by channel, entity, day_on
),

duplicates as (
    select
        measures.channel,
        measures.entity,
        batches.day_on,
        'duplicate_rate' as measure,
        sum(measures.row_count) as cases,
        sum(measures.row_count) - sum(measures.key_count) as hits
    from {{ ref('batch_measure') }} as measures
    inner join batches on measures.batch_id = batches.batch_id
    group by measures.channel, measures.entity, batches.day_on
),

stated as (
    {%- for attribute in ['gender', 'birth_year', 'province'] %}
    select
        identity.member_id,
        identity.channel,
        {{ business_date('customers.delivered_at') }} as day_on,
        '{{ attribute }}' as attribute,
        cast(customers.{{ attribute }} as varchar) as stated_value
    from {{ ref('cfm_customers') }} as customers
    inner join {{ ref('member_identity') }} as identity
        on customers.record_key = identity.record_key
    where customers.{{ attribute }} is not null
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

compared as (
    select
        member_id,
        attribute,
        count(distinct channel) as channels,
        count(distinct stated_value) as stated_values
    from stated
    group by member_id, attribute
),

conflicts as (
    select
        stated.channel,
        'customers' as entity,
        stated.day_on,
        'conflict_rate' as measure,
        count(*) as cases,
        count(case when compared.stated_values > 1 then 1 end) as hits
    from stated
    inner join compared
        on stated.member_id = compared.member_id
        and stated.attribute = compared.attribute
    where compared.channels > 1
    group by stated.channel, stated.day_on
),

measured as (
    {%- for measure in ['completeness', 'validity', 'duplicates', 'conflicts'] %}
    select * from {{ measure }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

final as (
    select
        channel,
        entity,
        day_on as day,
        measure,
        {{ safe_divide('hits', 'cases') }} as value,
        cast(cases as bigint) as cases
    from measured
)

select * from final
