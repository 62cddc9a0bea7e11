"""The results of the gates in the work database: ``gate.quality_result``."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from dagster_project.quality.report import CheckResult

RESULT_TABLE = """
create table if not exists gate.quality_result (
    gate varchar, suite varchar, expectation varchar, relation varchar,
    severity varchar, success boolean, observed varchar, expected varchar
)
"""


def write_results(con: duckdb.DuckDBPyConnection, results: Sequence[CheckResult]) -> None:
    """Put the results of a gate into ``gate.quality_result``, in place of its older ones."""
    con.execute("create schema if not exists gate")
    con.execute(RESULT_TABLE)
    for gate in sorted({result.gate for result in results}):
        con.execute("delete from gate.quality_result where gate = ?", [gate])
    rows = [list(result.row().values()) for result in results]
    if rows:
        con.executemany("insert into gate.quality_result values (?, ?, ?, ?, ?, ?, ?, ?)", rows)


def read_results(con: duckdb.DuckDBPyConnection) -> list[dict[str, str | bool]]:
    """The rows of ``gate.quality_result``, as ``CheckResult.row`` gives them."""
    found = con.execute("select * from gate.quality_result order by all")
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
