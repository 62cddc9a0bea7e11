"""Which records are one depends on the evidence alone: not on the batches it came in."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.unit.identity.world import Record, World, groups

pytestmark = pytest.mark.slow

NAMES = ("王芳", "王方", "李强", "赵敏", "张伟国", "zhang weiguo", "张建国", "王**", "李")
BIRTHS = ("1980-02-03", "1991-04-05", "1975-12-30")


def crowd(seed: int, size: int = 60) -> list[Record]:
    """Records that share few values among many: families, typing errors, junk, single ids."""
    dice = random.Random(seed)
    people = []
    for number in range(size):
        kind = "guest" if dice.random() < 0.2 else "c"
        key = f"{dice.choice('abc')}:{'guest:' if kind == 'guest' else ''}{number}"
        own = {
            name: f"{name}{dice.randrange(size // 3)}"
            for name, share in (("phone", 0.7), ("email", 0.4), ("unionid", 0.3), ("card_no", 0.3))
            if dice.random() < share
        }
        person = {}
        if kind != "guest" and dice.random() < 0.7:
            person["name"] = dice.choice(NAMES)
        if kind != "guest" and dice.random() < 0.4:
            person["birth_date"] = dice.choice(BIRTHS)
        people.append(Record(key, dice.randrange(90), own, [], person))
    return people


EVERYONE = crowd(7, 240)


@pytest.fixture(scope="module")
def at_once(tmp_path_factory: pytest.TempPathFactory) -> set[frozenset[str]]:
    found = groups(World(tmp_path_factory.mktemp("once")).resolve(EVERYONE))
    assert 1 < len(found) < len(EVERYONE)
    return found


@pytest.mark.parametrize("seed", range(10))
def test_a_random_batching_gives_the_same_partition(
    tmp_path: Path, at_once: set[frozenset[str]], seed: int
) -> None:
    dice = random.Random(seed)
    order = dice.sample(EVERYONE, len(EVERYONE))
    world = World(tmp_path)
    for cut in (dice.randrange(1, len(order)), len(order)):
        members = world.resolve(order[:cut], seed=seed)
        assert set(world.registered().values()) == set(members.values()), "an id points to a dead"
    assert groups(members) == at_once


def test_a_rebuild_keeps_every_id(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.resolve(EVERYONE[::2])
    members = world.resolve(EVERYONE)
    world.database.unlink()
    assert world.resolve(EVERYONE, seed=3) == members
