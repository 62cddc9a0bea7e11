"""A fit: from aggregated inputs in schema ``scores`` to whole tables in schema ``scores``."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TypeAlias

import duckdb
import pyarrow as pa

Inputs: TypeAlias = Mapping[str, pa.Table]

_RELATION = re.compile(r"\b(?:from|join)\s+(\w+)\.(\w+)", re.I)


class FitError(RuntimeError):
    """A fit did not give the tables it promises."""


@dataclass(frozen=True)
class FitResult:
    """What a fit found.

    Attributes:
        tables: name to rows, in the columns of ``Fit.writes``; all of them, empty where there was
            nothing to fit.
        measures: figures for Dagster's metadata: numbers, words, booleans; never a member's.
        markdown: texts for Dagster's metadata; a picture is ``![](data:image/png;base64,…)``.
    """

    tables: Mapping[str, pa.Table]
    measures: Mapping[str, float | int | str | bool] = field(default_factory=dict)
    markdown: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Fit:
    """One fit. ``run`` is pure: the same inputs and day give the same tables, bit by bit.

    Attributes:
        name: the folder below ``scores``, and Dagster's step ``fit_<name>``.
        reads: name of an input to the query that gives it. Queries read schemas ``scores`` (inputs
            built by dbt, tables of other fits) and ``rules``, aggregated, in a total order.
        writes: table to its columns; ``_scores_sources*.yml`` describe them.
        run: from the inputs and ``as_of`` to the tables.
    """

    name: str
    reads: Mapping[str, str]
    writes: Mapping[str, pa.Schema]
    run: Callable[[Inputs, date], FitResult]

    @property
    def relations(self) -> list[tuple[str, str]]:
        """Schema and name of every relation the fit reads."""
        found = {pair for query in self.reads.values() for pair in _RELATION.findall(query)}
        return sorted(found)


def run_fit(database: Path, fit: Fit, as_of: date) -> FitResult:
    """Read, fit, and write all tables of the fit in one transaction; closed on return.

    Args:
        database: the work database; nobody else has it open.
        as_of: the last business day that counts.

    Raises:
        FitError: a promised table is missing or has other columns.
    """
    with duckdb.connect(str(database)) as con:
        con.execute("set threads = 1")  # sums of doubles depend on the order of their rows
        inputs = {name: con.sql(query).to_arrow_table() for name, query in fit.reads.items()}
        result = fit.run(inputs, as_of)
        _check(fit, result)
        con.begin()
        con.execute("create schema if not exists scores")
        for name in fit.writes:
            rows = result.tables[name]
            con.register("fitted", rows)
            con.execute(f'create or replace table scores."{name}" as select * from fitted')
            con.unregister("fitted")
        con.commit()
    return result


def _check(fit: Fit, result: FitResult) -> None:
    if set(result.tables) != set(fit.writes):
        raise FitError(f"fit {fit.name} gave {sorted(result.tables)}, not {sorted(fit.writes)}")
    for name, schema in fit.writes.items():
        if not result.tables[name].schema.equals(schema):
            raise FitError(f"fit {fit.name}: the columns of {name} are not those it promises")
