-- One row: a measure of an entity of a channel, compared from delivery to core (reason `total`),
-- or the part of its difference that a reason explains. The parts of a measure, with what stays
-- `unexplained`, add up to its total.
with steps as (
    select
        'delivered' as step,
        channel,
        entity,
        sum(row_count) as row_count,
        sum(gross_amount) as gross_amount,
        sum(amount) as amount
    from {{ ref('batch_measure') }}
    group by channel, entity
    {%- for entity, compared in reconciled_entities().items() %}
        {%- set gross = compared.gross or ['null', 'null'] %}
        {%- set amount = compared.amount or ['null', 'null'] %}
    union all
    select 'kept', channel, '{{ entity }}', count(*), sum({{ gross[0] }}), sum({{ amount[0] }})
    from {{ ref('cfm_' ~ entity) }}
    group by channel
    union all
    select 'existing', channel, '{{ entity }}', count(*), sum({{ gross[0] }}), sum({{ amount[0] }})
    from {{ ref('cfm_' ~ entity) }}
    where {{ compared.exists }}
    group by channel
    union all
    select 'core', channel, '{{ entity }}', count(*), sum({{ gross[1] }}), sum({{ amount[1] }})
    from {{ ref(compared.core) }}
    where {{ compared.core_rows or 'true' }}
    group by channel
    {%- endfor %}
),

measures as (
    {%- for measure in ['row_count', 'gross_amount', 'amount'] %}
    select
        channel,
        entity,
        '{{ measure }}' as measure,
        {%- for step in ['delivered', 'kept', 'existing', 'core'] %}
        cast(coalesce(sum(case when step = '{{ step }}' then {{ measure }} end), 0)
            as decimal(18, 2)) as {{ step }}{{ ',' if not loop.last }}
        {%- endfor %}
    from steps
    group by channel, entity
    -- a format whose batches are not measured cannot be compared
    having count({{ measure }}) > 0 and count(case when step = 'delivered' then 1 end) > 0
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

foreign_channels as (
    select distinct channel
    from {{ ref('cfm_orders') }}
    where currency_rate <> 1
),

-- a difference is only explained where its cause exists: versions were superseded, or the channel
-- sells in another currency
compared as (
    select
        measures.*,
        case when counted.kept < counted.delivered then measures.kept - measures.delivered else 0 end
            as superseded_version,
        measures.existing - measures.kept as after_as_of,
        case
            when measures.measure <> 'row_count' and foreign_channels.channel is not null
                then measures.core - measures.existing
            else 0
        end as currency_conversion
    from measures
    inner join measures as counted
        on measures.channel = counted.channel
        and measures.entity = counted.entity
        and counted.measure = 'row_count'
    left join foreign_channels on measures.channel = foreign_channels.channel
),

final as (
    select
        channel as source,
        entity || '.' || measure as measure,
        'total' as reason,
        delivered as source_value,
        core as warehouse_value,
        cast(core - delivered as decimal(18, 2)) as difference
    from compared
    {%- set reasons = ['superseded_version', 'after_as_of', 'currency_conversion'] %}
    {%- for reason in reasons + ['unexplained'] %}
    union all
    select
        channel as source,
        entity || '.' || measure as measure,
        '{{ reason }}' as reason,
        cast(null as decimal(18, 2)) as source_value,
        cast(null as decimal(18, 2)) as warehouse_value,
        cast(
            {{ reason if reason in reasons else 'core - delivered - ' ~ reasons | join(' - ') }}
        as decimal(18, 2)) as difference
    from compared
    {%- endfor %}
)

select * from final
