"""Gate marts on audiences and actions: what agrees passes, every planted defect is caught."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from dagster_project.quality import GateReport, run_gate
from tests.unit.quality import scratch_core
from tests.unit.quality.scratch_core import context, copy_with

RELATIONS = {"marts.audience_member", "marts.next_best_action"}
TABLES = """
create table rules.audience_rules as select 'quiet' as audience_code;
create table marts.audience_member as
select 'quiet' as audience_code, member_id, purpose, contact_channel, is_granted as has_consent
from core.fct_consent where member_id <> 'm3';
create table marts.next_best_action as
select * from (values
    ('m4', 1, date '2026-03-31', 'sms'), ('m4', 2, date '2026-03-31', 'onsite'),
    ('m1', 1, date '2026-03-31', 'onsite'))
    as a(member_id, action_rank, action_on, contact_channel);
"""


@pytest.fixture(scope="module")
def base(tmp_path_factory) -> Path:
    path = scratch_core.build(tmp_path_factory.mktemp("activation") / "base.duckdb")
    with duckdb.connect(str(path)) as con:
        con.execute(TABLES)
    return path


def failures(base: Path, tmp_path: Path, *statements: str) -> set[str]:
    report: GateReport = run_gate(
        "marts", copy_with(base, tmp_path / "next.duckdb", *statements), context()
    )
    return {
        r.check for r in report.results if not r.success and r.executed and r.relation in RELATIONS
    }


def test_agreement_passes(base, tmp_path):
    assert failures(base, tmp_path) == set()


DEFECTS = {
    "somebody who asked to be forgotten": (
        "insert into marts.audience_member values ('quiet', 'm3', 'marketing', 'sms', true)",
        "audience_member__nobody_erased",
    ),
    "a refusal shown as consent": (
        "update marts.audience_member set has_consent = true where member_id = 'm1'",
        "audience_member__consent_is_the_current_one",
    ),
    "an audience no rule knows": (
        "update marts.audience_member set audience_code = 'loud' where member_id = 'm5'",
        "audience_member__known_audiences",
    ),
    "two first actions of a day": (
        "update marts.next_best_action set action_rank = 1",
        "next_best_action__one_action_of_a_day",
    ),
    "a contact not agreed to": (
        "update marts.next_best_action set contact_channel = 'sms' where member_id = 'm1'",
        "next_best_action__contact_is_agreed",
    ),
}


def test_each_defect_is_caught(base, tmp_path):
    """Defects of different checks in one database: each check tells its own."""
    changes, checks = zip(*DEFECTS.values(), strict=True)
    assert failures(base, tmp_path, *changes) == set(checks)
