"""What became of ids that records no longer have, and why: merges, splits and moves of a run.

*merge*: the old id ended, its records are another member's. *split*: the old id lives on without
these records, which have an id that is new or was asleep. *move*: both ids lived before and do.
The reason of a merge or move is the strongest evidence that now joins those records to others of
their member; of a split, what holds them apart now, or ``evidence_gone`` where nothing does.
"""

from __future__ import annotations

import duckdb

# One row: a pair of ids of which records went from the first to the second.
_CHANGE = """
create or replace temp table ev_change as
with gone as (
    select o.record_key, o.member_id as old_member_id, n.member_id
    from ev_register as o inner join ev_register_now as n on o.record_key = n.record_key
    where o.member_id <> n.member_id
),

pairs as (
    select
        old_member_id, member_id,
        case
            when old_member_id not in (select member_id from ev_register_now) then 'merge'
            when member_id in (select member_id from ev_register) then 'move'
            else 'split'
        end as change
    from gone
    group by old_member_id, member_id
),

-- where the edges of all these members lie
concerned as (
    select member_id from gone union select old_member_id from gone
),

placed as (
    select
        e.value, e.tier, e.identifier_type, e.is_used, e.link_rule, n.member_id,
        coalesce(o.member_id, '') as old_member_id
    from ev_outcome as e
    inner join ev_record as r on e.record = r.code
    inner join ev_register_now as n on r.record_key = n.record_key
    left join ev_register as o on r.record_key = o.record_key
    where n.member_id in (select member_id from concerned)
),

reasons as (
    select
        p.old_member_id, p.member_id,
        row_number() over (
            partition by p.old_member_id, p.member_id
            order by a.tier, a.identifier_type, a.link_rule
        ) as place,
        case when p.change = 'split' then a.link_rule else a.identifier_type end as reason
    from pairs as p
    inner join placed as a
        on p.member_id = a.member_id and p.old_member_id = a.old_member_id
    inner join placed as b on a.value = b.value
    where case
        when p.change = 'split'
            then a.link_rule not in ('link', 'attach', 'contact')
                and b.member_id = p.old_member_id
        else a.is_used and b.is_used and b.member_id = p.member_id
            and b.old_member_id <> p.old_member_id
    end
)

select p.old_member_id, p.member_id, p.change, coalesce(r.reason, 'evidence_gone') as reason
from pairs as p
left join reasons as r
    on p.old_member_id = r.old_member_id and p.member_id = r.member_id and r.place = 1
"""


def find_changes(con: duckdb.DuckDBPyConnection) -> None:
    """``ev_change``: old_member_id, member_id, change, reason.

    Reads ``ev_register`` (before), ``ev_register_now`` (after) and ``ev_outcome``.
    """
    con.execute(_CHANGE)
