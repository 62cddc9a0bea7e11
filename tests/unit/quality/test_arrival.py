"""Gate arrival: an ordinary delivery passes, and every planted defect is caught by its check."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from dagster_project.quality import AcceptedCheck, GateReport, run_gate
from tests.unit.quality.scratch_raw import (
    FIRST,
    Delivery,
    build,
    context,
    event_rows,
    history,
    order_rows,
)

pytestmark = pytest.mark.slow

DAY = FIRST + timedelta(28)


def judged(tmp_path: Path, known: list[Delivery], new: list[Delivery], **more) -> GateReport:
    database = build(tmp_path / "work.duckdb", known + new, more.pop("held", []))
    return run_gate("arrival", database, context(known, more.pop("as_of", DAY), **more))


def failures(report: GateReport, severity: str = "critical") -> set[str]:
    return {r.check_id for r in report.results if not r.success and r.severity == severity}


def changed(rows: list[dict], every: int, **cells) -> list[dict]:
    return [{**row, **cells} if n % every == 0 else row for n, row in enumerate(rows)]


def new_orders(rows: list[dict], **more) -> Delivery:
    return Delivery("new", rows, more.pop("day", DAY), **more)


def test_an_ordinary_day_passes(tmp_path):
    new = [new_orders(order_rows(DAY)), Delivery("e", event_rows(DAY), DAY, "events")]
    report = judged(tmp_path, history() + history(entity="events"), new)
    assert not report.blocked, report.message()
    assert not report.warnings
    assert report.executed == report.expected == len(report.results)
    compared = {r.check_id for r in report.results if r.observed not in ("no baseline", "-")}
    assert {
        "orders__volume_low@webshop",
        "orders__freshness@webshop",
        "orders__median_drift@webshop",
        "orders__missing_share@webshop",
        "orders__mix_drift@webshop",
    } <= compared


def test_the_first_delivery_has_no_baseline(tmp_path):
    report = judged(tmp_path, [], [new_orders(order_rows(DAY))])
    assert not report.blocked, report.message()
    drift = {r.check: r.observed for r in report.results if "drift" in r.check}
    assert set(drift.values()) == {"no baseline"}
    assert report.executed == report.expected


ORDERS = order_rows(DAY)
DEFECTS = {
    "doubled rows": (new_orders(ORDERS * 2), "duplicate_keys"),
    "fen for yuan": (new_orders(order_rows(DAY, scale=100)), "median_drift"),
    "fen for yuan on few rows": (new_orders(order_rows(DAY, 8, 100)), "unit_change"),
    "an unknown status": (new_orders(changed(ORDERS, 60, status="teleported")), "status"),
    "an unknown currency": (new_orders(changed(ORDERS, 60, currency="XXX")), "currency_known"),
    "a field is missing": (new_orders(changed(ORDERS, 2, customer_id=None)), "missing_share"),
    "a field is empty": (new_orders(order_rows(DAY, 60, customer_id=None)), "field_vanished"),
    "another mix": (new_orders(changed(ORDERS, 2, status="created")), "mix_drift"),
    "a constant": (new_orders(order_rows(DAY, 60, status="paid")), "field_constant"),
    "too few rows": (new_orders(order_rows(DAY, 50)), "volume_low"),
    "too many rows": (new_orders(order_rows(DAY, 400)), "volume_high"),
    "unreadable rows": (new_orders(ORDERS, quarantined=4), "quarantined_share"),
    "no rows, all unreadable": (new_orders([], quarantined=9), "quarantined_share"),
}


@pytest.mark.parametrize("name", DEFECTS)
def test_defect_is_caught(tmp_path, name):
    new, check = DEFECTS[name]
    report = judged(tmp_path, history(), [new])
    assert report.blocked
    found = failures(report)
    assert any(one.endswith(f"{check}@webshop") for one in found), (found, report.message())


def test_stale_delivery_blocks(tmp_path):
    stale = new_orders(order_rows(FIRST + timedelta(27)), day=FIRST + timedelta(27))
    report = judged(tmp_path, history(), [stale], as_of=FIRST + timedelta(30))
    assert "orders__freshness@webshop" in failures(report)
    other = tmp_path / "other"
    other.mkdir()
    report = judged(other, history(), [stale], as_of=FIRST + timedelta(29))
    assert "orders__freshness_warn@webshop" in failures(report, "warning")
    assert not report.blocked


def test_warnings_do_not_block(tmp_path):
    slow = new_orders(order_rows(DAY, 66), quarantined=1)
    report = judged(tmp_path, history(), [slow])
    assert not report.blocked, report.message()
    assert {
        "orders__volume_low_warn@webshop",
        "orders__quarantined_share_warn@webshop",
    } == failures(report, "warning")


def test_a_late_file_for_a_complete_day_is_no_drop(tmp_path):
    late = FIRST + timedelta(2)
    report = judged(tmp_path, history(), [Delivery("late", order_rows(late, 3), late)])
    assert not report.blocked, report.message()


def test_a_swing_the_feed_has_shown_before_is_no_drift(tmp_path):
    known = history()
    known[2] = replace(known[2], rows=changed(known[2].rows, 2, customer_id=None))
    report = judged(tmp_path, known, [new_orders(changed(ORDERS, 2, customer_id=None))])
    assert "orders__missing_share@webshop" not in failures(report)


def test_a_field_the_feed_has_shown_empty_has_not_vanished(tmp_path):
    """No campaign on that day, nor on one before: its orders are none, whatever the year says."""
    empty = new_orders(order_rows(DAY, customer_id=None))
    year = Delivery("year", order_rows(FIRST, 6_000), FIRST, span_days=364)
    found = judged(tmp_path, [year, *history()], [empty])
    assert "orders__field_vanished@webshop" in failures(found)
    known = history()
    for n, blocks in ((5, True), (9, False)):  # once may have been an accepted mistake
        known[n] = replace(known[n], rows=changed(known[n].rows, 1, customer_id=None))
        other = tmp_path / str(n)
        other.mkdir()
        found = judged(other, [year, *known], [empty])
        assert ("orders__field_vanished@webshop" in failures(found)) == blocks


def test_a_field_that_came_into_use_may_not_vanish_again(tmp_path):
    known = [replace(one, rows=changed(one.rows, 1, customer_id=None)) for one in history()[:9]]
    found = judged(tmp_path, known + history()[9:], [new_orders(order_rows(DAY, customer_id=None))])
    assert "orders__field_vanished@webshop" in failures(found)


def test_a_field_the_feed_has_shown_constant_is_not_fixed(tmp_path):
    known = history()
    for n in (5, 9):
        known[n] = replace(known[n], rows=changed(known[n].rows, 1, status="paid"))
    paid = new_orders(changed(ORDERS, 1, status="paid"))
    assert "orders__field_constant@webshop" not in failures(judged(tmp_path, known, [paid]))
    other = tmp_path / "other"
    other.mkdir()
    sent = new_orders(changed(ORDERS, 1, status="completed"))
    assert "orders__field_constant@webshop" in failures(judged(other, known, [sent]))


def test_the_first_day_after_a_history_by_quarters_is_no_drift(tmp_path):
    quarters = [
        Delivery(f"q{n}", changed(order_rows(FIRST, 600), 5, status="completed"),
                 FIRST + timedelta(7 * n), span_days=85)
        for n in range(4)
    ]  # fmt: skip
    day = new_orders(changed(order_rows(DAY), 2, status="paid", customer_id=None))
    report = judged(tmp_path, quarters, [day])
    assert not report.blocked, report.message()
    alike = [replace(one, span_days=0) for one in quarters]
    other = tmp_path / "alike"
    other.mkdir()
    assert {"orders__mix_drift@webshop", "orders__missing_share@webshop"} <= failures(
        judged(other, alike, [day])
    )


def test_feeds_are_judged_apart(tmp_path):
    other = Delivery("b", changed(ORDERS, 9, status="teleported"), DAY, channel="till o'clock")
    report = judged(tmp_path, history(), [new_orders(ORDERS), other])
    assert failures(report) == {"orders__vocabulary__status@till o'clock"}
    summary = {check.name: check for check in report.checks}["orders__vocabulary__status"]
    assert not summary.success
    assert "till o'clock" in summary.observed


def test_unknown_word_of_the_format_blocks(tmp_path):
    strange = Delivery("e", event_rows(DAY, types=("view", "teleport")), DAY, "events")
    report = judged(tmp_path, [], [strange])
    assert failures(report) == {"events__vocabulary__event_type@webshop"}


def test_gender_words_are_those_of_the_rules(tmp_path):
    people = [{"customer_id": f"c{n}", "gender": w} for n, w in enumerate(("女", "Male", "U"))]
    report = judged(tmp_path, [], [Delivery("c", people, DAY, "customers")])
    assert not report.blocked, report.message()
    other = tmp_path / "other"
    other.mkdir()
    people.append({"customer_id": "c9", "gender": "robot"})
    report = judged(other, [], [Delivery("c", people, DAY, "customers")])
    assert failures(report) == {"customers__vocabulary__gender@webshop"}


def test_lost_rows_block(tmp_path):
    database = build(tmp_path / "work.duckdb", [new_orders(ORDERS)])
    with duckdb.connect(str(database)) as con:
        con.execute("delete from raw.contract__orders where file_row = 3")
    report = run_gate("arrival", database, context([], DAY))
    assert failures(report) == {"orders__rows_as_manifest@webshop"}


def test_rows_without_reason_block(tmp_path):
    database = build(tmp_path / "work.duckdb", [new_orders(order_rows(DAY, 2000), quarantined=1)])
    with duckdb.connect(str(database)) as con:
        con.execute("delete from raw.quarantine")
    report = run_gate("arrival", database, context([], DAY))
    assert "orders__rows_as_manifest@webshop" in failures(report)


def test_held_file_blocks_and_is_named(tmp_path):
    held = [("webshop", "orders", "webshop/orders.csv", "0", "missing_column", "net_paid_amount")]
    report = judged(tmp_path, [], [], held=held)
    assert failures(report) == {"held_file__no_file_held"}
    message = report.message()
    assert "webshop/orders.csv missing_column net_paid_amount" in message
    assert "remedy" in message


def test_a_new_column_warns_once(tmp_path):
    """Noticed with the batch that brought it; a batch that was published stays silent."""
    database = build(tmp_path / "work.duckdb", [*history(), new_orders(order_rows(DAY, 60))])
    with duckdb.connect(str(database)) as con:
        for batch in ("new", history()[0].batch_id):
            row = [batch, "webshop", "orders", f"{batch}.csv", "new_column", "colour", "no field"]
            con.execute("insert into raw.file_notice values (?, ?, ?, ?, ?, ?, ?)", row)
    report = run_gate("arrival", database, context(history(), DAY))
    [found] = [one for one in report.results if one.check.startswith("file_notice__nothing")]
    assert (found.success, found.severity) == (False, "warning")
    assert [place.split()[0] for place in found.places] == ["new.csv"]


def test_silent_feed_warns(tmp_path):
    known = history() + history(entity="events")
    later = FIRST + timedelta(31)
    new = [Delivery(f"n{n}", order_rows(d), d) for n, d in enumerate([DAY, later])]
    report = judged(tmp_path, known, new, as_of=later)
    assert "batch__silent_feeds" in failures(report, "warning")
    assert "batch__silent_feeds" not in failures(report)


def test_message_says_cause_place_and_remedy(tmp_path):
    report = judged(tmp_path, history(), [new_orders(order_rows(DAY, scale=100))])
    message = report.message()
    for part in (
        "raw.contract__orders, channel webshop",
        "column net_paid_amount",
        "found: ",
        "expected: at most 2",
        "fen for yuan",
        "member-warehouse gate accept run-1 orders__median_drift@webshop --reason",
    ):
        assert part in message


def test_no_value_is_told(tmp_path):
    secret = [{**row, "status": "13912345678"} for row in ORDERS]
    report = judged(tmp_path, history(), [new_orders(secret)])
    assert report.blocked
    assert "13912345678" not in report.message() + repr(report.results)


def test_accepted_once(tmp_path):
    new = [new_orders(order_rows(DAY, 400))]
    word = AcceptedCheck("run-0", "orders__volume_high@webshop", "Double 11")
    report = judged(tmp_path, history(), new, accepted=[word])
    assert not report.blocked, report.message()
    assert report.used == (word,)
    accepted = [r for r in report.results if r.accepted]
    assert [(r.check_id, r.accepted, r.success) for r in accepted] == [
        ("orders__volume_high@webshop", "Double 11", False)
    ]
    checks = {check.name: check.success for check in report.checks}
    assert checks["orders__volume_high"]


def test_acceptance_of_another_channel_does_not_help(tmp_path):
    word = AcceptedCheck("run-0", "orders__volume_high@app", "Double 11")
    report = judged(tmp_path, history(), [new_orders(order_rows(DAY, 400))], accepted=[word])
    assert report.blocked
    assert report.used == ()
