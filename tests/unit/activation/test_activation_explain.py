"""What `member show` says of a member: the rule row that decided, and the figures it looked at."""

from __future__ import annotations

from datetime import date

import duckdb
import pytest

from dagster_project.activation.explain import Answer, explain_member

TABLES = """
create schema marts; create schema rules; create schema core;
create table marts.member_rfm as select 'A' as member_id, 'Loyal' as segment, '忠诚' as segment_zh,
    10 as recency_days, 5 as frequency, 70.0 as monetary, 4 as r_score, 5 as f_score, 3 as m_score;
create table marts.rfm_boundaries as select * from (values
    ('recency', 4, 5, 20), ('recency', 1, 90, null), ('frequency', 5, 4, null),
    ('monetary', 3, 50, 90)) as b(dimension, score, lower, upper);
create table rules.rfm_segments as select * from (values
    (10, 'Champions', 4, 5, 4, 5, 4, 5), (30, 'Loyal', 3, 5, 3, 5, 3, 5),
    (31, 'Loyal', 1, 2, 1, 5, 1, 5))
    as s(priority, segment, r_from, r_to, f_from, f_to, m_from, m_to);
create table marts.member_value_layer as select 'A' as member_id, 'high' as rule_layer,
    'mid' as model_layer, false as is_agreed, 0.5 as value_share;
create table rules.value_layer_rules as select * from (values ('high', 2000), ('low', null))
    as r(layer, min_net_revenue);
create table marts.member_tier as select 'A' as member_id, 'gold' as tier_code, null as next_tier,
    date '2026-01-01' as since_on, 'order' as reason, 'net_spend' as earned_metric,
    1300 as earned_in_window, 0 as to_next, 'net_spend' as keep_metric, 1 as earned_in_period,
    1 as to_keep, 5 as days_left, 'silver' as projected_tier;
create table rules.tier_rules as select * from (values
    ('gold', 1000, date '1900-01-01', date '2025-12-31'), ('gold', 1200, date '2026-01-01', null))
    as r(tier_code, upgrade_threshold, valid_from, valid_to);
create table marts.member_lifecycle as select 'A' as member_id, 'dormant' as stage,
    date '2026-01-01' as since_on, 'at-risk' as previous_stage, 3 as purchase_days,
    30 as cycle_days, 100 as silence_days, 3.3 as silence_ratio;
create table rules.lifecycle_rules as select 'dormant' as stage, 3.0 as min_silence_ratio,
    date '1900-01-01' as valid_from, cast(null as date) as valid_to;
create table marts.member_churn_risk as select 'A' as member_id, 'high' as level, 0.8 as score,
    'silent' as reason_1, null as reason_2, null as reason_3, 'model' as method, 0.2 as p_alive,
    3.3 as overdue_ratio;
create table rules.churn_level_rules as select 'high' as level, 0.7e0 as score_from;
create table core.fct_consent as select 'A' as member_id, 'marketing' as purpose,
    'sms' as contact_channel, false as is_granted, 'unsubscribe' as source,
    timestamp '2026-01-05' as valid_from, true as is_current;
create table marts.member_profile as select 'A' as member_id, 'dormant' as stage,
    800 as net_revenue, '上海' as city;
create table marts.member_profile_monthly as select * from (values ('A', date '2026-01-01', 3),
    ('A', date '2025-12-01', 2)) as p(member_id, month, purchase_days);
create table rules.tags as select * from (values
    ('repeat', 'member_profile_monthly', 'purchase_days >= 2'),
    ('likes', 'member_preference', 'dimension = ''x'' and share > 0.5'))
    as t(tag_code, relation, condition);
create table marts.member_tag as select * from (values
    ('A', 'repeat', 'yes', null, null, date '2025-12-01', true),
    ('A', 'likes', 'tea', 0.7e0, 8, date '2026-01-31', true),
    ('A', 'repeat', 'no', null, null, date '2025-11-01', false))
    as t(member_id, tag_code, tag_value, share, support, valid_from, is_current);
create table rules.audience_rules as select 'win_back' as audience_code, 1 as priority,
    'stage in (''dormant'') and net_revenue >= 300' as condition, 'marketing' as purpose,
    'sms' as contact_channel, 1 as cap_contacts, 30 as cap_days, 0.2 as holdout_share;
create table marts.audience_member as select 'win_back' as audience_code, 'A' as member_id,
    'silent' as reason, date '2026-01-01' as since_on, false as has_consent;
create table marts.next_best_action as select 'A' as member_id, 1 as action_rank,
    'call' as action_code, 'onsite' as contact_channel, 'gift' as offer, 'stage dormant' as reason;
create table rules.action_rules as select 'call' as action_code, 'dormant' as stage;
"""


@pytest.fixture(scope="module")
def answers() -> list[Answer]:
    with duckdb.connect() as con:
        con.execute(TABLES)
        assert explain_member(con, "nobody", date(2026, 1, 31)) == []
        return explain_member(con, "A", date(2026, 1, 31))


def one(answers: list[Answer], question: str) -> Answer:
    (found,) = [answer for answer in answers if answer.question == question]
    return found


def test_the_rule_row_that_decided_is_shown(answers):
    segment = one(answers, "segment")
    assert (segment.answer, segment.rule_file) == ("Loyal", "rfm_segments.csv")
    assert [rule["priority"] for rule in segment.rules] == [30]
    assert segment.figures["recency_days"] == 10
    cuts = {cut["dimension"]: (cut["lower"], cut["upper"]) for cut in one(answers, "scores").rules}
    assert cuts == {"recency": (5, 20), "frequency": (4, None), "monetary": (50, 90)}
    assert one(answers, "value layer").rules == [{"layer": "high", "min_net_revenue": 2000}]
    assert one(answers, "risk of churn").rules == [
        {"level": "high", "score_from": pytest.approx(0.7)}
    ]
    assert one(answers, "lifecycle").figures["silence_days"] == 100


def test_a_dated_rule_is_the_one_in_force(answers):
    tier = one(answers, "tier")
    assert [rule["upgrade_threshold"] for rule in tier.rules] == [1200]
    assert tier.figures["projected_tier"] == "silver"


def test_conditions_come_with_the_figures_they_look_at(answers):
    audience = one(answers, "audience")
    assert audience.figures == {
        "since_on": date(2026, 1, 1), "has_consent": False, "net_revenue": 800, "stage": "dormant",
    }  # fmt: skip
    assert audience.rules[0]["cap_days"] == 30
    tags = {a.answer: a.figures for a in answers if a.question == "tag"}
    assert tags == {
        "repeat = yes": {"valid_from": date(2025, 12, 1), "purchase_days": 3},
        "likes = tea": {"valid_from": date(2026, 1, 31), "share": pytest.approx(0.7), "support": 8},
    }


def test_consent_and_action_are_told(answers):
    consent = one(answers, "consent")
    assert (consent.answer, consent.figures["source"]) == ("marketing by sms: no", "unsubscribe")
    action = one(answers, "action")
    assert action.answer == "1. call by onsite"
    assert action.rules == [{"action_code": "call", "stage": "dormant"}]
