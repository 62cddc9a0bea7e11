"""The checks of one suite on one relation: resolve, evaluate together, explain what failed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import duckdb

from dagster_project.quality.engine import Outcome, Session
from dagster_project.quality.report import CheckResult
from dagster_project.quality.resolve import Resolved, Target, resolve
from dagster_project.quality.suites import PlannedCheck

MOST_PLACES = 10


def judge(
    gate: str, session: Session, target: Target, checks: Sequence[PlannedCheck]
) -> list[CheckResult]:
    """One result per check; a check that cannot be made is a result that says so."""
    results: list[CheckResult] = []
    ready: list[Resolved] = []
    for check in checks:
        try:
            resolved = resolve(check, target, session.number)
        except duckdb.Error as error:
            text = str(error).splitlines()[0] if _is_about_names(error) else type(error).__name__
            resolved = Resolved(check, None, "", f"not evaluated: {text}")
            results.append(_result(gate, target, resolved, Outcome(None, resolved.skipped)))
            continue
        if resolved.expectation is None:
            results.append(_result(gate, target, resolved, Outcome(True, resolved.skipped)))
        else:
            ready.append(resolved)
    wanted = [one.expectation for one in ready if one.expectation is not None]
    outcomes = session.evaluate(target.view, wanted)
    for one in ready:
        outcome = outcomes[one.check.name]
        result = _result(gate, target, one, outcome)
        if outcome.success is False:
            result = replace(result, places=_places(session, target, one.check))
        results.append(result)
    return results


def _is_about_names(error: duckdb.Error) -> bool:
    """Whether the text is about relations and columns; other errors may quote values."""
    return isinstance(error, duckdb.CatalogException | duckdb.BinderException)


def _result(gate: str, target: Target, resolved: Resolved, outcome: Outcome) -> CheckResult:
    check = resolved.check
    return CheckResult(
        gate=gate,
        suite=check.suite.name,
        expectation=check.expectation,
        relation=check.suite.relation,
        severity=check.severity,
        success=bool(outcome.success),
        observed=outcome.observed,
        expected=resolved.expected,
        check=check.name,
        notes=check.entry.notes,
        channel=target.channel,
        executed=outcome.success is not None,
        remedy=check.entry.remedy,
    )


def _places(session: Session, target: Target, check: PlannedCheck) -> tuple[str, ...]:
    """Files, columns or reasons with their counts: asked only when a check failed."""
    if check.entry.places is None:
        return (f"column {check.field}",) if check.field else ()
    query = target.sql(check.entry.places, check.suite.name)
    try:
        rows = session.rows(query)
    except duckdb.Error:
        # The verdict stands without the hint, and the error's text could quote a value.
        return ()
    found = [" ".join(str(cell) for cell in row) for row in rows]
    more = [f"and {len(found) - MOST_PLACES} more"] if len(found) > MOST_PLACES else []
    return tuple(found[:MOST_PLACES] + more)
