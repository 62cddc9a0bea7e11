"""What a suite is: the expectations of one relation, and the checks they spread into."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dagster_project.quality.report import CRITICAL, WARNING, CheckSpec
from dagster_project.quality.rules import Rule

WARN_SUFFIX = "_warn"
# Every suite has it: an empty table passes only where its input is empty.
ROW_COUNT = "has_rows"
# Stands for 1 where the input has rows, else 0.
INPUT_HAS_ROWS = "$input_has_rows"


class SuiteError(ValueError):
    """A suite cannot be used; the message names the file, the entry and the remedy."""


@dataclass(frozen=True)
class Entry:
    """One expectation as it is written."""

    name: str
    type: str
    notes: str
    notes_zh: str
    remedy: str
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    rule: str | None = None
    severity: str | None = None
    baseline: str | None = None
    baseline_query: str | None = None
    sample: str | None = None
    places: str | None = None
    each: str | None = None
    needs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Suite:
    """One file: the expectations of one relation."""

    name: str
    relation: str
    input: str
    entries: tuple[Entry, ...]
    view: str | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class PlannedCheck:
    """One check to make: an entry at one severity (and, at gate arrival, of one field)."""

    suite: Suite
    entry: Entry
    name: str
    severity: str
    rule: Rule | None
    field: str | None = None

    @property
    def expectation(self) -> str:
        """The check's name without its suite's."""
        return self.name.removeprefix(f"{Path(self.suite.name).name}__")

    def spec(self) -> CheckSpec:
        """What Dagster is told."""
        description = f"{self.entry.notes_zh} — {self.entry.notes}"
        return CheckSpec(self.suite.relation, self.name, self.severity, description)


def spread(
    suite: Suite, entry: Entry, rules: Mapping[str, Rule], of_field: str | None = None
) -> list[PlannedCheck]:
    """The checks of one entry: one per level of its rule, or one of the entry's own severity."""
    stem = f"{Path(suite.name).name}__{entry.name}" + (f"__{of_field}" if of_field else "")
    if entry.rule is None:
        return [PlannedCheck(suite, entry, stem, entry.severity or CRITICAL, None, of_field)]
    rule = rules[entry.rule]
    return [
        PlannedCheck(
            suite, entry, stem + (WARN_SUFFIX if severity == WARNING else ""), severity, rule,
            of_field,
        )
        for severity in rule.levels()
    ]  # fmt: skip


def combine(shared: tuple[Entry, ...], own: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """The shared entries, except those that an own entry of the same name replaces, and the own."""
    replaced = {entry.name for entry in own}
    return (*(entry for entry in shared if entry.name not in replaced), *own)


def row_count(source: str) -> Entry:
    """The row count of a suite; ``min_value`` is 1 where the input has rows."""
    return Entry(
        name=ROW_COUNT,
        type="expect_table_row_count_to_be_between",
        notes=f"Has rows where its input has: {source}",
        notes_zh="输入非空则本表非空",
        remedy="find the step that lost all rows; the input is named above",
        kwargs={"min_value": INPUT_HAS_ROWS},
        severity=CRITICAL,
    )
