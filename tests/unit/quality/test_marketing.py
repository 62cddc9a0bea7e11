"""Gate marts on campaigns and experiments: what agrees passes, and planted defects are caught."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from dagster_project.quality import GateReport, run_gate
from tests.unit.quality import scratch_core
from tests.unit.quality.scratch_core import context, copy_with

RELATIONS = {
    "marts.attribution",
    "marts.campaign_funnel",
    "marts.campaign_performance",
    "marts.coupon_performance",
    "marts.experiment_result",
    "marts.marketing_efficiency",
}
# m1 and m2 are contacted, m3 held out, m4 both; m5 is in two variants.
TABLES = """
drop table core.fct_touch;
create table core.fct_touch as
select * from (values
    ('t1', 'k', 'm1', false), ('t2', 'k', 'm2', false), ('t3', 'k', 'm3', true),
    ('t4', 'k', 'm4', false), ('t5', 'k', 'm4', true))
    as t(touch_key, campaign_key, member_id, is_control);
create table core.dim_campaign as select 'k' as campaign_key;
alter table core.fct_order add column margin_amount decimal(18, 2);
update core.fct_order set margin_amount = net_revenue - cost_amount;
create table marts.coupon_use as select 'c' as coupon_key;
create table marts.attribution as
select order_key, model, credit, cast(net_revenue * credit as decimal(18, 2)) as net_revenue,
    cast(margin_amount * credit as decimal(18, 2)) as margin_amount
from (select * from core.fct_order order by order_key limit 5),
    (values ('last', 1.0), ('linear', 1.0)) as m(model, credit);
create table marts.campaign_funnel as
select 'k' as campaign_key, 'run' as phase, cast(3 as bigint) as messages;
create table marts.campaign_performance as
select 'k' as campaign_key, 1 as holdout_members, 1 as both_members, true as is_causal,
    cast(5 as decimal(18, 2)) as incremental_margin, 'measured' as causal_note;
create table marts.coupon_performance as
select 75 as issued, 40 as used, 25 as expired, 10 as open_coupons from range(2);
create table marts.marketing_efficiency as
select marketing_channel, cast(15 as decimal(18, 2)) as cost_amount
from (values ('all'), ('sms')) as c(marketing_channel);
drop table core.fct_assignment;
create table core.fct_assignment as
select * from (values
    ('e', 'm1', 'A', true), ('e', 'm2', 'B', true), ('e', 'm3', 'B', false), ('e', 'm5', 'A', true),
    ('e', 'm5', 'B', true)) as a(experiment_key, member_id, variant, is_exposed);
alter table core.fct_assignment add column exposed_at timestamp;
update core.fct_assignment set exposed_at = timestamp '2026-03-01' where is_exposed;
create table core.dim_experiment as select 'e' as experiment_key;
create table rules.experiment_rules as select 0.001 as srm_alpha;
create table marts.experiment_result as
select 'e' as experiment_key, metric, variant, cast(1 as bigint) as members, 1 as two_arm_members,
    0.5 as srm_p_value, cast(null as double) as exposure_srm_p_value, 'control' as verdict
from (values ('visit'), ('conversion')) as m(metric), (values ('A'), ('B')) as v(variant);
"""


@pytest.fixture(scope="module")
def base(tmp_path_factory) -> Path:
    path = scratch_core.build(tmp_path_factory.mktemp("marketing") / "base.duckdb")
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
    "update marts.attribution set credit = 0.9 where model = 'last'": "attribution__credit_is_one",
    "update core.fct_order set net_revenue = net_revenue - 1": "attribution__revenue_is_the_orders",
    "update marts.campaign_funnel set messages = 4": "campaign_funnel__every_message_is_counted",
    "update marts.campaign_performance set both_members = 0": (
        "campaign_performance__holdouts_are_those_held_out"
    ),
    "update marts.campaign_performance set is_causal = false": (
        "campaign_performance__causal_only_with_holdout"
    ),
    "update marts.coupon_performance set open_coupons = 9": (
        "coupon_performance__every_coupon_is_counted"
    ),
    "update marts.marketing_efficiency set cost_amount = 14 where marketing_channel = 'sms'": (
        "marketing_efficiency__costs_are_those_booked"
    ),
    "update marts.experiment_result set members = 2 where variant = 'B'": (
        "experiment_result__arms_are_whole"
    ),
    "update marts.experiment_result set exposure_srm_p_value = 0.0009": (
        "experiment_result__broken_splits_have_no_verdict"
    ),
}


def test_defects_are_caught(base, tmp_path):
    """All at once: each is about another check."""
    report = judged(base, tmp_path, *DEFECTS)
    assert report.blocked
    assert failures(report) == {*DEFECTS.values()}
