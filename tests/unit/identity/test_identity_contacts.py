"""When a contact on orders counts as the record's own: most of them agree, and it states none."""

from __future__ import annotations

import random

import pytest

from tests.unit.identity.world import Record, World, groups, record, split

SHARE = 0.6  # min_contact_share of identity_rules.csv, all linking types


@pytest.mark.parametrize(
    ("contacts", "joined"),
    [
        ([("phone", "P", 1)], True),
        ([("phone", "P", 3), ("phone", "Q", 2)], True),
        ([("phone", "P", 5), ("phone", "Q", 4)], False),
        ([("phone", "Q", 9), ("phone", "P", 1)], False),
        ([("phone", "P", 6), ("email", "E", 60)], True),
    ],
)
def test_most_contacts_must_agree(world: World, contacts: list, joined: bool) -> None:
    buyer = Record("a:1", 1, {}, contacts)
    members = world.resolve([buyer, record("b:1", 2, phone="P"), record("c:1", 3, phone="Z")])
    assert groups(members) == split("a:1 b:1 | c:1" if joined else "a:1 | b:1 | c:1")


def test_a_record_with_a_phone_of_its_own_has_no_other(world: World) -> None:
    buyer = Record("a:1", 1, {"phone": "Z"}, [("phone", "P", 50)])
    members = world.resolve([buyer, record("b:1", 2, phone="P"), record("c:1", 3, phone="Z")])
    assert groups(members) == split("a:1 c:1 | b:1")


def test_roles_of_random_contacts(world: World) -> None:
    """Each value of 150 records with random contacts is a link or a contact as the rule says."""
    dice = random.Random(2)
    records, expected = [], {}
    for number in range(150):
        key = f"a:{number}"
        own = {kind: f"own {kind} {number}" for kind in ("phone", "email") if dice.random() < 0.3}
        seen = {
            (kind, f"{kind} {number} {n}"): dice.randrange(1, 7)
            for kind in ("phone", "email")
            for n in range(dice.randrange(4))
        }
        records.append(Record(key, number, own, [(k, v, n) for (k, v), n in seen.items()]))
        for kind, value in own.items():
            expected[key, value] = "link"
            seen[kind, value] = 1
        for (kind, value), times in seen.items():
            if value not in own.values():
                total = sum(n for (other, _), n in seen.items() if other == kind)
                is_own = kind not in own and times >= SHARE * total
                expected[key, value] = "link" if is_own else "contact"
    world.resolve(records)
    found = world.rows("select record_key, token, link_rule from identity.idn_link")
    assert {(key, token): rule for key, token, rule in found} == expected
    assert {"link", "contact"} == set(expected.values())
