"""Explanations name the evidence and never a value."""

from __future__ import annotations

import pytest

from dagster_project.identity.explain import UnknownIdentity, why, why_not
from dagster_project.identity.undecided import held_back, to_review
from tests.unit.identity.world import AS_OF, World, link, record

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
    assert "phone P13900…: crm:1 — web:1  (nothing else joins them)" in text
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


def test_a_link_of_several_is_no_bridge(world: World) -> None:
    world.resolve([record("a:1", phone="P", email="E"), record("b:1", phone="P", email="E")])
    text = "\n".join(why(world.database, "a:1").lines())
    assert "phone P…: a:1 — b:1" in text
    assert "nothing else" not in text


def test_what_a_record_was_before_and_what_became_of_an_id(world: World) -> None:
    before = world.resolve([record("a:1", 1, phone="P"), record("b:1", 2, email="E")])
    world.resolve([record("a:1", 1, phone="P", email="E"), record("b:1", 2, email="E")])
    gone = before["b:1"]
    text = "\n".join(why(world.database, "a:1").lines())
    assert f"b:1 was {gone} until {AS_OF}: merge, email" in text
    with pytest.raises(UnknownIdentity, match=f"no member any more.*{before['a:1']}"):
        why(world.database, gone)


def test_values_held_back_are_listed_by_what_they_hold(told: World) -> None:
    columns, rows = held_back(told.database, 5)
    assert columns == ("identifier_type", "value", "records", "reason")
    assert ("email", "E", 1, "never_link") in rows
    assert [row[2] for row in rows] == sorted((row[2] for row in rows), reverse=True)


def test_an_unknown_id_is_an_error_that_says_how_to_ask(told: World) -> None:
    with pytest.raises(UnknownIdentity, match="channel:customer_id"):
        why(told.database, "nobody")


def test_nothing_to_review_in_a_small_world(told: World) -> None:
    columns, rows = to_review(told.database, 5)
    assert columns[:3] == ("left_record_key", "right_record_key", "probability")
    assert rows == []
