-- One row is an event. Where the stream numbers its events not, an event is what a device or a
-- customer did at one instant with one product: the same thing told twice is one event.

with event_words as (
    {{ vocabulary_words('events', 'event_type', 'app_events') }}
),

record_words as (
    {{ vocabulary_words('events', 'record_type', 'app_events') }}
),

events as (
    select
        records.*,
        coalesce(event_words.canonical_word, records.event_name, records.kind_of_record)
            as event_type,
        coalesce(records.event_id, {{ dbt.hash(dbt.concat([
            "coalesce(records.customer_id, '')", "'|'",
            "coalesce(records.device_token, '')", "'|'",
            "coalesce(records.event_name, records.kind_of_record)", "'|'",
            "cast(records.occurred_at as varchar)", "'|'",
            "coalesce(records.product_id, '')", "'|'",
            "coalesce(records.page, '')",
        ])) }}) as known_id
    from {{ ref('stg_app_events__records') }} as records
    inner join record_words
        on records.kind_of_record = record_words.delivered_word
        and record_words.canonical_word = 'event'
    left join event_words on lower(records.event_name) = event_words.delivered_word
),

final as (
    select
        {{ staged_columns('events', 'events', {
            'event_id': 'events.known_id',
            'customer_id': 'events.customer_id',
            'device_id_token': 'events.device_token',
            'session_id': 'events.session_id',
            'product_id': 'events.product_id',
            'event_type': 'events.event_type',
            'occurred_at': 'events.occurred_at',
            'page': 'events.page',
            'platform': 'events.platform',
        }) }}
    from events
)

select * from final
