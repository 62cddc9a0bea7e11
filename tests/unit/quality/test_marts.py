"""Gate marts: what agrees passes, and every planted defect is caught by its check."""

from __future__ import annotations

from pathlib import Path

import pytest

from dagster_project.quality import GateReport, check_specs, run_gate
from tests.unit.quality import scratch_core
from tests.unit.quality.scratch_core import context, copy_with

pytestmark = pytest.mark.slow

# Marts that this test's database holds; suites of other marts are tested with the whole pipeline.
RELATIONS = {
    "marts.clv_backtest",
    "marts.clv_parameters",
    "marts.contribution",
    "marts.member_rfm_monthly",
    "marts.member_value_layer",
    "marts.cohort_retention",
    "marts.member_clv",
    "marts.member_purchase",
    "marts.member_rfm",
    "marts.repurchase",
    "marts.rfm_boundaries",
}


@pytest.fixture(scope="module")
def base(tmp_path_factory) -> Path:
    return scratch_core.build(tmp_path_factory.mktemp("marts") / "base.duckdb")


def judged(base: Path, tmp_path: Path, *statements: str) -> GateReport:
    database = copy_with(base, tmp_path / "next.duckdb", *statements)
    return run_gate("marts", database, context())


def failures(report: GateReport) -> set[str]:
    return {
        r.check for r in report.results if not r.success and r.executed and r.relation in RELATIONS
    }


def test_agreement_passes(base, tmp_path):
    report = judged(base, tmp_path)
    here = [r for r in report.results if r.relation in RELATIONS]
    assert [(r.check, r.observed) for r in here if not r.success] == []
    assert {spec.relation for spec in check_specs("marts")} >= RELATIONS


TEXT = "update core.dim_member set city = '{}' where member_id = 'm1'"
DEFECTS = {
    "a score is lost": (
        "delete from marts.member_rfm where r_score = 5",
        "member_rfm__segments_are_buyers",
    ),
    "a buyer twice": (
        "insert into marts.member_rfm select * from marts.member_rfm limit 1",
        "member_rfm__segments_are_buyers",
    ),
    "a score of six": (
        "update marts.member_rfm set r_score = 6 where member_id = 'm1'",
        "member_rfm__r_score_range",
    ),
    "a score of zero": (
        "update marts.member_rfm set m_score = 0 where member_id = 'm1'",
        "member_rfm__m_score_range",
    ),
    "no segment": (
        "update marts.member_rfm set segment = null where member_id = 'm1'",
        "member_rfm__segments_named",
    ),
    "bought tomorrow": (
        "update marts.member_rfm set recency_days = -1 where member_id = 'm1'",
        "member_rfm__recency_not_negative",
    ),
    "equal values, other scores": (
        "update marts.member_rfm set m_score = 1 + (m_score % 5), rfm_code = "
        "concat(r_score, f_score, 1 + (m_score % 5)) where member_id in "
        "(select min(member_id) from marts.member_rfm group by monetary having count(*) > 1)",
        "member_rfm__equal_values_equal_scores",
    ),
    "another worth": (
        "update marts.member_rfm set monetary = monetary + 1",
        "member_rfm__monetary_of_purchases",
    ),
    "all rows lost": ("delete from marts.member_rfm", "member_rfm__has_rows"),
    "a gap between scores": (
        "update marts.rfm_boundaries set lower = lower + 1 where score = 3",
        "rfm_boundaries__boundaries_without_gap",
    ),
    "recency turned round": (
        "update marts.rfm_boundaries set score = 6 - score where dimension = 'recency'",
        "rfm_boundaries__scores_in_order",
    ),
    "money turned round": (
        "update marts.rfm_boundaries set score = 6 - score where dimension = 'monetary'",
        "rfm_boundaries__scores_in_order",
    ),
    "first month not whole": (
        "update marts.cohort_retention set active_members = 0, retention_rate = 0 "
        "where month_number = 0",
        "cohort_retention__first_month_is_whole",
    ),
    "a rate above one": (
        "update marts.cohort_retention set retention_rate = 1.01 where month_number = 1",
        "cohort_retention__rates_are_shares",
    ),
    "a rate that is no number": (
        "update marts.cohort_retention set retention_rate = 'nan' where month_number = 1",
        "cohort_retention__rates_are_shares",
    ),
    "a rate before its time": (
        "update marts.cohort_retention set active_month = date '2026-04-01' where month_number = 1",
        "cohort_retention__no_rate_before_its_time",
    ),
    "a cohort is lost": (
        "delete from marts.cohort_retention where channel = 'web'",
        "cohort_retention__cohorts_are_buyers",
    ),
    "revenue is lost": (
        "update marts.cohort_retention set net_revenue = 0 where month_number = 0",
        "cohort_retention__revenue_adds_up",
    ),
    "a repurchase rate above one": (
        "update marts.repurchase set repurchase_rate = 2 where repurchase_rate is not null",
        "repurchase__rates_are_shares",
    ),
    "a repurchase rate before its time": (
        "update marts.repurchase set window_days = 365 where window_days = 60",
        "repurchase__no_rate_before_its_time",
    ),
    "more for longer": (
        "update marts.repurchase set eligible_members = 99 "
        "where window_days = 60 and eligible_members > 0",
        "repurchase__longer_windows_hold_more",
    ),
    "a buyer without a value": (
        "delete from marts.member_clv where member_id = 'm1'",
        "member_clv__buyers_once",
    ),
    "revenue that orders do not have": (
        "update marts.member_clv set historic_revenue = historic_revenue + 1",
        "member_clv__revenue_of_orders",
    ),
    "two worths": (
        "update marts.member_clv set historic_revenue = historic_revenue "
        "+ case member_id when 'm1' then 1 when 'm2' then -1 else 0 end",
        "member_clv__monetary_agrees",
    ),
    "a span without repeats": (
        "update marts.member_clv set frequency = 0 where recency > 0",
        "member_clv__clock_consistent",
    ),
    "an infinite age": (
        "update marts.member_clv set age = 'inf' where member_id = 'm1'",
        "member_clv__clock_consistent",
    ),
    "a purchase too many": (
        "update marts.member_purchase set order_count = 9 where member_id = 'm1'",
        "member_purchase__buyers_of_orders",
    ),
    "a tenth is lost": (
        "delete from marts.clv_backtest where decile = 3",
        "clv_backtest__tenths_are_everybody",
    ),
    "two models speak": (
        "update marts.clv_parameters set is_chosen = true",
        "clv_parameters__one_model_speaks",
    ),
    "a parameter that is no number": (
        "update marts.clv_parameters set value = 'nan' where model = 'BG/NBD'",
        "clv_parameters__parameters_are_positive",
    ),
    "a buyer without a layer": (
        "delete from marts.member_value_layer where member_id = 'm1'",
        "member_value_layer__every_buyer_has_a_layer",
    ),
    "a layer out of nothing": (
        "update marts.member_value_layer set model_layer = 'low' where member_id = 'm1'",
        "member_value_layer__predicted_buyers_have_a_model_layer",
    ),
    "shares of more than all": (
        "update marts.contribution set net_revenue_share = 1.1",
        "contribution__shares_are_whole",
    ),
    "a tenth without its buyers": (
        "update marts.contribution set members = members - 1",
        "contribution__buyers_of_purchases",
    ),
    "a month unlike the run": (
        "update marts.member_rfm_monthly set segment = 'x' where member_id = 'm1'",
        "member_rfm_monthly__last_month_is_the_run",
    ),
    "a phone": (TEXT.format("13912345678"), "published_text__no_phone"),
    "a phone in a text": (TEXT.format("call +86 13912345678!"), "published_text__no_phone"),
    "a phone as a customer": (
        "update core.member_identity set customer_id = '13912345678' where record_key = 'app:1'",
        "published_text__no_phone",
    ),
    "an identity card": (TEXT.format("11010519491231002X"), "published_text__no_id_card"),
    "an e-mail": (TEXT.format("Li.Lei+shop@mail.example.com"), "published_text__no_email"),
    "an openid": (TEXT.format("oABCD-efgh_ijkl0123456789mno"), "published_text__no_openid"),
    "a token": (
        "update core.dim_member set city = (select max(token) from identity.idn_identifier) "
        "where member_id = 'm1'",
        "published_text__no_token",
    ),
    "an e-mail in ops": (
        "update ops.identity_report set measure = 'a@b.example'",
        "published_text__no_email",
    ),
    "a phone in a table nobody foresaw": (
        "create table marts.surprise as select '13912345678' as note",
        "published_text__no_phone",
    ),
}


@pytest.mark.parametrize("name", DEFECTS)
def test_defect_is_caught(base, tmp_path, name):
    statement, check = DEFECTS[name]
    report = judged(base, tmp_path, statement)
    assert report.blocked
    assert check in failures(report), failures(report)


WARNINGS = {
    "the own rate does better": (
        "update marts.clv_backtest set own_rate_rmse = 0.9",
        "clv_backtest__model_beats_own_rate",
    ),
    "nothing does better": (
        "update marts.clv_backtest set zero_rmse = 0.9",
        "clv_backtest__model_beats_nothing",
    ),
    "another model speaks": (
        "update marts.clv_parameters set reason = 'BG/NBD is degenerate'",
        "clv_parameters__wanted_model",
    ),
    "values follow frequency": (
        "update marts.clv_parameters set is_value_dependent = true",
        "clv_parameters__values_independent",
    ),
}


def test_models_that_do_badly_are_told_and_stop_nobody(base, tmp_path):
    before = judged(base, tmp_path)
    report = judged(base, tmp_path, *(statement for statement, _ in WARNINGS.values()))
    assert failures(report) == {check for _, check in WARNINGS.values()}
    assert report.blocked == before.blocked


def test_place_is_told_and_value_is_not(base, tmp_path):
    report = judged(base, tmp_path, TEXT.format("13912345678"))
    assert "core.dim_member.city 1" in report.message()
    assert "13912345678" not in report.message() + repr(report)


@pytest.mark.parametrize(
    "text",
    [
        "138****1234",
        "20260331",
        "1391234567",
        "113912345678901",
        "上海市浦东新区",
        "webshop/orders_2026-03-01.csv",
        "d41d8cd98f00b204e9800998ecf8427e",
        "t_d41d8cd98f00b204e9800998ecf8427e",
        "@brand",
    ],
)
def test_harmless_text_passes(base, tmp_path, text):
    found = failures(judged(base, tmp_path, TEXT.format(text)))
    assert not [check for check in found if check.startswith("published_text")]


def test_numbers_of_the_shop_pass_as_keys(base, tmp_path):
    """Order numbers of marketplaces look like phones or identity cards."""
    order = (
        "create table core.fct_x as "
        "select '110105194912310021' as order_id, 'tmall:13912345678' as order_key"
    )
    found = failures(judged(base, tmp_path, order))
    assert not [check for check in found if check.startswith("published_text")]
