-- One row is a decision of people about two records: one member, or never.
-- From the seed identity_links and from the landing entity identity_overrides.
-- It is no link yet: a decision about a record nobody delivered waits for it.
select
    override_id,
    action,
    left_channel || ':' || left_customer_id as left_record_key,
    right_channel || ':' || right_customer_id as right_record_key,
    reason,
    cast(decided_at as timestamp) as decided_at
from {{ ref('identity_links') }}

union all

select
    override_key as override_id,
    action,
    left_channel || ':' || left_customer_id as left_record_key,
    right_channel || ':' || right_customer_id as right_record_key,
    reason,
    decided_at
from {{ ref('cfm_identity_overrides') }}
