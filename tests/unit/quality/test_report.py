"""What a report says, what is stored of it, and how a person lets a check pass once."""

from __future__ import annotations

from dataclasses import replace

import duckdb
import pytest

from dagster_project.quality import (
    AcceptedCheck,
    CheckResult,
    CheckSpec,
    GateReport,
    accept_check,
    open_acceptances,
    read_results,
    spend_acceptances,
    write_results,
)
from dagster_project.quality.accept import accept_results
from dagster_project.quality.report import summarise

GOOD = CheckResult(
    gate="members",
    suite="core/fct_order",
    expectation="has_rows",
    relation="core.fct_order",
    severity="critical",
    success=True,
    observed="3 rows",
    expected="at least 1",
    check="fct_order__has_rows",
)
BAD = replace(GOOD, success=False)
WARNED = replace(BAD, severity="warning")
UNMADE = replace(BAD, executed=False)


def report(*results: CheckResult, expected: int | None = None) -> GateReport:
    return GateReport(
        "members", "run-1", results, (), len(results) if expected is None else expected
    )


@pytest.mark.parametrize(
    ("given", "blocked"),
    [
        (report(GOOD), False),
        (report(GOOD, WARNED), False),
        (report(GOOD, BAD), True),
        (report(UNMADE), True),
        (report(replace(UNMADE, severity="warning")), True),
        (report(GOOD, expected=2), True),
        (report(replace(BAD, accepted="a reason")), False),
        (report(replace(UNMADE, accepted="a reason")), True),
    ],
)
def test_what_blocks(given, blocked):
    assert given.blocked is blocked


def test_skipped_checks_are_told():
    message = report(GOOD, expected=2).message()
    assert "1 of 2 checks made" in message


def test_check_that_was_not_made_offers_no_acceptance():
    assert "gate accept" in report(BAD).message()
    assert "gate accept" not in report(UNMADE).message()


def test_only_failures_that_were_made_can_be_accepted():
    words = [AcceptedCheck("r", "fct_order__has_rows", "seen")]
    judged, used = accept_results([BAD], words)
    assert (judged[0].accepted, used) == ("seen", words)
    for other in (GOOD, WARNED, UNMADE, replace(BAD, check="another"), replace(BAD, channel="a")):
        judged, used = accept_results([other], words)
        assert (judged[0].accepted, used) == (None, [])


def test_channels_of_a_check_are_one_check_for_dagster():
    spec = CheckSpec("raw.orders", "orders__x", "critical", "")
    good, bad = replace(GOOD, channel="app"), replace(BAD, channel="web", observed="0 rows")
    assert summarise(spec, [good, bad]).success is False
    assert summarise(spec, [good, bad]).observed == "web: 0 rows"
    assert summarise(spec, [good]).success is True
    nothing = summarise(spec, [])
    assert (nothing.success, nothing.observed) == (True, "no new batch")


def test_results_are_stored_once_per_gate():
    with duckdb.connect() as con:
        write_results(con, [GOOD, replace(BAD, gate="arrival", channel="web")])
        write_results(con, [WARNED])
        stored = read_results(con)
    assert [(r["gate"], r["suite"], r["severity"], r["success"]) for r in stored] == [
        ("arrival", "core/fct_order/web", "critical", False),
        ("members", "core/fct_order", "warning", False),
    ]
    assert list(stored[0]) == list(GOOD.row())


def test_a_check_is_accepted_once(home):
    word = accept_check(home, "run-1", "fct_order__has_rows", "a new shop")
    assert open_acceptances(home) == [word]
    spend_acceptances(home, [word], "run-2")
    assert open_acceptances(home) == []
    again = accept_check(home, "run-2", "orders__volume_high@web", "Double 11")
    assert open_acceptances(home) == [again]
    log = (home.runs / "accepted.jsonl").read_text(encoding="utf-8")
    assert len(log.splitlines()) == 3
    assert "a new shop" in log and "run-2" in log


@pytest.mark.parametrize(
    ("check", "reason", "told"),
    [("fct_order__has_rows", " ", "reason"), ("no_such_check@web", "because", "no_such_check")],
)
def test_acceptance_needs_a_known_check_and_a_reason(home, check, reason, told):
    with pytest.raises(ValueError, match=told):
        accept_check(home, "run-1", check, reason)
    assert open_acceptances(home) == []
