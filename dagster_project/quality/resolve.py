"""From a planned check to an expectation with every reference resolved."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from string import Template
from typing import Any

from dagster_project.formats import Entity
from dagster_project.quality.engine import Expectation
from dagster_project.quality.report import NO_BASELINE, TOO_FEW_ROWS
from dagster_project.quality.rules import OF_BASELINE
from dagster_project.quality.suites import INPUT_HAS_ROWS, Entry, PlannedCheck, SuiteError

# One number, or None where the query has no row or NULL.
Ask = Callable[[str], float | None]

# In place of a list of words: those the format gives the field.
VOCABULARY = "$vocabulary"
PREVIOUS = "previous"
QUERIES = ("query", "unexpected_rows_query")


@dataclass(frozen=True)
class Target:
    """One relation under check: its view in schema ``checked`` and what queries may name.

    Attributes:
        parameters: text for ``$name`` in the queries of its suite.
        entity: the raw entity, for suites of gate arrival.
        previous: the relations (schema.table) of the release to compare with; none without one.
    """

    view: str
    channel: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)
    entity: Entity | None = None
    previous: frozenset[str] = frozenset()

    def sql(self, query: str, place: str) -> str:
        """A query of a suite with its ``$names`` replaced; fragments may name others.

        Raises:
            SuiteError: the query names something this relation does not have.
        """
        names = {**self.parameters, "rows": f"checked.{self.view}"}
        try:
            whole = {name: Template(text).substitute(names) for name, text in names.items()}
            return Template(query).substitute(whole)
        except (KeyError, ValueError) as error:
            raise SuiteError(f"{place}: ${error} is no name a query may use") from error


@dataclass(frozen=True)
class Resolved:
    """A check ready to be made, or (without an expectation) already decided.

    ``expected`` says in words what must hold; ``skipped`` why nothing has to be evaluated.
    """

    check: PlannedCheck
    expectation: Expectation | None
    expected: str
    skipped: str = ""


def resolve(check: PlannedCheck, target: Target, ask: Ask) -> Resolved:
    """Resolve thresholds, baselines, vocabularies and the names in queries.

    Raises:
        SuiteError: a reference leads nowhere.
    """
    entry, rule = check.entry, check.rule
    place = f"{check.suite.name}, {entry.name}"
    bounds: dict[str, float] = {}
    if entry.baseline and not _has_baseline(entry, target, ask, place):
        return Resolved(check, None, "a baseline to compare with", NO_BASELINE)
    if rule is not None:
        baseline = None
        if rule.comparison in OF_BASELINE:
            baseline = ask(target.sql(entry.baseline_query or "", place))
            if baseline is None:
                return Resolved(check, None, "a baseline to compare with", NO_BASELINE)
        sample = target.sql(entry.sample or "select count(*) from $rows", place)
        if rule.from_rows and (ask(sample) or 0) < rule.from_rows:
            return Resolved(check, None, f"from {rule.from_rows} rows on", TOO_FEW_ROWS)
        bounds = rule.bounds(check.severity, baseline)
    kwargs = {
        name: _argument(name, value, check, target, place) for name, value in entry.kwargs.items()
    }
    if kwargs.get("min_value") == INPUT_HAS_ROWS:
        source = target.sql(check.suite.input, place)
        rows = ask(source if " " in source else f"select count(*) from {source}")
        kwargs["min_value"] = int(bool(rows))
    kwargs |= bounds
    return Resolved(check, Expectation(check.name, entry.type, kwargs), _in_words(kwargs))


def _has_baseline(entry: Entry, target: Target, ask: Ask, place: str) -> bool:
    if entry.baseline == PREVIOUS:
        queries = [entry.baseline_query or "", *(v for v in entry.kwargs.values())]
        text = " ".join(target.sql(query, place) for query in queries if isinstance(query, str))
        named = set(re.findall(r"\bprevious\.(\w+\.\w+)", text))
        return bool(named) and named <= target.previous
    rows = f"select count(*) from baseline.{entry.baseline} where feed = $feed_name"
    return bool(ask(target.sql(rows + " and channel = $channel_name", place)))


def _argument(name: str, value: Any, check: PlannedCheck, target: Target, place: str) -> Any:
    if name in QUERIES:
        return _literal(target.sql(value, place))
    if value == "$field":
        return check.field
    if value == VOCABULARY:
        fields = target.entity.fields if target.entity else ()
        return next(list(f.vocabulary) for f in fields if f.columns()[0][0] == check.field)
    return value


def _literal(query: str) -> str:
    """A query as Great Expectations must get it: it reads ``{name}`` and ``:name`` as its own."""
    doubled = query.replace("{", "{{").replace("}", "}}")
    return re.sub(r"(?<!:):(?=\w)", r"\\:", doubled)


def _in_words(kwargs: Mapping[str, Any]) -> str:
    """What must hold: the bounds, else the kind of thing; never a list of values."""
    low, high = kwargs.get("min_value"), kwargs.get("max_value")
    if low is not None and high is not None:
        return f"{_number(low)} to {_number(high)}"
    if low is not None:
        return f"at least {_number(low)}"
    if high is not None:
        return f"at most {_number(high)}"
    return "no row" if "unexpected_rows_query" in kwargs else "every row"


def _number(value: Any) -> str:
    return f"{float(value):.6g}" if isinstance(value, int | float) else str(value)
