"""What a run of identity found, as figures that reconcile to row counts: ``idn_report``."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import pyarrow as pa

from dagster_project.identity.bridges import bridged_members

# One statement per group of measures; each returns (measure, value).
_MEASURES = (
    """
    select unnest(['records', 'accounts', 'guests']),
        unnest([count(*), count(*) filter (where record_type <> 'guest'),
            count(*) filter (where record_type = 'guest')])
    from identity.idn_record
    """,
    """
    select unnest(['members', 'records_per_member', 'largest_cluster', 'clusters_1', 'clusters_2',
            'clusters_3_5', 'clusters_6_plus', 'bridged_members']),
        unnest([count(*), sum(records) / nullif(count(*), 0), coalesce(max(records), 0),
            count(*) filter (where records = 1), count(*) filter (where records = 2),
            count(*) filter (where records between 3 and 5), count(*) filter (where records > 5),
            count(*) filter (where is_bridged)])
    from identity.idn_kept_member
    """,
    """
    select 'links_' || identifier_type, count(*) filter (where is_used)
    from identity.idn_link group by identifier_type
    """,
    """
    select 'records_by_' || link_rule, count(*)
    from identity.idn_member_record group by link_rule
    """,
    "select 'held_' || reason, count(*) from identity.idn_held group by reason",
    """
    select 'single_' || r.channel, count(*) filter (where m.link_rule = 'single')
    from identity.idn_member_record as m
    inner join identity.idn_record as r on m.record_key = r.record_key
    group by r.channel
    """,
    """
    select 'new_ids', count(*) from id_living
    where member_id not in (select member_id from ev_register)
    """,
    """
    select 'changed_ids', count(*) from id_destination
    where member_id not in (select member_id from id_living)
    """,
    """
    select unnest(['merged_ids', 'split_ids', 'moved_ids']),
        unnest([count(distinct old_member_id) filter (where change = 'merge'),
            count(distinct member_id) filter (where change = 'split'),
            count(distinct old_member_id) filter (where change = 'move')])
    from ev_change
    """,
    """
    select 'weakest_' || weakest, count(*)
    from identity.idn_kept_member where weakest is not null group by weakest
    """,
    """
    select 'changed_records', count(*)
    from identity.idn_member_record as m inner join ev_register as o using (record_key)
    where m.member_id <> o.member_id
    """,
    """
    select unnest(['overrides', 'overrides_unmatched']),
        unnest([count(*), count(*) filter (
            where left_record_key = right_record_key
                or left_record_key not in (select record_key from identity.idn_record)
                or right_record_key not in (select record_key from identity.idn_record))])
    from identity.idn_override
    """,
)


# One row is a member: its records, and the rule of its weakest link, if it has any.
_MEMBER = """
with weakest as (
    select c.founder, arg_max(
        o.identifier_type, (o.tier, -o.probability, o.identifier_type)) as weakest
    from ev_outcome as o inner join ev_cluster as c on o.record = c.record
    where o.is_used
    group by c.founder
)

select l.member_id, c.records, w.weakest, b.founder is not null as is_bridged
from (select founder, count(*) as records from ev_cluster group by founder) as c
inner join id_living as l on c.founder = l.cluster
left join weakest as w on c.founder = w.founder
left join bridged as b on c.founder = b.founder
"""


@dataclass(frozen=True)
class IdentityReport:
    """The figures of one run, by name; counts are whole numbers. No value is personal."""

    measures: dict[str, float]

    @property
    def records(self) -> int:
        """Source records resolved."""
        return int(self.measures["records"])

    @property
    def members(self) -> int:
        """Members they are."""
        return int(self.measures["members"])


def write_report(con: duckdb.DuckDBPyConnection, *, is_part: bool) -> IdentityReport:
    """Compute ``identity.idn_report`` from the tables of this run and return it.

    Args:
        is_part: whether members whose records were not decided in this run are as they were.
    """
    _write_members(con, is_part=is_part)
    con.execute("create or replace table identity.idn_report (measure varchar, value double)")
    for statement in _MEASURES:
        con.execute(
            f"insert into identity.idn_report select * from ({statement}) as m (measure, value)"
            " where value is not null"
        )
    rows = con.execute("select measure, value from identity.idn_report order by measure").fetchall()
    return IdentityReport(dict(rows))


def _write_members(con: duckdb.DuckDBPyConnection, *, is_part: bool) -> None:
    con.register("bridged", pa.table({"founder": bridged_members(con)}))
    if is_part:
        con.execute(
            "delete from identity.idn_kept_member where member_id in ("
            "select member_id from ev_previous union all select member_id from id_living)"
        )
        con.execute(f"insert into identity.idn_kept_member by name {_MEMBER}")
    else:
        con.execute(f"create or replace table identity.idn_kept_member as {_MEMBER}")
    con.unregister("bridged")
