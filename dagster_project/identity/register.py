"""The identity register: which id each record has had last. Truth, like raw: never rebuilt.

One row is a record that was ever resolved: record_key, member_id, and of that id the founder's
record_key, its generation, and the founder's first_seen_at as it was known last.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from dagster_project.release.durable import rename_durably, sync_file


def load_register(con: duckdb.DuckDBPyConnection, path: Path) -> None:
    """The register as the temporary table ``ev_register``; empty where there is no file yet."""
    con.execute(
        """
        create or replace temp table ev_register (
            record_key varchar, member_id varchar, founder_key varchar, generation integer,
            founder_seen_at timestamp
        )
        """
    )
    if path.exists():
        con.execute("insert into ev_register by name from read_parquet($path)", {"path": str(path)})


# Records not present keep their id; where it was merged away, they follow it.
NEXT_REGISTER = """
create or replace table identity.idn_register as
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


def write_register(database: Path, path: Path) -> int:
    """Write the register of a resolved work database, so that readers see the old or the new one.

    Returns:
        its rows: records ever resolved.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.part")
    aside.unlink(missing_ok=True)
    with duckdb.connect(str(database), read_only=True) as con:
        con.execute(
            f"""
            copy (select * from identity.idn_register order by record_key)
            to '{str(aside).replace("'", "''")}' (format parquet, compression zstd)
            """
        )
        rows = con.execute("select count(*) from identity.idn_register").fetchone()
    sync_file(aside)
    rename_durably(aside, path)
    return int(rows[0]) if rows else 0
