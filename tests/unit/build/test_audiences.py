"""Rules of audiences: what is sound passes, everything else is told with its row."""

from __future__ import annotations

import pytest

from dagster_project.build.audiences import AudienceError, check_audiences, read_audiences
from dagster_project.build.dbt import load_manifest

RULE = {
    "audience_code": "a", "line": "4", "condition": "is_buyer", "reason": "'buys ' || stage",
    "since": "",
}  # fmt: skip
WRONG = {
    "an unknown column": ("condition", "net_revenu > 5", "net_revenu"),
    "a query": ("condition", "member_id in (select member_id from t)", "subquery"),
    "another statement": ("condition", "true; drop table x", "no SQL expression"),
    "a reason that is a number": ("reason", "order_count", "not a text"),
    "a since that is no day": ("since", "stage", "not a day"),
    "no condition": ("condition", "", "whom it holds"),
    "no reason": ("reason", "", "why"),
    "a code that is SQL": ("audience_code", "a' or 'b", "letters, digits"),
}


def test_the_audiences_of_the_project_are_sound():
    rows = read_audiences()
    check_audiences(rows, load_manifest())
    assert {row["audience_code"] for row in rows} >= {
        "new_member", "mature_care", "win_back", "birthday", "tier_dropping", "points_expiring",
        "high_value", "cross_sell", "referral",
    }  # fmt: skip


def test_a_sound_row_passes():
    row = {**RULE, "since": "case when is_buyer then last_ordered_on else registered_on end"}
    check_audiences([row], load_manifest())


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_row_is_named(name):
    column, text, message = WRONG[name]
    with pytest.raises(AudienceError) as told:
        check_audiences([{**RULE, column: text}], load_manifest())
    assert "audience_rules.csv line 4 (audience " in str(told.value)
    assert f"{column}: " in str(told.value)
    assert message in str(told.value)


def test_a_code_stands_once():
    with pytest.raises(AudienceError, match="no other row has"):
        check_audiences([RULE, RULE], load_manifest())
