"""The tables of schema ``identity`` that stand for one resolved run, written in one transaction."""

from __future__ import annotations

import duckdb
import numpy as np
import pyarrow as pa

from dagster_project.identity.clusters import Verdict
from dagster_project.identity.graph import IntArray
from dagster_project.identity.likely import Joined, store_likely
from dagster_project.identity.partition import Partition
from dagster_project.identity.scope import SCOPE, put

_OUTCOMES = """
create or replace temp table ev_outcome as
select
    e.record,
    e.value,
    e.tier,
    v.identifier_type,
    e.first_seen_at,
    coalesce(s.held, p.held, e.role) as link_rule,
    coalesce(s.is_used, p.is_used, false) as is_used,
    coalesce(p.probability, 1) as probability
from ev_edge as e
inner join ev_value as v on e.value = v.code
left join settled as s on e.edge = s.edge
left join ev_pair_outcome as p on e.edge = p.edge
"""

_LINK = """
select
    r.record_key, o.identifier_type, v.token, o.link_rule, o.is_used, o.tier, o.probability
from ev_outcome as o
inner join ev_record as r on o.record = r.code
inner join ev_value as v on o.value = v.code
"""

_HELD = """
create or replace table identity.idn_held as
select identifier_type, token, count(*) as records, link_rule as reason
from identity.idn_link
where link_rule in ('junk', 'frequency', 'never_link', 'contradiction', 'contested', 'size')
group by identifier_type, token, link_rule
"""

_MEMBER_RECORD = """
with strongest as (
    select record, arg_min(
        {'identifier_type': identifier_type, 'first_seen_at': first_seen_at,
            'probability': probability},
        (tier, -probability, identifier_type, coalesce(first_seen_at, timestamp 'infinity'))
    ) as by_link
    from ev_outcome
    where is_used
    group by record
)

select
    r.record_key,
    l.member_id,
    coalesce(s.by_link.identifier_type, 'single') as link_rule,
    cast(coalesce(s.by_link.probability, 1) as double) as link_probability,
    greatest(r.first_seen_at, s.by_link.first_seen_at) as linked_at
from ev_record as r
inner join ev_cluster as c on r.code = c.record
inner join id_living as l on c.founder = l.cluster
left join strongest as s on r.code = s.record
"""

_CHANGED = """
create or replace table identity.idn_changed_record as
select r.record_key
from ev_record as r
inner join ev_cluster as c on r.code = c.record
inner join id_living as l on c.founder = l.cluster
left join ev_previous as p on r.record_key = p.record_key
where p.member_id is distinct from l.member_id
"""


_HELD_BY = np.array([None, *(v.name.lower() for v in Verdict if v is not Verdict.KEPT)])


def remember_previous(con: duckdb.DuckDBPyConnection, *, is_part: bool) -> None:
    """The members of the state this database continues, as ``ev_previous``; empty without one.

    Args:
        is_part: whether only records that are decided in this run matter.
    """
    con.execute("create or replace temp table ev_previous (record_key varchar, member_id varchar)")
    exists = con.execute(
        """
        select count(*) from information_schema.tables
        where table_schema = 'identity' and table_name = 'idn_member_record'
        """
    ).fetchone()
    if exists and exists[0]:
        con.execute(
            "insert into ev_previous select record_key, member_id from identity.idn_member_record"
            + (f" where record_key in ({SCOPE})" if is_part else "")
        )


def store_partition(
    con: duckdb.DuckDBPyConnection, partition: Partition, edges: IntArray, joined: Joined
) -> None:
    """The partition as temporary tables ``ev_cluster`` (record, founder) and ``ev_outcome``.

    Args:
        edges: the number in ``ev_edge`` of each edge the partition judged.
        joined: the likely pairs and the clusters they leave.
    """
    store_likely(con, joined, pa.array(_HELD_BY[joined.verdict], pa.string()))
    clusters = pa.table({"record": np.arange(joined.founder.size), "founder": joined.founder})
    held = pa.array(_HELD_BY[partition.verdict], pa.string())
    settled = pa.table({"edge": edges, "held": held, "is_used": partition.is_used})
    con.register("clusters", clusters)
    con.register("settled", settled)
    con.execute("create or replace temp table ev_cluster as select * from clusters")
    con.execute(_OUTCOMES)
    con.unregister("clusters")
    con.unregister("settled")


def write_tables(con: duckdb.DuckDBPyConnection, *, is_part: bool) -> None:
    """Write the result tables from ``ev_cluster``, ``ev_outcome`` and ``id_living``.

    Args:
        is_part: whether records that were not decided in this run keep their rows.
    """
    put(con, "idn_link", _LINK, is_part=is_part)
    put(con, "idn_member_record", _MEMBER_RECORD, is_part=is_part)
    con.execute(_HELD)
    con.execute(_CHANGED)
