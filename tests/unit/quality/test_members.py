"""Gate members: what agrees passes, and every planted disagreement is caught by its check."""

from __future__ import annotations

from pathlib import Path

import pytest

from dagster_project.quality import GateReport, run_gate
from tests.unit.quality import scratch_core
from tests.unit.quality.scratch_core import context, copy_with

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def base(tmp_path_factory) -> Path:
    return scratch_core.build(tmp_path_factory.mktemp("core") / "base.duckdb")


def judged(base: Path, tmp_path: Path, *statements: str, **more) -> GateReport:
    database = copy_with(base, tmp_path / "next.duckdb", *statements)
    return run_gate("members", database, context(**more))


def failures(report: GateReport, severity: str = "critical") -> set[str]:
    return {r.check_id for r in report.results if not r.success and r.severity == severity}


def test_agreement_passes(base, tmp_path):
    report = judged(base, tmp_path)
    assert not report.blocked, report.message()
    assert not report.warnings
    assert {r.observed for r in report.results if r.check.endswith("rows_not_lost")} == {
        "no baseline"
    }


def test_same_as_the_previous_release_passes(base, tmp_path):
    report = judged(base, tmp_path, previous_release=base)
    assert not report.blocked, report.message()
    assert not report.warnings
    told = {r.check: r.observed for r in report.results}
    assert told["fct_order__rows_not_lost"] == "1200"
    assert told["member_identity__largest_cluster"] == "2"
    assert told["fct_order__restated_share"] == "0"


DEFECTS = {
    "a refusal is overlooked": (
        "update core.fct_consent set is_granted = true where member_id = 'm1'",
        "fct_consent__newest_refusal_holds",
    ),
    "an unsubscription is overlooked": (
        "update core.fct_consent set is_granted = true where member_id = 'm2'",
        "fct_consent__newest_refusal_holds",
    ),
    "a consent nobody gave": (
        "insert into core.fct_consent values ('m4', 'third_party', 'sms', true, true)",
        "fct_consent__nobody_unheard_agrees",
    ),
    "a request to be forgotten is lost": (
        "delete from core.fct_erasure_request; "
        "insert into core.fct_erasure_request values ('web:e9', 'm3')",
        "fct_erasure_request__every_request_is_here",
    ),
    "a request names the wrong member": (
        "update core.fct_erasure_request set member_id = 'm4'",
        "fct_erasure_request__named_accounts_are_found",
    ),
    "an order is lost": (
        "delete from core.fct_order where order_number = 1",
        "fct_order__keys_reconcile",
    ),
    "an order is there twice": (
        "insert into core.fct_order select * from core.fct_order limit 1",
        "fct_order__keys_reconcile",
    ),
    "an order of tomorrow": (
        "insert into core.fct_order by name select order_key, channel, "
        "ordered_at from conformed.cfm_orders where order_key = 'web:later'",
        "fct_order__no_future",
    ),
    "amounts changed": (
        "update core.fct_order set net_paid_amount = net_paid_amount * 100",
        "fct_order__amounts_reconcile",
    ),
    "refunds counted twice": (
        "update core.fct_order set refund_amount = refund_amount * 2",
        "fct_order__refunds_reconcile",
    ),
    "a class no rule has": (
        "update core.fct_order set order_class = 'odd' where order_number = 1",
        "fct_order__order_class_by_rule",
    ),
    "a class that does not count": (
        "update core.fct_order set order_class = 'test' where order_key = 'web:o3'",
        "fct_order__order_class_by_rule",
    ),
    "an unknown status": (
        "update core.fct_order set order_class = 'unknown_status', is_valid = false "
        "where order_key = 'web:o3'",
        "fct_order__status_known",
    ),
    "a gap in the numbers": (
        "update core.fct_order set order_number = 9 where order_key = 'web:o3'",
        "fct_order__order_numbers_run",
    ),
    "orphan stores": (
        "update core.fct_order set store_key = 'web:s9' where hash(order_key) % 20 = 0",
        "fct_order__orphan_stores",
    ),
    "orphan campaigns": (
        "update core.fct_touch set campaign_key = 'web:k9' where touch_key < 'web:2'",
        "fct_touch__orphan_campaigns",
    ),
    "orphan products": (
        "update core.dim_product set is_described = false where product_key < 'web:p2'",
        "fct_order_line__orphan_products",
    ),
    "a line is lost": (
        "delete from core.fct_order_line where order_key = 'web:o3'",
        "fct_order_line__lines_of_every_order",
    ),
    "a line without an order": (
        "update core.fct_order_line set order_key = 'web:o-9' where order_key = 'web:o3'",
        "fct_order_line__lines_of_every_order",
    ),
    "lines that do not add up": (
        "update core.fct_order_line set net_paid_amount = 0 where order_key = 'web:o3'",
        "fct_order_line__totals_of_orders",
    ),
    "a ledger that does not add up": (
        "update core.fct_points_entry set points = points + 1 where points_entry_key = 'web:e3'",
        "fct_points_entry__ledger_reconciles",
    ),
    "orphan orders of points": (
        "update core.fct_points_entry set order_key = 'web:none' where points < 20",
        "fct_points_entry__orphan_orders",
    ),
    "costs that do not add up": (
        "update core.fct_marketing_cost set amount = 4 where marketing_cost_key = 'web:x1'",
        "fct_marketing_cost__costs_reconcile",
    ),
    "events are lost": (
        "delete from core.fct_event where event_key = 'web:1'",
        "fct_event__keys_reconcile",
    ),
    "an empty table": ("delete from core.fct_event", "fct_event__has_rows"),
    "a record without a member": (
        "delete from core.member_identity where record_key = 'app:1'",
        "member_identity__records_have_one_member",
    ),
    "a record of two members": (
        "insert into core.member_identity select 'app:1', channel, customer_id, 'm2', true "
        "from core.member_identity where record_key = 'app:1'",
        "member_identity__records_have_one_member",
    ),
    "a member with other records": (
        "update core.dim_member set record_count = 3 where member_id = 'm1'",
        "dim_member__members_of_records",
    ),
    "a member that is nobody": (
        "insert into core.dim_member by name select 'm-9' as member_id, 1 as record_count",
        "dim_member__members_of_records",
    ),
    "a buyer without orders": (
        "update core.dim_member set is_buyer = true where member_id = 'm499'",
        "dim_member__buyers_have_orders",
    ),
    "born tomorrow": (
        "update core.dim_member set birth_year = 2027 where member_id = 'm1'",
        "dim_member__birth_year_plausible",
    ),
}


@pytest.mark.parametrize("name", DEFECTS)
def test_disagreement_is_caught(base, tmp_path, name):
    statement, check = DEFECTS[name]
    report = judged(base, tmp_path, statement)
    assert report.blocked
    assert report.executed == report.expected, report.message()
    assert check in failures(report), report.message()


SWALLOWED = (
    "update core.member_identity set member_id = 'm1' where cast(substr(record_key, 5) as int) < {}"
)
AGAINST_PREVIOUS = {
    "a member swallows others": (SWALLOWED.format(10), {"member_identity__largest_cluster"}),
    "all members halve": (
        "update core.member_identity set member_id = "
        "'m' || cast(substr(record_key, 5) as int) // 3",
        {"member_identity__records_per_member", "member_identity__member_ids_changed"},
    ),
    "many members merge at once": (
        SWALLOWED.format(30),
        {"member_identity__members_merged"},
    ),
    "facts go away": (
        "delete from core.fct_event where event_key < 'web:7'",
        {"fct_event__rows_not_lost"},
    ),
    "the past changes": (
        "update core.fct_order set net_revenue = net_revenue * 2 where ordered_on < '2026-01-05'",
        {"fct_order__restated_share"},
    ),
}


@pytest.mark.parametrize("name", AGAINST_PREVIOUS)
def test_drift_from_the_previous_release_is_caught(base, tmp_path, name):
    statement, checks = AGAINST_PREVIOUS[name]
    report = judged(base, tmp_path, statement, previous_release=base)
    assert checks <= failures(report), report.message()


def test_small_restatement_only_warns(base, tmp_path):
    late = "update core.fct_order set net_revenue = net_revenue - 50 where order_key like 'web:o_'"
    report = judged(base, tmp_path, late, previous_release=base)
    assert "fct_order__restated_share_warn" in failures(report, "warning")
    assert "fct_order__restated_share" not in failures(report)


def test_a_table_that_is_new_has_no_baseline(base, tmp_path):
    previous = copy_with(base, tmp_path / "old.duckdb", "drop table core.fct_event")
    report = judged(base, tmp_path, previous_release=previous)
    assert not report.blocked, report.message()
    told = {r.check: r.observed for r in report.results}
    assert told["fct_event__rows_not_lost"] == "no baseline"


def test_a_relation_that_is_missing_blocks(base, tmp_path):
    report = judged(base, tmp_path, "drop table core.fct_event")
    assert report.blocked
    assert report.executed < report.expected
    unmade = {r.check for r in report.results if not r.executed}
    assert "fct_event__has_rows" in unmade
    assert "gate accept run-1 fct_event__has_rows" not in report.message()


def test_nothing_delivered_passes(base, tmp_path):
    """Empty tables pass where their input is empty."""
    gone = [
        f"delete from {schema}.{table}"
        for fact, conformed, *_ in scratch_core.PLAIN_FACTS
        for schema, table in (("core", fact), ("conformed", conformed))
    ]
    report = judged(base, tmp_path, *gone)
    assert not report.blocked, report.message()
