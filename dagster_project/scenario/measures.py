"""What a scenario is compared by: rows of scenario_measures.csv, as SQL over one mart each."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import duckdb

from dagster_project.release.digest import quoted, quoted_relation
from dagster_project.scenario.definition import ScenarioError

ALL = "all"
QUERY = "select measure, measure_zh, unit, relation, value, slice, condition "
VALUE_TYPE = "decimal(18, 4)"


@dataclass(frozen=True)
class Measure:
    """A row of ``scenario_measures``: an aggregate over a mart, whole or by one of its columns."""

    measure: str
    measure_zh: str
    unit: str
    relation: str
    value: str
    slice: str | None
    condition: str | None

    @property
    def place(self) -> str:
        """How messages name the row."""
        return f"scenario_measures.csv: {self.measure} by {self.slice or ALL}"

    @property
    def query(self) -> str:
        """Two columns: the slice (``all`` or ``column=value``) and the value."""
        where = f" where {self.condition}" if self.condition else ""
        source = f"from {quoted_relation(self.relation)}{where}"
        value = f"cast({self.value} as {VALUE_TYPE})"
        if not self.slice:
            return f"select '{ALL}' as slice, {value} as value {source}"
        column = quoted(self.slice)
        label = f"'{self.slice}=' || coalesce(cast({column} as varchar), 'none')"
        return f"select {label} as slice, {value} as value {source} group by {column}"


def read_measures(con: duckdb.DuckDBPyConnection) -> list[Measure]:
    """The measures, in a fixed order."""
    rows = con.execute(
        f"{QUERY} from rules.scenario_measures order by measure, slice nulls first, relation"
    ).fetchall()
    return [Measure(*row) for row in rows]


Values = dict[tuple[str, str], Decimal]


def values_of(database: Path, measures: list[Measure]) -> Values:
    """Measure and slice to value, in one database; slices without rows are not there.

    Raises:
        ScenarioError: a row of scenario_measures does not fit its mart.
    """
    found: Values = {}
    with duckdb.connect(str(database), read_only=True) as con:
        con.execute("set threads = 1")
        for one in measures:
            try:
                rows = con.execute(one.query).fetchall()
            except duckdb.Error as error:
                raise ScenarioError(f"{one.place}: {str(error).splitlines()[0]}") from None
            for label, value in rows:
                found[one.measure, label] = value if value is not None else Decimal(0)
    return found


@dataclass(frozen=True)
class Comparison:
    """One line of the answer; a slice that one side lacks counts as 0 there."""

    measure: str
    measure_zh: str
    unit: str
    slice: str
    base: Decimal
    scenario: Decimal

    @property
    def difference(self) -> Decimal:
        """The scenario less today."""
        return self.scenario - self.base


def compare(measures: list[Measure], base: Values, scenario: Values) -> list[Comparison]:
    """Both sides beside each other, in the order of measure and slice."""
    texts = {one.measure: one for one in measures}
    zero = Decimal(0)
    return [
        Comparison(
            measure, texts[measure].measure_zh, texts[measure].unit, label,
            base.get((measure, label), zero), scenario.get((measure, label), zero),
        )
        for measure, label in sorted({*base, *scenario})
    ]  # fmt: skip
