"""The results of scenarios: a folder each, put in place by one rename; what dbt reads of them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from dagster_project.release.digest import text_literal
from dagster_project.release.durable import link_durably, rename_durably, sync_tree
from dagster_project.scenario.definition import NAME, ScenarioError
from dagster_project.scenario.measures import Comparison
from dagster_project.settings import Home

COMPARISON, FACTS, PICTURE = "comparison.parquet", "facts.json", "comparison.svg"
_MONEY = pa.decimal128(18, 4)
SCHEMA = pa.schema(
    [
        ("scenario_name", pa.string()), ("as_of", pa.date32()), ("measure", pa.string()),
        ("measure_zh", pa.string()), ("unit", pa.string()), ("slice", pa.string()),
        ("base", _MONEY), ("scenario", _MONEY), ("difference", _MONEY),
    ]
)  # fmt: skip
_TYPED = """
    scenario_name varchar, as_of date, measure varchar, measure_zh varchar, unit varchar,
    slice varchar, base decimal(18, 4), scenario decimal(18, 4), difference decimal(18, 4)"""


def write_result(home: Home, facts: dict[str, Any], rows: list[Comparison], picture: str) -> Path:
    """Put a result in place of the scenario's last one; readers see the old or the new one whole.

    Args:
        facts: what the result was made of, with ``scenario``, ``as_of`` and ``id``.

    Returns:
        The folder, named by the scenario.
    """
    name = facts["scenario"]
    link = home.scenario_results / name
    runs = home.scenario_results / ".runs"
    target = runs / f"{name}@{facts['id']}"
    aside = runs / f".tmp-{name}"
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    pq.write_table(_table(name, date.fromisoformat(facts["as_of"]), rows), aside / COMPARISON)
    text = json.dumps(facts, indent=2, ensure_ascii=False, sort_keys=True)
    (aside / FACTS).write_text(text, encoding="utf-8")
    (aside / PICTURE).write_text(picture, encoding="utf-8")
    sync_tree(aside)
    if target.exists():
        shutil.rmtree(aside)
    else:
        rename_durably(aside, target)
    link_durably(link, target.relative_to(home.scenario_results))
    for old in runs.glob(f"{name}@*"):
        if old != target:
            shutil.rmtree(old)
    return link


def _table(name: str, as_of: date, rows: list[Comparison]) -> pa.Table:
    def exact(value: Decimal) -> Decimal:
        return value.quantize(Decimal("0.0001"))

    return pa.Table.from_pylist(
        [
            {
                "scenario_name": name, "as_of": as_of, "measure": row.measure,
                "measure_zh": row.measure_zh, "unit": row.unit, "slice": row.slice,
                "base": exact(row.base), "scenario": exact(row.scenario),
                "difference": exact(row.difference),
            }
            for row in rows
        ],
        schema=SCHEMA,
    )  # fmt: skip


def stored_results(home: Home) -> Iterator[tuple[str, Path]]:
    """Name and folder of every stored result, by name."""
    folder = home.scenario_results
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        if NAME.fullmatch(path.name) and (path / FACTS).is_file():
            yield path.name, path


def read_result(home: Home, name: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Facts and rows of a scenario's last result.

    Raises:
        ScenarioError: it has not been run.
    """
    folder = home.scenario_results / name
    if not NAME.fullmatch(name) or not (folder / FACTS).is_file():
        raise ScenarioError(f"no result of {name!r}: member-warehouse scenario run {name}")
    facts = json.loads((folder / FACTS).read_text(encoding="utf-8"))
    return facts, pq.read_table(folder / COMPARISON).to_pylist()


def create_relation(con: duckdb.DuckDBPyConnection, home: Home, as_of: date) -> None:
    """Make ``scenarios.scenario_result``: the stored results of days up to ``as_of``."""
    con.execute("create schema if not exists scenarios")
    con.execute(f"create or replace table scenarios.scenario_result ({_TYPED})")
    for _, folder in stored_results(home):
        con.execute(
            "insert into scenarios.scenario_result by name select * from "
            f"read_parquet({text_literal(folder / COMPARISON)}) where as_of <= ?",
            [as_of],
        )
