"""Full or incremental, and which batches a build must look at."""

from datetime import date, datetime

import pytest

from dagster_project.build.clock import business_day, choose_as_of, end_of_day
from dagster_project.build.plan import BuildPlan, decide
from dagster_project.settings import Settings

SETTINGS = Settings()


def plan(day: date, batches: tuple[str, ...], **changes: object) -> BuildPlan:
    values = {
        "run_id": "r",
        "delivered_at": datetime(2026, 1, 10),
        "as_of": day,
        "as_of_end": end_of_day(day, SETTINGS),
        "fingerprint": "f",
        "make_current": False,
        "batches": batches,
    }
    return BuildPlan(**{**values, **changes})


STATE = plan(date(2026, 1, 5), ("a", "b"))


@pytest.mark.parametrize(
    ("wanted", "state", "full_refresh", "reason"),
    [
        (plan(date(2026, 1, 6), ("a", "b")), None, False, "no state"),
        (plan(date(2026, 1, 6), ("a", "b")), STATE, True, "asked"),
        (plan(date(2026, 1, 6), ("a", "b"), fingerprint="g"), STATE, False, "changed"),
        (plan(date(2026, 1, 4), ("a", "b")), STATE, False, "earlier"),
        (plan(date(2026, 1, 6), ("b", "c")), STATE, False, "withdrawn"),
    ],
)
def test_a_build_starts_anew_for_a_reason(wanted, state, full_refresh, reason):
    decided = decide(wanted, state, set(), full_refresh)
    assert decided.mode == "full"
    assert reason in decided.reason
    assert decided.open_batches == wanted.batches


def test_an_increment_opens_new_and_late_batches_only():
    decided = decide(plan(date(2026, 1, 6), ("a", "b", "c")), STATE, {"b"}, False)
    assert decided.mode == "incremental"
    assert decided.open_batches == ("b", "c")
    assert decided.new_batches == ("c",)


@pytest.mark.parametrize(
    ("day", "asked", "current"),
    [(6, False, True), (5, False, True), (4, False, False), (4, True, True)],
)
def test_an_earlier_day_is_kept_but_not_current_unless_asked(day, asked, current):
    wanted = plan(date(2026, 1, day), ("a", "b"), make_current=asked)
    assert decide(wanted, STATE, set(), False).make_current is current


def test_a_plan_survives_json():
    decided = decide(plan(date(2026, 1, 6), ("a",)), None, set(), False)
    assert BuildPlan.from_json(decided.to_json()) == decided


def test_the_business_day_ends_at_midnight_of_the_brand():
    assert end_of_day(date(2026, 1, 5), SETTINGS) == datetime(2026, 1, 5, 16)
    assert business_day(datetime(2026, 1, 5, 15, 59, 59), SETTINGS) == date(2026, 1, 5)
    assert business_day(datetime(2026, 1, 5, 16), SETTINGS) == date(2026, 1, 6)


@pytest.mark.parametrize(
    ("asked", "order", "record", "expected"),
    [
        (date(2026, 1, 1), datetime(2026, 1, 3), None, date(2026, 1, 1)),
        (date(2027, 1, 1), None, None, date(2026, 1, 10)),
        (None, datetime(2026, 1, 3), datetime(2026, 1, 8), date(2026, 1, 3)),
        (None, None, datetime(2026, 1, 8), date(2026, 1, 8)),
        (None, datetime(2026, 1, 11), None, date(2026, 1, 10)),
        (None, None, None, date(2026, 1, 10)),
    ],
)
def test_as_of_is_asked_for_or_the_last_day_seen_but_never_after_delivery(
    asked, order, record, expected
):
    assert choose_as_of(asked, order, record, datetime(2026, 1, 10, 3), SETTINGS) == expected
