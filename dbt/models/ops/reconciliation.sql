-- One row: a measure of an entity of a channel (of orders and refunds: on a day), compared from
-- delivery to core (reason `total`), or the part of its difference that a reason explains. The
-- parts of a measure, with what stays `unexplained`, add up to its total.
with steps as (
    select
        'delivered' as step,
        channel,
        entity,
        day_on,
        sum(row_count) as row_count,
        sum(gross_amount) as gross_amount,
        sum(amount) as amount
    from {{ ref('batch_measure') }}
    group by channel, entity, day_on
    {%- for entity, compared in reconciled_entities().items() %}
        {%- set gross = compared.gross or ['null', 'null'] %}
        {%- set amount = compared.amount or ['null', 'null'] %}
        {%- set core_day = compared.day or 'cast(null as date)' %}
        {%- set day = business_date(compared.at) if compared.day else 'cast(null as date)' %}
    union all
    select
        'kept', channel, '{{ entity }}', {{ day }}, count(*),
        sum({{ gross[0] }}), sum({{ amount[0] }})
    from {{ ref('cfm_' ~ entity) }}
    group by channel, {{ day }}
    union all
    select
        'existing', channel, '{{ entity }}', {{ day }}, count(*),
        sum({{ gross[0] }}), sum({{ amount[0] }})
    from {{ ref('cfm_' ~ entity) }}
    where {{ compared.exists or compared.at ~ ' < ' ~ as_of_end() }}
    group by channel, {{ day }}
    union all
    select
        'core', channel, '{{ entity }}', {{ core_day }}, count(*),
        sum({{ gross[1] }}), sum({{ amount[1] }})
    from {{ ref(compared.core) }}
    where {{ compared.core_rows or 'true' }}
    group by channel, {{ core_day }}
    {%- endfor %}
),

measures as (
    {%- for measure in ['row_count', 'gross_amount', 'amount'] %}
    select
        channel,
        entity,
        day_on,
        '{{ measure }}' as measure,
        count(case when step = 'delivered' then {{ measure }} end) as stated,
        {%- for step in ['delivered', 'kept', 'existing', 'core'] %}
        cast(coalesce(sum(case when step = '{{ step }}' then {{ measure }} end), 0)
            as decimal(18, 2)) as {{ step }}{{ ',' if not loop.last }}
        {%- endfor %}
    from steps
    group by channel, entity, day_on
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

counted as (
    select
        *,
        sum(stated) over (partition by channel, entity, measure) as stated_in_all,
        max(case when measure = 'row_count' then kept - delivered end)
            over (partition by channel, entity, day_on) as kept_more
    from measures
),

foreign_channels as (
    select distinct channel
    from {{ ref('cfm_orders') }}
    where currency_rate <> 1
),

-- a difference is only explained where its cause exists: versions were superseded, or the channel
-- sells in another currency; what the source does not state cannot be compared
compared as (
    select
        counted.*,
        case when counted.kept_more < 0 then counted.kept - counted.delivered else 0 end
            as superseded_version,
        counted.existing - counted.kept as after_as_of,
        case
            when counted.measure <> 'row_count' and foreign_channels.channel is not null
                then counted.core - counted.existing
            else 0
        end as currency_conversion
    from counted
    left join foreign_channels on counted.channel = foreign_channels.channel
    where counted.stated_in_all > 0
),

final as (
    select
        channel as source,
        day_on,
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
        day_on,
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
