"""Who is who, graded: the demo brand and FEBRL 1-4, one configuration.

    .venv/bin/python -m benchmarks.identity [--members 100000]
    .venv/bin/python -m benchmarks.identity --records 1000000

Prints pairwise and B-cubed precision, recall and F1, the share of persons whose records are exactly
one member, the largest member, seconds and peak memory; then, of the demo brand, the recall of the
pairs that evidence joins at all, and each trap: the share of its cases in which records of two
persons became one member.

With ``--records``: seconds, peak memory and grades of the identity step on that many records and of
Splink alone on the same, and what a day of 1 % more costs.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import numpy as np

from benchmarks.oneid.brand import brand_home, owners, provable
from benchmarks.oneid.febrl import SETS, write_febrl
from benchmarks.oneid.grade import Grade, grade
from benchmarks.oneid.home import conformed_home
from benchmarks.oneid.scale import scale
from dagster_project.identity import VaultValues, resolve_identity
from dagster_project.privacy import load_keys
from dagster_project.settings import Home, settings_from_environment

HEAD = "| set | records | P | R | F1 | B3 P | B3 R | B3 F1 | exact | largest | s | MB |"
MEMBERS = "select record_key, member_id from identity.idn_member_record order by record_key"

_TRAPS = """
with mixed as (
    select m.member_id from identity.idn_member_record as m
    inner join owner as o on m.record_key = o.record_key
    group by m.member_id having count(distinct o.person_id) > 1
)
select t.trap, count(distinct t.trap_id),
    count(distinct t.trap_id) filter (where m.member_id in (select member_id from mixed))
from trap as t inner join identity.idn_member_record as m on t.record_key = m.record_key
group by t.trap order by t.trap
"""


def resolved(home: Home, as_of: date) -> tuple[float, float]:
    """Run the identity step; returns seconds and the process's peak memory so far, MB."""
    keys, settings = load_keys(home), settings_from_environment()
    began = time.perf_counter()
    values = VaultValues(home, keys, settings)
    resolve_identity(
        home.next_database, home.register / "identity.parquet", keys, as_of, values, settings
    )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return time.perf_counter() - began, peak


def _line(name: str, records: int, graded: Grade, cost: tuple[float, float]) -> str:
    return f"| {name} | {records:,} | {graded.line()} | {cost[0]:.1f} | {cost[1]:,.0f} |"


def febrl(number: int, folder: Path) -> str:
    """One line: a set of FEBRL."""
    write_febrl(number, folder / "landing")
    home, plan = conformed_home(folder / "landing", folder / "home")
    cost = resolved(home, plan.as_of)
    with duckdb.connect(str(home.next_database), read_only=True) as con:
        found = con.execute(MEMBERS).fetchnumpy()
    truth = np.unique([key.split("-")[1] for key in found["record_key"]], return_inverse=True)[1]
    members = np.unique(found["member_id"].astype(str), return_inverse=True)[1]
    return _line(f"FEBRL {number}", truth.size, grade(truth, members), cost)


def demo(persons: int, folder: Path) -> Iterator[str]:
    """The line of the demo brand, and its traps."""
    home, as_of = brand_home(persons, folder)
    cost = resolved(home, as_of)
    with duckdb.connect(str(home.next_database)) as con:
        con.execute(owners(folder))
        found = con.execute(
            f"select o.person_id, m.member_id from ({MEMBERS}) as m "
            "inner join owner as o on m.record_key = o.record_key"
        ).fetchnumpy()
        traps = con.execute(_TRAPS).fetchall()
        proof = grade(*provable(con))
    members = np.unique(found["member_id"].astype(str), return_inverse=True)[1]
    yield _line("demo brand", members.size, grade(found["person_id"], members), cost)
    yield f"\nrecall of what the evidence can prove: {proof.recall:.4f}"
    yield "\n| trap | cases | merged |\n|---|---:|---:|"
    for trap, cases, merged in traps:
        yield f"| {trap} | {cases:,} | {merged / cases:.4f} |"


def main() -> None:
    """Grade every set."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--members", type=int, default=100_000)
    parser.add_argument("--records", type=int, help="measure size instead, beside Splink alone")
    asked = parser.parse_args()
    if asked.records:
        with tempfile.TemporaryDirectory(prefix="member-warehouse-identity-") as name:
            for line in scale(asked.records, Path(name)):
                print(line, flush=True)
        return
    persons = asked.members
    print(HEAD + "\n|---" + "|---:" * 11 + "|", flush=True)
    for number in SETS:
        with tempfile.TemporaryDirectory(prefix="member-warehouse-identity-") as name:
            print(febrl(number, Path(name)), flush=True)
    with tempfile.TemporaryDirectory(prefix="member-warehouse-identity-") as name:
        for line in demo(persons, Path(name)):
            print(line, flush=True)


if __name__ == "__main__":
    main()
