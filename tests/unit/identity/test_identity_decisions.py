"""Decisions of people: link, never_link, and taking them back."""

from __future__ import annotations

from tests.unit.identity.world import Record, World, groups, link, record, split


def test_decisions_link_and_separate(world: World) -> None:
    records = [
        record("a:1", unionid="U1", phone="P"),
        record("b:1", phone="P"),
        record("c:1", phone="P"),
        record("d:1", 3, unionid="U2"),
    ]
    alone = world.resolve(records)
    assert groups(alone) == split("a:1 b:1 c:1 | d:1")
    parted = world.resolve(records, [link("never_link", "a:1", "b:1")])
    assert groups(parted) == split("a:1 c:1 | b:1 | d:1")
    held = "select identifier_type, token, records, reason from identity.idn_held"
    assert world.rows(held) == [("phone", "P", 1, "never_link")]
    joined = world.resolve(records, [link("link", "b:1", "d:1")])
    assert groups(joined) == split("a:1 | c:1 | b:1 d:1")  # now the phone has two unionids
    rules = dict(world.rows("select record_key, link_rule from identity.idn_member_record"))
    assert rules["b:1"] == rules["d:1"] == "override"
    assert world.resolve(records) == alone


class TwoPhones(Record):
    """States a second phone of its own, Q."""

    def rows(self) -> list[list[object]]:
        return [*super().rows(), [self.key, "phone", "Q", True, False, self.seen, self.seen, 1]]


def test_what_joins_nobody_is_not_held(world: World) -> None:
    """Nobody else states Q: it is a contact of somebody's order."""
    records = [
        record("a:1", phone="P"),
        TwoPhones("b:1", own={"phone": "P"}),
        Record("c:1", own={"phone": "Z"}, contacts=[("phone", "Q", 1)]),
    ]
    world.resolve(records, [link("never_link", "a:1", "b:1")])
    assert world.rows("select token from identity.idn_held") == [("P",)]


def test_a_decision_to_link_outranks_a_contradiction(world: World) -> None:
    """Two WeChat accounts of one person: joined by hand, and the phone both use links again."""
    records = [
        record("a:1", unionid="U1", phone="P"),
        record("b:1", unionid="U2", phone="P"),
        record("c:1", unionid="U2"),
        record("d:1", phone="P"),
    ]
    assert groups(world.resolve(records)) == split("a:1 | b:1 c:1 | d:1")
    members = world.resolve(records, [link("link", "a:1", "c:1")])
    assert groups(members) == split("a:1 b:1 c:1 d:1")


def test_never_link_takes_the_weakest_link_of_a_chain(world: World) -> None:
    """a and b share a unionid with c and d; only the phone joins the two: it goes."""
    records = [
        record("a:1", unionid="U1"),
        record("c:1", unionid="U1", phone="P"),
        record("d:1", card_no="K", phone="P"),
        record("b:1", card_no="K"),
    ]
    assert len(groups(world.resolve(records))) == 1
    members = world.resolve(records, [link("never_link", "a:1", "b:1")])
    assert groups(members) == split("a:1 c:1 | d:1 b:1")


def test_a_decision_about_a_record_nobody_delivered_is_counted(world: World) -> None:
    world.resolve([record("a:1")], [link("link", "a:1", "b:404")])
    assert world.report.measures["overrides"] == 1
    assert world.report.measures["overrides_unmatched"] == 1
