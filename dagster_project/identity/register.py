"""The identity register: which member each record has and had. Truth, like raw: never rebuilt.

One row is a record that was ever resolved and a span of runs in which it belonged to a member:
record_key, member_id; of that id the founder's record_key, its generation, and the founder's
first_seen_at as it was known last; version (1: the record's first member), valid_from and valid_to
(days as of which runs said so; valid_to NULL while it holds), and of a change what happened to the
id it had (``change``) and why (``reason``). Whoever asks which ids live reads the open rows.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb

from dagster_project.release.durable import rename_durably, sync_file

_ALL = """
create or replace temp table ev_register_all (
    record_key varchar, member_id varchar, founder_key varchar, generation integer,
    founder_seen_at timestamp, version integer, valid_from date, valid_to date, change varchar,
    reason varchar
)
"""
_OPEN = """
create or replace temp table ev_register as
select record_key, member_id, founder_key, generation, founder_seen_at
from ev_register_all where valid_to is null
"""


def load_register(con: duckdb.DuckDBPyConnection, path: Path) -> None:
    """The register as temporary tables; empty where there is no file yet.

    ``ev_register_all`` is the whole of it, ``ev_register`` the member each record has now. A
    register of before there were spans has open rows without a beginning.
    """
    con.execute(_ALL)
    if path.exists():
        con.execute("insert into ev_register_all by name from read_parquet($path)",
                    {"path": str(path)})  # fmt: skip
    con.execute(_OPEN)


_TOUCHED = """
insert into ev_register_all by name
with scoped as (select record_key from scope_record union all select record_key from scope_gone),

met as (
    select distinct member_id from identity.idn_register
    where valid_to is null and record_key in (from scoped)
)

select * from identity.idn_register
where record_key in (
    select record_key from identity.idn_register
    where valid_to is null and member_id in (from met)
)
"""


def load_touched(con: duckdb.DuckDBPyConnection) -> None:
    """Of the register, as the last run left it in ``identity.idn_register``, the records to decide
    and those that had the same ids: the same tables as ``load_register``."""
    con.execute(_ALL)
    con.execute(_TOUCHED)
    con.execute(_OPEN)


# Records not present keep their id; where it was merged away, they follow it.
_NOW = """
create or replace temp table ev_register_now as
select
    r.record_key,
    l.member_id,
    l.founder_key,
    cast(l.generation as integer) as generation,
    cast(l.founder_seen_at as timestamp) as founder_seen_at
from ev_record as r
inner join ev_cluster as c on r.code = c.record
inner join id_living as l on c.founder = l.cluster
union all
select
    o.record_key,
    case when l.cluster is null then o.member_id else l.member_id end,
    case when l.cluster is null then o.founder_key else l.founder_key end,
    case when l.cluster is null then o.generation else l.generation end,
    case when l.cluster is null then o.founder_seen_at else l.founder_seen_at end
from ev_register as o
left join id_destination as d on o.member_id = d.member_id
left join id_living as l on d.founder = l.cluster
where o.record_key not in (select record_key from ev_record)
"""

# A day of an earlier run may come after a later one's: a span never ends before it began.
_NEXT = """
with known as (
    select
        o.* replace (coalesce(o.version, 1) as version),
        o.valid_to is null and o.member_id = n.member_id as holds,
        o.valid_to is null and o.member_id <> n.member_id as ends,
        n.founder_key as key_now, n.generation as generation_now, n.founder_seen_at as seen_now
    from ev_register_all as o
    inner join ev_register_now as n on o.record_key = n.record_key
)

select
    record_key, member_id,
    case when holds then key_now else founder_key end as founder_key,
    case when holds then generation_now else generation end as generation,
    case when holds then seen_now else founder_seen_at end as founder_seen_at,
    version, valid_from,
    case when ends then greatest(valid_from, $as_of) else valid_to end as valid_to,
    change, reason
from known
union all
select
    n.record_key, n.member_id, n.founder_key, n.generation, n.founder_seen_at,
    coalesce(o.version, 0) + 1, greatest(o.valid_from, $as_of), null, c.change, c.reason
from ev_register_now as n
left join known as o on n.record_key = o.record_key and o.valid_to is null
left join ev_change as c on o.member_id = c.old_member_id and n.member_id = c.member_id
where o.record_key is null or o.ends
"""


def next_register(con: duckdb.DuckDBPyConnection, as_of: date, *, is_part: bool) -> None:
    """``identity.idn_register``: the register as this run would leave it.

    ``ev_change`` (``changes.find_changes``) says what became of ids that records no longer have.

    Args:
        is_part: whether records of which no table speaks keep their rows.
    """
    if is_part:
        con.execute(
            "delete from identity.idn_register "
            "where record_key in (select record_key from ev_register_all)"
        )
    into = "insert into" if is_part else "create or replace table"
    con.execute(f"{into} identity.idn_register {'' if is_part else 'as'} {_NEXT}", {"as_of": as_of})


def resolve_register(con: duckdb.DuckDBPyConnection) -> None:
    """The member every record ever known has after this run, as ``ev_register_now``."""
    con.execute(_NOW)


def write_register(database: Path, path: Path) -> int:
    """Write the register of a resolved work database, so that readers see the old or the new one.

    Returns:
        its rows: records ever resolved, and the spans of those that changed their member.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.part")
    aside.unlink(missing_ok=True)
    with duckdb.connect(str(database), read_only=True) as con:
        con.execute(
            f"""
            copy (select * from identity.idn_register order by record_key, version)
            to '{str(aside).replace("'", "''")}' (format parquet, compression zstd)
            """
        )
        rows = con.execute("select count(*) from identity.idn_register").fetchone()
    sync_file(aside)
    rename_durably(aside, path)
    return int(rows[0]) if rows else 0
