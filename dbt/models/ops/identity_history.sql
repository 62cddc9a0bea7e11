-- One row: a record that changed its member, and a span of runs in which it had one.
-- A record that always had the same member is in core.member_identity alone.
with register as (
    select * from {{ source('identity', 'idn_register') }}
),

changed as (
    select distinct record_key
    from register
    where version > 1
),

final as (
    select
        register.record_key,
        register.version,
        register.member_id,
        register.valid_from,
        register.valid_to,
        register.valid_to is null as is_current,
        register.change,
        register.reason
    from register
    inner join changed on register.record_key = changed.record_key
)

select * from final
