-- One row: records that went from one member to another in the runs of one day, for one reason.
-- It is no list of merges alone: what was undone is a row of its own.
select
    later.valid_from as changed_on,
    earlier.member_id as old_member_id,
    later.member_id,
    later.change,
    later.reason,
    count(*) as record_count
from {{ ref('identity_history') }} as later
inner join {{ ref('identity_history') }} as earlier
    on later.record_key = earlier.record_key and later.version = earlier.version + 1
group by later.valid_from, earlier.member_id, later.member_id, later.change, later.reason
