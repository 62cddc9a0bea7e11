"""Size: the identity step end to end on a million records, Splink alone on the same, and a day."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import numpy as np

from benchmarks.oneid.brand import brand_home, owners
from benchmarks.oneid.grade import Grade, grade
from benchmarks.oneid.splink_alone import THRESHOLDS
from dagster_project.settings import Home

RECORDS_A_PERSON = 2.83  # of the demo brand
SHARE = 0.01
INPUTS = ("idn_record", "idn_identifier", "idn_person")
HEAD = "| what | records | P | R | F1 | B3 P | B3 R | B3 F1 | exact | largest | s | CPU s | MB |"


def scale(records: int, folder: Path) -> Iterator[str]:
    """The lines of a table, as they are measured."""
    began = time.perf_counter()
    home, as_of = brand_home(round(records / RECORDS_A_PERSON), folder)
    seconds = time.perf_counter() - began
    yield f"written, ingested (tokens, vault) and conformed: {seconds:.0f} s\n"
    yield HEAD + "\n|---" + "|---:" * 12 + "|"
    yield from _increment(home, as_of, folder)
    cost = child("resolve_once", str(home.root), as_of.isoformat())
    with duckdb.connect(str(home.next_database), read_only=True) as con:
        found = con.sql(
            "select record_key, member_id from identity.idn_member_record"
        ).to_arrow_table()
    yield _line("the identity step", graded(found, folder), found.num_rows, cost)
    yield from _splink(home, folder)
    yield from _splink(home, folder, "--far")


def _splink(home: Home, folder: Path, *options: str) -> Iterator[str]:
    """A line for each threshold of Splink's."""
    out = folder / "splink.parquet"
    cost = child("splink_alone", str(home.root), str(out), *options)
    for threshold in THRESHOLDS:
        with duckdb.connect() as con:
            found = con.sql(
                f"select record_key, at_{round(threshold * 1000)} as member_id from '{out}'"
            ).to_arrow_table()
        name = " ".join(["Splink alone", *options, f"from {threshold}"])
        yield _line(name, graded(found, folder), found.num_rows, cost)
    yield f"\nof it, to read names and lay its table: {cost['load_cpu_seconds']:.1f} CPU s\n"


def child(module: str, *arguments: str) -> dict[str, float]:
    """Run a module of this folder in a process of its own; its last line is JSON."""
    done = subprocess.run(
        [sys.executable, "-m", f"benchmarks.oneid.{module}", *arguments],
        check=True, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    return json.loads(done.stdout.splitlines()[-1])


def graded(found: object, folder: Path) -> Grade:
    """Grade a table of record_key and member_id against the brand's owners."""
    with duckdb.connect() as con:
        con.register("found", found)
        con.execute(owners(folder))
        both = con.execute(
            """
            select o.person_id, dense_rank() over (order by f.member_id) as member
            from found as f inner join owner as o on f.record_key = o.record_key
            """
        ).fetchnumpy()
    return grade(both["person_id"], both["member"].astype(np.int64))


def _line(name: str, found: Grade, records: int, cost: dict[str, float]) -> str:
    spent = f"{cost['seconds']:.1f} | {cost['cpu_seconds']:.1f} | {cost['peak_mb']:,.0f}"
    return f"| {name} | {records:,} | {found.line()} | {spent} |"


def _increment(home: Home, as_of: date, folder: Path) -> Iterator[str]:
    """The newest records set aside, resolved without them, then with them: two lines."""
    with duckdb.connect(str(home.next_database)) as con:
        con.execute(
            f"""
            create temp table newest as
            select record_key from identity.idn_record
            order by first_seen_at desc nulls last, record_key
            limit (select cast(count(*) * {SHARE} as bigint) from identity.idn_record)
            """
        )
        for table in INPUTS:
            path = folder / f"{table}.parquet"
            con.execute(f"copy (from identity.{table} semi join newest using (record_key)) "
                        f"to '{path}'")  # fmt: skip
            con.execute(f"delete from identity.{table} where record_key in (from newest)")
    first = child("resolve_once", str(home.root), as_of.isoformat())
    with duckdb.connect(str(home.next_database)) as con:
        for table in INPUTS:
            con.execute(f"insert into identity.{table} from '{folder / f'{table}.parquet'}'")
    second = child("resolve_once", str(home.root), as_of.isoformat())
    (home.register / "identity.parquet").unlink()
    with duckdb.connect(str(home.next_database)) as con:
        con.execute("drop table identity.idn_name_form; drop table identity.idn_name_pair")
    yield (
        f"\nwithout the newest {SHARE:.0%}: {first['cpu_seconds']:.1f} CPU s; then with it: "
        f"{second['cpu_seconds']:.1f}, {second['cpu_seconds'] / first['cpu_seconds']:.0%} of that, "
        f"{second['peak_mb']:,.0f} MB\n"
    )
