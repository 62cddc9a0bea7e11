"""The trained model under increments: what a day brings moves nothing it does not touch."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from dagster_project.identity import lessons, training
from tests.unit.identity.world import Record, World, groups, record

pytestmark = pytest.mark.slow

GIVEN = ("emma", "jack", "olivia", "noah", "mia", "liam", "ruby", "thomas", "chloe", "lucas")
RULES = "update rules.identity_match_rules set value = 120 where rule = 'min_records'"
JUNE = 151  # days from the first of January
DECIDED = """
    select record_key, token, probability from identity.idn_link where identifier_type = 'fuzzy'
    union all
    select left_record_key, right_record_key, probability from identity.idn_review
"""


def typo(text: str, dice: random.Random) -> str:
    at = dice.randrange(1, len(text) - 1)
    return text[:at] + dice.choice("aeioux") + text[at + 1 :]


def households(seed: int, first: int, count: int, days: range) -> list[Record]:
    """Households of two or three people at one address, each person on one to three records."""
    dice = random.Random(seed)
    found = []
    for home in range(first, first + count):
        surname = "".join(dice.choice("bcdfglmnprst") + dice.choice("aeiou") for _ in range(4))
        place = {"city": f"town {home % 7}", "postcode": str(20000 + 13 * home),
                 "address": f"{dice.randrange(1, 200)} {surname[::-1]} street"}  # fmt: skip
        for person, given in enumerate(dice.sample(GIVEN, dice.randrange(2, 4))):
            birth = f"{dice.randrange(1950, 2005)}-0{dice.randrange(1, 9)}-1{person}"
            for copy in range(dice.randrange(1, 4)):
                name = f"{given} {surname}"
                shown = {"name": typo(name, dice) if copy else name, **place}
                if copy == 2:
                    shown["address"] = typo(place["address"], dice)
                if dice.random() < 0.9:
                    shown["birth_date"] = birth
                key = f"c{copy}:{home}-{person}"
                found.append(record(key, dice.choice(days), **shown))
    return found


@pytest.fixture(scope="module", autouse=True)
def few_rounds() -> Iterator[None]:
    """A rougher model, trained in a fraction of the time: these tests ask what it depends on."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(training, "ROUNDS", 1)
        patch.setattr(lessons, "SESSIONS", ("birth_date",))
        yield


@pytest.fixture(scope="module")
def everyone() -> list[Record]:
    return households(3, 0, 45, range(JUNE))


@pytest.fixture(scope="module")
def at_once(everyone: list[Record], tmp_path_factory: pytest.TempPathFactory) -> World:
    world = World(tmp_path_factory.mktemp("once"))
    world.members = world.resolve(everyone, rules=RULES)
    world.decided = sorted(world.rows(DECIDED))
    joined = world.rows("select count(*) from identity.idn_link where identifier_type = 'fuzzy'")
    assert joined[0][0] > 20, "the model must have something to say"
    return world


@pytest.mark.parametrize("seed", range(10))
def test_a_random_batching_gives_what_one_run_gives(
    tmp_path: Path, everyone: list[Record], at_once: World, seed: int
) -> None:
    dice = random.Random(seed)
    order = dice.sample(everyone, len(everyone))
    world = World(tmp_path)
    # a model is trained on the first batch too, or not yet
    cut = dice.randrange(140, len(order)) if seed < 4 else dice.randrange(20, 120)
    world.resolve(order[:cut], seed=seed, rules=RULES)
    members = world.resolve(order, seed=seed + 50, rules=RULES)
    assert groups(members) == groups(at_once.members)
    assert sorted(world.rows(DECIDED)) == at_once.decided
    assert set(world.registered().values()) == set(members.values()), "an id points to a dead"


def touched(before: list[Record], added: list[Record]) -> set[str]:
    """Records that share a value two records can meet by with an added one, directly or not."""
    owner: dict[str, str] = {}

    def root(key: str) -> str:
        while owner.setdefault(key, key) != key:
            key = owner[key]
        return key

    for one in before + added:
        said = one.person
        words = said["name"].split()
        meets = [said["name"], said["address"], said["postcode"] + said["city"]]
        meets += [said["postcode"] + word for word in words]
        if birth := said.get("birth_date"):
            meets += [birth + word for word in (*words, said["city"], said["postcode"])]
        for value in meets:
            owner[root("value " + value)] = root(one.key)
    parts = defaultdict(set)
    for one in before + added:
        parts[root(one.key)].add(one.key)
    new = {one.key for one in added}
    return set().union(*(part for part in parts.values() if part & new))


def test_new_records_change_no_member_and_no_probability_they_do_not_touch(
    everyone: list[Record], at_once: World
) -> None:
    members_of_old = [one for one in households(3, 0, 6, range(JUNE)) if one.key[:2] == "c0"]
    returning = [
        record(f"d:{one.key}", JUNE + n, **one.person) for n, one in enumerate(members_of_old)
    ]
    added = returning + households(8, 100, 12, range(JUNE, JUNE + 29))
    reached = touched(everyone, added)
    untouched = {one.key for one in everyone} - reached
    assert len(untouched) > len(everyone) / 2
    assert len(reached) > len(added)
    before = at_once.members
    after = at_once.resolve(everyone + added, seed=5, rules=RULES)
    assert {key: after[key] for key in untouched} == {key: before[key] for key in untouched}
    assert sum(len({after[r.key], after[r.key[2:]]}) == 1 for r in returning) > len(returning) / 2

    def of_untouched(rows: list[tuple]) -> list[tuple]:
        return sorted(row for row in rows if row[0] in untouched)

    found = of_untouched(at_once.rows(DECIDED))
    assert found == of_untouched(at_once.decided)
    assert found
