"""Explanations name the evidence and never a value."""

from __future__ import annotations

import pytest

from dagster_project.identity.explain import UnknownIdentity, to_review, why, why_not
from tests.unit.identity.world import World, link, record

PEOPLE = [
    record("web:1", 0, phone="P13900001111", name="王芳", birth_date="1980-02-03"),
    record("crm:1", 1, phone="P13900001111", name="王芳", card_no="CARD-0001"),
    record("pos:guest:1", 2, card_no="CARD-0001"),
    record("web:2", 0, phone="P13900001111", name="李强"),
    record("tel:1", 4, phone="P13900002222", name="王芳", birth_date="1980-02-03"),
    record("app:1", 5, email="E"),
    record("app:2", 6, email="E"),
]


@pytest.fixture
def told(world: World) -> World:
    world.resolve(PEOPLE, [link("never_link", "app:1", "app:2")])
    return world


def test_why_shows_every_record_and_what_joins_it(told: World) -> None:
    found = why(told.database, "pos:guest:1")
    assert [key for key, _, _ in found.records] == ["crm:1", "pos:guest:1", "tel:1", "web:1"]
    text = "\n".join(found.lines())
    assert "card_no CARD-0…: crm:1 — pos:guest:1" in text
    assert "phone P13900…: crm:1 — web:1" in text
    assert "name_birth: tel:1 — web:1  (probability 0.9950)" in text
    assert "13900001111" not in text
    assert "王芳" not in text
    member = told.rows("select member_id from identity.idn_member_record where record_key='web:1'")
    assert why(told.database, member[0][0]) == found


def test_why_not_names_what_speaks_against_it(told: World) -> None:
    text = "\n".join(why_not(told.database, "web:1", "web:2"))
    assert "both show phone P13900…" in text
    assert "different people are behind it" in text
    assert "their names: different" in text
    assert "a person decided against it" in "\n".join(why_not(told.database, "app:1", "app:2"))
    assert why_not(told.database, "web:1", "app:1") == ["they show no identifier in common"]
    assert why_not(told.database, "web:1", "crm:1") == ["they are one member: ask `identity why`"]


def test_an_unknown_id_is_an_error_that_says_how_to_ask(told: World) -> None:
    with pytest.raises(UnknownIdentity, match="channel:customer_id"):
        why(told.database, "nobody")


def test_nothing_to_review_in_a_small_world(told: World) -> None:
    columns, rows = to_review(told.database, 5)
    assert columns[:3] == ("left_record_key", "right_record_key", "probability")
    assert rows == []
