-- One row: a source record that exists at as_of, and the member it belongs to.
-- It is no person: several records may be one member.
select
    records.record_key,
    records.channel,
    records.customer_id,
    records.record_type,
    links.member_id,
    links.link_rule,
    links.link_probability,
    links.linked_at,
    records.first_seen_at as valid_from,
    cast(null as timestamp) as valid_to,
    true as is_current
from {{ ref('idn_record') }} as records
inner join {{ source('identity', 'idn_member_record') }} as links
    on records.record_key = links.record_key
