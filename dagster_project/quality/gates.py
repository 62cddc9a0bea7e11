"""The gates: which checks there are (static) and what they find (in one run)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path

import duckdb

from dagster_project.quality import workspace
from dagster_project.quality.accept import accept_results
from dagster_project.quality.context import GateContext
from dagster_project.quality.engine import Session, open_session
from dagster_project.quality.feeds import FeedKind, feed_kinds
from dagster_project.quality.judge import judge
from dagster_project.quality.report import CheckResult, CheckSpec, GateReport, summarise
from dagster_project.quality.resolve import Target
from dagster_project.quality.rules import load_rules, setting
from dagster_project.quality.suite_files import EVERY_FEED, load_entries, load_suites
from dagster_project.quality.suites import (
    Entry,
    PlannedCheck,
    Suite,
    SuiteError,
    combine,
    row_count,
    spread,
)
from dagster_project.settings import EXPECTATIONS_DIR

FOLDERS = {"arrival": "raw", "members": "core", "marts": "marts"}
GATES = tuple(FOLDERS)
FEED_INPUT = (
    "select sum(rows_loaded) from baseline.batch "
    "where is_new and feed = $feed_name and channel = $channel_name"
)
# Views laid for suites that look at more than one relation.
VIEWS: Mapping[str, Callable[[duckdb.DuckDBPyConnection], str]] = {
    "published_text": workspace.published_text,
    "known_token": workspace.known_tokens,
}

Plan = list[tuple[Suite, FeedKind | None, list[PlannedCheck]]]


def check_specs(gate: str) -> list[CheckSpec]:
    """Every check a gate can make, from the suites alone; stable names, no import of GX.

    Raises:
        SuiteError: a suite is wrong.
    """
    return [check.spec() for _, _, checks in plan(gate) for check in checks]


def run_gate(gate: str, database: Path, context: GateContext) -> GateReport:
    """Make the checks of one gate on a database; its file is closed again at the end.

    Args:
        gate: ``arrival``, ``members`` or ``marts``.
        database: the work database; it is opened for reading only.
        context: the run.
    """
    results: list[CheckResult] = []
    expected = 0
    with open_session() as session:
        workspace.lay_workspace(session.connection, database, context, gate == "arrival")
        for suite, kind, checks in plan(gate):
            for target in _targets(session, suite, kind, context):
                expected += len(checks)
                results += judge(gate, session, target, checks)
    allowed, used = accept_results(results, context.accepted)
    return GateReport(
        gate=gate,
        run_id=context.run_id,
        results=tuple(allowed),
        checks=tuple(
            summarise(spec, [r for r in allowed if r.check == spec.name])
            for spec in check_specs(gate)
        ),
        expected=expected,
        used=tuple(used),
    )


@cache
def plan(gate: str) -> Plan:
    """The suites of a gate with their checks; at gate arrival one suite per raw relation.

    Raises:
        SuiteError: a suite is wrong, two checks have one name, or a rule is not there.
    """
    if gate not in FOLDERS:
        raise ValueError(f"there is no gate {gate!r}: {GATES}")
    suites = dict(load_suites(FOLDERS[gate]))
    planned: Plan = []
    if gate == "arrival":
        path = EXPECTATIONS_DIR / FOLDERS[gate] / f"{EVERY_FEED}.yml"
        _, shared = load_entries(path, f"expectations/raw/{path.name}")
        for kind in feed_kinds().values():
            suite = _feed_suite(kind, shared, suites.pop(kind.name, None))
            planned.append((suite, kind, _feed_checks(suite, kind)))
    for suite in suites.values():
        checks = [c for entry in suite.entries for c in spread(suite, entry, load_rules())]
        planned.append((suite, None, checks))
    _names_are_unique(planned)
    return planned


def _feed_suite(kind: FeedKind, shared: tuple[Entry, ...], own: Suite | None) -> Suite:
    """What holds for every feed, and what the entity's own suite adds or says otherwise."""
    added = own.entries[1:] if own else ()
    entries = (row_count(FEED_INPUT), *combine(shared, added))
    return Suite(f"raw/{kind.name}", kind.relation, FEED_INPUT, entries)


def _feed_checks(suite: Suite, kind: FeedKind) -> list[PlannedCheck]:
    checks: list[PlannedCheck] = []
    own = {entry.name for entry in suite.entries}
    for entry in suite.entries:
        if not all(kind.fields(need) for need in entry.needs):
            continue
        fields = kind.fields(entry.each) if entry.each else [None]
        for of_field in fields:
            name = of_field.columns()[0][0] if of_field else None
            # an entry of the entity's own suite replaces the one made for its field
            if name is None or f"{entry.name}__{name}" not in own:
                checks += spread(suite, entry, load_rules(), name)
    return checks


def _names_are_unique(planned: Plan) -> None:
    names = [check.name for _, _, checks in planned for check in checks]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise SuiteError(f"two checks are called {twice[0]}: rename one")


def _lay_plain(con: duckdb.DuckDBPyConnection, suite: Suite, view: str) -> None:
    """The view of a suite that is no feed's; a relation that is not there leaves none."""
    if suite.view:
        for name, make in VIEWS.items():
            workspace.lay_view(con, name, make(con))
        return
    with suppress(duckdb.CatalogException):
        workspace.lay_view(con, view, f"select * from warehouse.{suite.relation}")


def _targets(
    session: Session, suite: Suite, kind: FeedKind | None, context: GateContext
) -> Iterator[Target]:
    """The relations a suite is made for in this run: one, or one per channel with new batches."""
    common = {
        "as_of": workspace.quoted(context.as_of.isoformat()),
        "as_of_end": workspace.quoted(context.as_of_end.isoformat(sep=" ")),
        "reporting_currency": workspace.quoted(context.reporting_currency.upper()),
        "baseline_deliveries": str(setting("baseline_deliveries")),
        "silent_intervals": str(load_rules()["freshness"].block),
    }
    previous = workspace.previous_relations(session.connection)
    if kind is None:
        view = suite.view or suite.name.replace("/", "__")
        _lay_plain(session.connection, suite, view)
        yield Target(view, "", {**common, **suite.parameters}, None, previous)
        return
    feed_name = kind.relation.removeprefix("raw.")
    channels = [c for feed, c in workspace.new_feeds(session.connection) if feed == feed_name]
    for number, channel in enumerate(channels):
        view = f"{feed_name}__{number}"
        query = workspace.feed_rows(kind.relation, channel)
        workspace.lay_view(session.connection, view, query)
        named = {
            "feed_name": workspace.quoted(feed_name),
            "format_name": workspace.quoted(feed_name.partition("__")[0]),
            "channel_name": workspace.quoted(channel),
        }
        parameters = {**common, **named, **kind.parameters()}
        yield Target(view, channel, parameters, kind.entity, previous)
