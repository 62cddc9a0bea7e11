"""Gate marts on stages, churn, profile and tags: what agrees passes, every defect is caught.

Defects of different tables are planted at once: each must be found, and nothing else.
"""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from dagster_project.quality import GateReport, run_gate
from tests.unit.quality import scratch_core
from tests.unit.quality.scratch_core import context, copy_with

RELATIONS = {
    f"marts.{name}"
    for name in (
        "activation_funnel", "churn_backtest", "churn_reason", "lifecycle_transition",
        "member_churn_risk", "member_lifecycle", "member_lifecycle_monthly", "member_preference",
        "member_profile", "member_purchase_cycle", "member_tag", "tag_coverage",
        "winback_performance",
    )
}  # fmt: skip
# 500 members known since February; the first 400 bought; m9 never registered.
TABLES = """
alter table core.dim_member add column registered_on date;
update core.dim_member set registered_on = date '2026-01-05' where member_id <> 'm9';
create table marts.activation_funnel as
select date '2026-01-01' as cohort_month, channel, step_number, members, 499 as cohort_size
from (values ('all'), ('web')) as c(channel), (values (1, 499), (2, 300), (3, 300)) as s(
    step_number, members);

create table scores.scr_churn_member as select 1 as cut_number, true as is_churned;
create table marts.churn_backtest as
select method, decile, case when decile = 0 then 100 else 10 end as members,
    case when decile = 0 then 30 else 3 end as churned,
    case when method = 'model' then 0.7 else 0.6 end as auc
from (values ('model'), ('rule')) as m(method), range(11) as d(decile);

create table marts.member_lifecycle_monthly as
select
    member_id, month, last_day(month) as state_on, month = date '2026-02-01' as is_changed,
    case when member_id = 'm1' then 'churned' else 'active' end as stage
from core.dim_member, (values (date '2026-02-01'), (date '2026-03-01')) as m(month);
create table marts.member_lifecycle as
select member_id, stage from marts.member_lifecycle_monthly where month = date '2026-03-01';
create table marts.lifecycle_transition as
select month, 'none' as from_stage, stage as to_stage, count(*) as members
from marts.member_lifecycle_monthly group by all;
create table marts.churn_reason as
select date '2026-02-01' as month, 'price' as reason, 0.5 as share;

create table core.dim_campaign as select 'web:k1' as campaign_key, 'win_back' as objective;
create table marts.winback_performance as
select 'web:k1' as campaign_key, 10 as contacted_members, 8 as lapsed_members,
    2 as returned_members, 0.25 as winback_rate;

create table rules.churn_rules as select 20 as lapsed_days;
alter table marts.member_purchase add column last_ordered_on date;
alter table marts.member_purchase add column purchase_day_count integer;
update marts.member_purchase set last_ordered_on = last_on, purchase_day_count = days;
create table marts.member_churn_risk as
select
    members.member_id, date '2026-03-31' as as_of, case when is_buyer then 0.5e0 end as score,
    case when date '2026-03-31' - last_on > 20 then 'lost' else 'low' end as level
from core.dim_member as members left join marts.member_purchase using (member_id);
create table marts.member_purchase_cycle as
select member_id, days - 1 as gap_count, last_on as last_ordered_on, 30.0e0 as cycle_days,
    'own' as cycle_basis, 0.5e0 as overdue_ratio
from marts.member_purchase;

create table marts.member_preference as
select member_id, dimension, value, 0.5 as share
from marts.member_purchase, (values ('brand'), ('hour')) as d(dimension),
    (values ('a'), ('b')) as v(value);
create table marts.member_profile as
select member_id, net_revenue
from core.dim_member left join marts.member_purchase using (member_id);
create table rules.tags as select * from (values ('vip'), ('sleepy')) as t(tag_code);
create table marts.member_tag as
select * from (values
    ('m1', 'vip', 'yes', date '2026-01-01', date '2026-02-01'),
    ('m1', 'vip', 'yes', date '2026-02-01', null),
    ('m2', 'sleepy', 'yes', date '2026-01-01', null))
    as t(member_id, tag_code, tag_value, valid_from, valid_to);
create table marts.tag_coverage as
select tag_code, 1 as tagged_members, 500 as eligible_members, 0.002e0 as coverage from rules.tags;
"""


@pytest.fixture(scope="module")
def base(tmp_path_factory) -> Path:
    path = scratch_core.build(tmp_path_factory.mktemp("lifecycle") / "base.duckdb")
    with duckdb.connect(str(path)) as con:
        con.execute(TABLES)
    return path


def judged(base: Path, tmp_path: Path, *statements: str) -> GateReport:
    return run_gate("marts", copy_with(base, tmp_path / "next.duckdb", *statements), context())


def failures(report: GateReport) -> set[str]:
    return {
        r.check for r in report.results if not r.success and r.executed and r.relation in RELATIONS
    }


def test_agreement_passes_and_every_critical_check_has_a_defect(base, tmp_path):
    report = judged(base, tmp_path)
    assert failures(report) == set()
    assert {r.relation for r in report.results if r.executed} >= RELATIONS
    critical = {
        r.check for r in report.results if r.relation in RELATIONS and r.severity == "critical"
    }
    planted = {check for one in ROUNDS for check in one}
    assert {check for check in critical if not check.endswith("__has_rows")} == planted


# Rounds of defects: check -> what is wrong.
ROUNDS = (
    {
        "activation_funnel__funnel_is_monotone":
            "update marts.activation_funnel set members = 301 where step_number = 3",
        "churn_backtest__deciles_are_everybody":
            "update marts.churn_backtest set churned = 4 where method = 'rule' and decile = 7",
        "churn_reason__shares_are_shares": "update marts.churn_reason set share = 1.2",
        "lifecycle_transition__stages_add_up":
            "update marts.lifecycle_transition set members = members - 1 where to_stage = 'active'",
        "member_lifecycle__every_member_once":
            "delete from marts.member_lifecycle where member_id = 'm7'",
        "member_churn_risk__members_once":
            "delete from marts.member_churn_risk where member_id = 'm450'",
        "member_purchase_cycle__buyers_once":
            "insert into marts.member_purchase_cycle select * from marts.member_purchase_cycle "
            "where member_id = 'm3'",
        "member_preference__shares_add_up":
            "delete from marts.member_preference "
            "where member_id = 'm4' and dimension = 'hour' and value = 'a'",
        "member_profile__every_member_once":
            "delete from marts.member_profile where member_id = 'm460'",
        "member_tag__no_overlap":
            "update marts.member_tag set valid_to = date '2026-02-02' where valid_to is not null",
        "tag_coverage__coverage_is_tagged_over_eligible":
            "update marts.tag_coverage set coverage = 0.5 where tag_code = 'vip'",
        "winback_performance__returned_were_lapsed":
            "update marts.winback_performance set returned_members = 9",
    },
    {
        "activation_funnel__registered_members":
            "update core.dim_member set registered_on = null where member_id = 'm8'",
        "member_lifecycle__stage_of_the_month":
            "update marts.member_lifecycle set stage = 'active' where member_id = 'm1'",
        "member_lifecycle_monthly__no_month_missing":
            "insert into marts.member_lifecycle_monthly select member_id, date '2025-12-01', "
            "date '2025-12-31', true, stage from marts.member_lifecycle where member_id = 'm2'",
        "lifecycle_transition__stages_add_up":
            "insert into marts.lifecycle_transition values ('2026-01-01', 'none', 'new', 1)",
        "member_churn_risk__scores_are_shares":
            "update marts.member_churn_risk set score = 'nan' where member_id = 'm5'",
        "member_purchase_cycle__gaps_are_purchase_days":
            "update marts.member_purchase_cycle set gap_count = 99 where member_id = 'm6'",
        "member_profile__revenue_of_purchases":
            "update marts.member_profile set net_revenue = 0 where member_id = 'm6'",
        "member_tag__known_tags":
            "insert into marts.member_tag values ('m3', 'odd', 'x', date '2026-03-01', null)",
        "tag_coverage__coverage_is_tagged_over_eligible":
            "update marts.tag_coverage set tagged_members = 501, coverage = 1.002",
        "winback_performance__returned_were_lapsed":
            "update marts.winback_performance set winback_rate = 1.5",
    },
    {
        "member_lifecycle_monthly__one_stage_a_month":
            "update marts.member_lifecycle_monthly set stage = null "
            "where member_id = 'm1' and month = date '2026-02-01'",
        "lifecycle_transition__stages_add_up":  # counts who has no stage, too
            "delete from marts.lifecycle_transition where to_stage = 'churned'",
        "member_churn_risk__long_gone_are_lost":
            "update marts.member_churn_risk set level = 'lost' where level = 'low' and score > 0",
        "member_purchase_cycle__cycles_are_days":
            "update marts.member_purchase_cycle set cycle_days = null where member_id = 'm6'",
    },
)  # fmt: skip


@pytest.mark.parametrize("number", range(len(ROUNDS)))
def test_defects_are_caught_and_named(base, tmp_path, number):
    report = judged(base, tmp_path, *ROUNDS[number].values())
    assert report.blocked
    assert failures(report) == {*ROUNDS[number]}


def test_a_model_that_is_no_better_than_the_rule_is_a_warning(base, tmp_path):
    report = judged(base, tmp_path, "update marts.churn_backtest set auc = 0.6")
    assert failures(report) == {"churn_backtest__model_beats_the_rule"}
    assert {
        r.severity for r in report.results if r.check == "churn_backtest__model_beats_the_rule"
    } == {"warning"}
