"""Gate marts on tiers and points: what agrees passes, and every planted defect is caught."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from dagster_project.quality import GateReport, run_gate
from tests.unit.quality import scratch_core
from tests.unit.quality.scratch_core import context, copy_with

RELATIONS = {
    "marts.member_tier",
    "marts.member_tier_history",
    "marts.points_balance",
    "marts.points_lot",
    "marts.points_movement",
    "marts.tier_cohort_retention",
}
# m1 earned 100, spent 30 and let 10 expire; m2 was taken back 20 more than was left.
TABLES = """
drop table core.fct_points_entry;
create table core.fct_points_entry as
select * from (values
    ('e1', 'm1', 'earn', 100, date '2026-01-05'), ('e2', 'm1', 'redeem', -30, date '2026-02-05'),
    ('e3', 'm1', 'expire', -10, date '2026-02-06'), ('e4', 'm1', 'pending', 7, date '2026-02-07'),
    ('e5', 'm2', 'earn', 20, date '2026-01-06'), ('e6', 'm2', 'reverse_earn', -40,
    date '2026-02-08')) as e(points_entry_key, member_id, entry_type, points, occurred_on);
create table rules.points_rules as
select 'booked' as expiry_source, date '1900-01-01' as valid_from, cast(null as date) as valid_to;
create table marts.points_step as
select points_entry_key as step_key, 'earn' as effect from core.fct_points_entry;
create table marts.points_draw as
select * from (values ('e2', 'e1', 'm1', 30), ('e3', 'e1', 'm1', 10), ('e6', 'e5', 'm2', 20))
    as d(step_key, lot_key, member_id, points);
create table marts.points_lot as
select * from (values ('e1', 'm1', 100, 60), ('e5', 'm2', 20, 0))
    as l(lot_key, member_id, points, open_points);
create table marts.points_balance as
select * from (values ('m1', 60, 0), ('m2', -20, 20)) as b(member_id, balance, owed_points);
create table marts.points_movement as
select * from (values
    (date '2026-01-01', 0, 120, 0, 0, 0, 0, 120), (date '2026-02-01', 120, 0, 30, 10, 40, 0, 40))
    as m(movement_month, opening, earned, redeemed, expired, reversed, adjusted, closing);
create table marts.member_tier_history as
select member_id, 1 as version_no, 'base' as tier_code, 'join' as reason,
    timestamp '2026-01-01' as valid_from, cast(null as timestamp) as valid_to, true as is_current
from core.dim_member where member_id <> 'm1'
union all
select * from (values
    ('m1', 1, 'base', 'join', timestamp '2026-01-01', timestamp '2026-02-01', false),
    ('m1', 2, 'gold', 'order', timestamp '2026-02-01', null, true));
create table marts.tier_cohort_retention as
select cast(date_trunc('month', ordered_on) as date) as cohort_month, 'base' as tier_code,
    0 as month_number, count(*) as cohort_size
from core.fct_order where order_number = 1 group by all;
create table marts.member_tier as
select member_id, tier_code from marts.member_tier_history where is_current;
"""


@pytest.fixture(scope="module")
def base(tmp_path_factory) -> Path:
    path = scratch_core.build(tmp_path_factory.mktemp("programme") / "base.duckdb")
    with duckdb.connect(str(path)) as con:
        con.execute(TABLES)
    return path


def judged(base: Path, tmp_path: Path, *statements: str) -> GateReport:
    return run_gate("marts", copy_with(base, tmp_path / "next.duckdb", *statements), context())


def failures(report: GateReport) -> set[str]:
    return {
        r.check for r in report.results if not r.success and r.executed and r.relation in RELATIONS
    }


def test_agreement_passes(base, tmp_path):
    report = judged(base, tmp_path)
    assert failures(report) == set()
    assert {r.relation for r in report.results if r.executed} >= RELATIONS


DEFECTS = {
    "an entry the balance does not have": (
        "insert into core.fct_points_entry values ('e7', 'm1', 'earn', 5, date '2026-02-09')",
        "points_balance__balance_is_the_ledger",
    ),
    "a balance nobody booked": (
        "update marts.points_balance set balance = balance + 1 where member_id = 'm1'",
        "points_balance__balance_is_the_ledger",
    ),
    "a lot the balance does not have": (
        "insert into marts.points_lot values ('e9', 'm1', 5, 5)",
        "points_balance__balance_is_the_lots",
    ),
    "a member without a balance": (
        "delete from marts.points_balance where member_id = 'm2'",
        "points_balance__everyone_with_a_ledger",
    ),
    "a lot overdrawn": (
        "update marts.points_lot set open_points = -1 where lot_key = 'e5'",
        "points_lot__lots_are_never_overdrawn",
    ),
    "a draw that is nowhere": (
        "delete from marts.points_draw where step_key = 'e2'",
        "points_lot__draws_add_up",
    ),
    "a month that does not close": (
        "update marts.points_movement set redeemed = 31 where redeemed = 30",
        "points_movement__months_close",
    ),
    "a month is lost": (
        "delete from marts.points_movement where opening = 0",
        "points_movement__months_close",
    ),
    "two open tiers": (
        "update marts.member_tier_history set is_current = true where member_id = 'm1'",
        "member_tier_history__one_open_row",
    ),
    "a day without a tier": (
        "update marts.member_tier_history set valid_to = timestamp '2026-01-31' "
        "where valid_to is not null",
        "member_tier_history__no_gap_no_overlap",
    ),
    "a change without a reason": (
        "update marts.member_tier_history set reason = null where version_no = 2",
        "member_tier_history__tiers_are_named",
    ),
    "a buyer without a tier at the first order": (
        "update marts.tier_cohort_retention set cohort_size = cohort_size - 1",
        "tier_cohort_retention__cohorts_are_buyers",
    ),
    "a tier the history does not know": (
        "update marts.member_tier set tier_code = 'platinum' where member_id = 'm1'",
        "member_tier__tier_is_the_open_version",
    ),
}


@pytest.mark.parametrize("name", DEFECTS)
def test_defect_is_caught(base, tmp_path, name):
    statement, check = DEFECTS[name]
    report = judged(base, tmp_path, statement)
    assert report.blocked
    assert check in failures(report), failures(report)
