"""Conditions of tags: what is sound passes, everything else is told with its row."""

from __future__ import annotations

import pytest

from dagster_project.build.dbt import load_manifest
from dagster_project.build.tags import TagError, check_tags, read_tags

TAG = {
    "tag_code": "t", "line": "7", "relation": "member_profile", "condition": "is_buyer",
    "value": "", "share": "", "support": "", "eligible": "", "valid_from": "2026-01-01",
    "valid_to": "",
}  # fmt: skip
SOUND = [
    "order_count > 3 and city like '上%'",
    "stage in ('new', 'active') or not (city is null)",
    "net_revenue between 1 and 5 and cast(order_count as double) * 2 > 5",
    "case when is_buyer then true else false end",
    "lower(coalesce(city, 'x')) = 'x'",
]
WRONG = {
    "an unknown column": ("condition", "net_revenu > 5", "net_revenu"),
    "half a condition": ("condition", "net_revenue >", "no SQL expression"),
    "a number": ("condition", "net_revenue", "not true or false"),
    "a second statement": ("condition", "is_buyer; drop table x", "no SQL expression"),
    "a query": ("condition", "member_id in (select member_id from t)", "subquery"),
    "a clock": ("condition", "last_ordered_on < Current_Date", "no column"),
    "a clock's function": ("condition", "registered_on < now()", "now may not"),
    "chance": ("condition", "random() < 0.5", "random may not"),
    "another table": ("condition", "is_buyer from member_preference", "more than one"),
    "parentheses": ("condition", "is_buyer) or (true", "no SQL expression"),
    "a comment": ("condition", "is_buyer -- or not", "comment"),
    "a wrong type": ("condition", "net_revenue > 'abc'", "abc"),
    "an aggregate": ("value", "sum(net_revenue)", "sum may not"),
    "a window": ("condition", "count(*) over () > 1", "may not"),
    "a division": ("condition", "net_revenue / order_count > 5", "/ may not"),
    "the environment": ("condition", "city = getenv('HOME')", "getenv may not"),
    "a share of words": ("share", "city", "not a number"),
    "two expressions": ("value", "city, province", "more than one"),
    "an unknown table": ("relation", "fct_order", "none of member_profile"),
    "no condition": ("condition", "", "whom the tag is given to"),
    "a code that is SQL": ("tag_code", "a' or 'b", "letters, digits"),
}


def test_the_tags_of_the_project_are_sound():
    rows = read_tags()
    check_tags(rows, load_manifest())
    assert {"likes_category", "lifecycle_stage"} <= {row["tag_code"] for row in rows}


@pytest.mark.parametrize("condition", SOUND)
def test_a_sound_condition_passes(condition):
    check_tags([{**TAG, "condition": condition, "eligible": condition}], load_manifest())


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_row_is_named(name):
    column, text, message = WRONG[name]
    row = {**TAG, column: text}
    with pytest.raises(TagError) as told:
        check_tags([row], load_manifest())
    assert f"tags.csv line 7 (tag {row['tag_code']!r}): {column}: " in str(told.value)
    assert message in str(told.value)


def test_a_code_stands_once():
    with pytest.raises(TagError, match="no other row has"):
        check_tags([TAG, TAG], load_manifest())
