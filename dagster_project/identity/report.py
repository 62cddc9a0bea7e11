"""What a run of identity found, as figures that reconcile to row counts: ``idn_report``."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from dagster_project.identity.bridges import count_bridged

# One statement per group of measures; each returns (measure, value).
_MEASURES = (
    """
    select unnest(['records', 'accounts', 'guests', 'members', 'records_per_member']),
        unnest([count(*), count(*) filter (where r.is_account),
            count(*) filter (where not r.is_account), count(distinct m.member_id),
            count(*) / nullif(count(distinct m.member_id), 0)])
    from identity.idn_member_record as m inner join ev_record as r on m.record_key = r.record_key
    """,
    """
    with size as (select count(*) as n from identity.idn_member_record group by member_id)
    select unnest(['largest_cluster', 'clusters_1', 'clusters_2', 'clusters_3_5',
            'clusters_6_plus']),
        unnest([coalesce(max(n), 0), count(*) filter (where n = 1), count(*) filter (where n = 2),
            count(*) filter (where n between 3 and 5), count(*) filter (where n > 5)])
    from size
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
    from identity.idn_member_record as m inner join ev_record as r on m.record_key = r.record_key
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
    select 'weakest_' || rule, count(*)
    from (
        select m.member_id, arg_max(
            o.identifier_type, (o.tier, -o.probability, o.identifier_type)) as rule
        from ev_outcome as o
        inner join ev_record as r on o.record = r.code
        inner join identity.idn_member_record as m on r.record_key = m.record_key
        where o.is_used
        group by m.member_id
    )
    group by rule
    """,
    """
    select 'changed_records', count(*)
    from identity.idn_member_record as m inner join ev_register as o using (record_key)
    where m.member_id <> o.member_id
    """,
    """
    select unnest(['overrides', 'overrides_unmatched']),
        unnest([count(*), count(*) filter (
            where override_id not in (select override_id from ev_override))])
    from identity.idn_override
    """,
)


# Fewer than four records cannot fall into two parts of two.
_BRIDGES = """
with placed as (
    select r.code as record, c.founder, count(*) over (partition by c.founder) as records
    from ev_record as r inner join ev_cluster as c on r.code = c.record
)

select p.founder, o.value, o.record
from ev_outcome as o inner join placed as p on o.record = p.record
where o.is_used and p.records > 3
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


def write_report(con: duckdb.DuckDBPyConnection) -> IdentityReport:
    """Compute ``identity.idn_report`` from the tables of this run and return it."""
    con.execute("create or replace table identity.idn_report (measure varchar, value double)")
    for statement in _MEASURES:
        con.execute(
            f"insert into identity.idn_report select * from ({statement}) as m (measure, value)"
            " where value is not null"
        )
    bridged = count_bridged(con.execute(_BRIDGES).fetchall())
    con.execute("insert into identity.idn_report values ('bridged_members', $n)", {"n": bridged})
    rows = con.execute("select measure, value from identity.idn_report order by measure").fetchall()
    return IdentityReport(dict(rows))
