-- One row: a device and a member whose records or events show it until as_of.
-- The key says which rows share a device and nothing about it.
select
    {{ dbt.hash("'device:' || identifiers.token") }} as device_key,
    identity.member_id,
    min(identifiers.first_seen_at) as first_seen_at,
    max(identifiers.last_seen_at) as last_seen_at,
    cast(sum(identifiers.sightings) as bigint) as sighting_count
from {{ ref('idn_identifier') }} as identifiers
inner join {{ ref('member_identity') }} as identity
    on identifiers.record_key = identity.record_key
where identifiers.identifier_type = 'device_id'
group by {{ dbt.hash("'device:' || identifiers.token") }}, identity.member_id
