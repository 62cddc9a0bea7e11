"""Former exports: whom they held, kept by member id for caps, hold-outs and proof.

A file of members is written under a pending name, told in the log with its digest, then put in its
place: a process that dies in between leaves what the next one can settle.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from dagster_project.formats.quoting import sql_path
from dagster_project.privacy import Keys
from dagster_project.privacy.access_log import BrokenLog, verified_entries
from dagster_project.release.durable import rename_durably, sha256, sync_file
from dagster_project.settings import Home

EXPORTED, HELD_OUT = "exported", "held_out"
_SCHEMA = pa.schema(
    [
        ("export_id", pa.string()),
        ("audience_code", pa.string()),
        ("contact_channel", pa.string()),
        ("exported_on", pa.date32()),
        ("member_id", pa.string()),
        ("outcome", pa.string()),
    ]
)


def members_path(home: Home, export_id: str) -> Path:
    """The file that says whom an export held."""
    return home.exports / f"{export_id}.parquet"


def write_members(
    home: Home, facts: tuple[str, str, str, date], outcomes: list[tuple[str, str]]
) -> str:
    """Write whom an export holds, pending until the log tells of it (``settle``).

    Args:
        facts: export id, audience, contact channel, day.
        outcomes: member_id and exported or held_out.

    Returns the file's SHA-256.
    """
    path = _pending_path(home, facts[0])
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    columns = [[one] * len(outcomes) for one in facts]
    columns += [[one[0] for one in outcomes], [one[1] for one in outcomes]]
    pq.write_table(pa.table(columns, schema=_SCHEMA), path)
    sync_file(path)
    return sha256(path)


def settle(home: Home, export_id: str) -> None:
    """Put whom an export holds in place of an earlier word on it: the log tells of it."""
    rename_durably(_pending_path(home, export_id), members_path(home, export_id))


def _pending_path(home: Home, export_id: str) -> Path:
    return home.exports / f".pending-{export_id}.parquet"


def _settle_all(home: Home, told: dict[str, str]) -> None:
    """Settle what a process left that died: what the log tells of stands, anything else goes."""
    for path in sorted(home.exports.glob(".pending-*.parquet")):
        export_id = path.stem.removeprefix(".pending-")
        if told.get(export_id) == sha256(path):
            settle(home, export_id)
        else:
            path.unlink()


def lay_history(con: duckdb.DuckDBPyConnection, home: Home) -> None:
    """Make the table ``former`` of everybody in a former export, held out or not."""
    con.register("former_schema", _SCHEMA.empty_table())
    con.execute("create or replace temp table former as select * from former_schema")
    for path in sorted(home.exports.glob("[!.]*.parquet")):
        con.execute(f"insert into former by name select * from read_parquet({sql_path(path)})")


def verified_log(home: Home, keys: Keys) -> list[dict[str, Any]]:
    """The entries of the access log; the files they speak of are as they were.

    The caller holds ``exclusive_log``.

    Raises:
        BrokenLog: the chain does not hold, or a file of members was changed, added or removed.
    """
    entries = verified_entries(home, keys)
    told = {e["export_id"]: e["members_sha256"] for e in entries if "members_sha256" in e}
    _settle_all(home, told)
    there = {path.stem for path in home.exports.glob("[!.]*.parquet")}
    for export_id, digest in told.items():
        path = members_path(home, export_id)
        if export_id not in there or sha256(path) != digest:
            raise BrokenLog(f"{path} was changed or removed: restore it from its backup")
    if unknown := sorted(there - told.keys()):
        raise BrokenLog(f"{members_path(home, unknown[0])} is of no export in the log")
    return entries
