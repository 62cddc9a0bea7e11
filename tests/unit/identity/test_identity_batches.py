"""Which records are one depends on the evidence alone: not on the batches it came in."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.unit.identity.world import Record, World, groups

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


@pytest.mark.parametrize("seed", range(10))
def test_a_random_batching_gives_the_same_partition(tmp_path: Path, seed: int) -> None:
    everyone = crowd(seed)
    (tmp_path / "once").mkdir()
    at_once = World(tmp_path / "once").resolve(everyone)
    assert 1 < len(groups(at_once)) < len(everyone)
    dice = random.Random(seed + 1)
    order = dice.sample(everyone, len(everyone))
    cuts = sorted(dice.sample(range(1, len(order)), dice.randrange(1, 3)))
    world = World(tmp_path)
    for cut in [*cuts, len(order)]:
        members = world.resolve(order[:cut], seed=dice.randrange(1000))
        living = set(members.values())
        assert set(world.registered().values()) == living, "an id points to a dead one"
    assert groups(members) == groups(at_once)
    world.database.unlink()
    assert world.resolve(everyone) == members, "a rebuild keeps every id"
