"""A run that goes on from the last decides only what is new can reach, to the same outcome."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from dagster_project.identity import model, resolve
from tests.unit.identity.test_identity_batches import crowd
from tests.unit.identity.test_identity_model import JUNE, RULES, households
from tests.unit.identity.world import Record, World, groups, link, record

pytestmark = pytest.mark.slow

# Limits so low that a few records more or less pass them.
TIGHT = """
update rules.identity_rules set max_accounts = 4, max_guests = 3;
update rules.identity_match_rules set value = 4 where rule = 'max_block';
update rules.identity_match_rules set value = 2 where rule = 'max_namesakes';
update rules.identity_match_rules set value = 0.05 where rule = 'max_same_birth'
"""
OUTCOMES = {
    "idn_link": "*",
    "idn_held": "*",
    "idn_review": "*",
    "idn_kept_part": "record_key, min(record_key) over (partition by part)",
    "idn_kept_face": "* exclude (print)",
    "idn_member_record": "* exclude (member_id), min(record_key) over (partition by member_id)",
    "idn_kept_member": "* exclude (member_id)",
}


def outcome(world: World) -> dict[str, list[tuple]]:
    found = {name: sorted(world.rows(f"select {columns} from identity.{name}"), key=str)
             for name, columns in OUTCOMES.items()}  # fmt: skip
    ran = "('new_ids', 'changed_ids', 'merged_ids', 'split_ids', 'moved_ids', 'changed_records')"
    found["idn_report"] = world.rows(
        f"select * from identity.idn_report where measure not in {ran} order by measure"
    )
    return found


@pytest.fixture
def only_touched(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """A way to forbid deciding over all records."""
    monkeypatch.setattr(resolve, "MOST_TOUCHED", 1.0)
    monkeypatch.setattr(model, "ROUNDS", 1)
    monkeypatch.setattr(model, "SESSIONS", ("birth_date",))
    return monkeypatch


def forbid(patch: pytest.MonkeyPatch) -> None:
    def unwanted(*_: object) -> None:
        raise AssertionError("decided over all records")

    patch.setattr(resolve, "_decide_all", unwanted)


def changed(dice: random.Random, present: list[Record], waiting: list[Record]) -> list[Record]:
    """Some come, some go, some say something else."""
    kept = [one for one in present if dice.random() > 0.02]
    for place in dice.sample(range(len(kept)), 2):
        other = dice.choice(present)
        kept[place] = replace(kept[place], own=dict(other.own), person=dict(other.person))
    come, waiting[:] = waiting[:4], waiting[4:]
    return kept + come


def test_whatever_changes_the_outcome_is_that_of_a_run_over_all(
    tmp_path: Path, only_touched: pytest.MonkeyPatch
) -> None:
    dice = random.Random(1)
    waiting = crowd(20, 130)
    present = [waiting.pop() for _ in range(100)]
    world, overrides = World(tmp_path), []
    world.resolve(present, rules=TIGHT)
    for step in range(4):
        present = changed(dice, present, waiting)
        action = dice.choice(["link", "never_link"])
        overrides.append(link(action, *(one.key for one in dice.sample(present, 2)), number=step))
        overrides = overrides[-2:]
        with pytest.MonkeyPatch.context() as patch:
            forbid(patch)
            members = world.resolve(present, overrides, seed=step, rules=TIGHT)
        assert {world.registered()[one.key] for one in present} == set(members.values())
    anew = World(tmp_path / "anew")
    anew.database.parent.mkdir()
    assert groups(anew.resolve(present, overrides, rules=TIGHT)) == groups(members)
    assert outcome(world) == outcome(anew)


def test_days_of_new_people_are_compared_by_the_model_of_the_month(
    tmp_path: Path, only_touched: pytest.MonkeyPatch
) -> None:
    old = households(3, 0, 45, range(JUNE))
    returning = [one for one in old if one.key[:2] == "c0"][:12]
    new = [record(f"d:{one.key}", JUNE + n, **one.person) for n, one in enumerate(returning)]
    new += households(8, 100, 8, range(JUNE, JUNE + 29))
    rules = RULES + ";" + TIGHT
    at_once, world = World(tmp_path / "once"), World(tmp_path)
    at_once.database.parent.mkdir()
    at_once.resolve(old + new, rules=rules)
    assert any(row[1] == "fuzzy" for row in outcome(at_once)["idn_link"])
    world.resolve(old, rules=rules)
    forbid(only_touched)
    for end in range(20, len(new) + 20, 20):
        world.resolve(old + new[:end], seed=end, rules=rules)
    assert outcome(world) == outcome(at_once)


def test_other_rules_or_another_register_are_decided_over_all(tmp_path: Path) -> None:
    people = crowd(5, 40)
    world = World(tmp_path)
    world.resolve(people)
    with pytest.MonkeyPatch.context() as patch:
        forbid(patch)
        world.resolve(people)
        with pytest.raises(AssertionError, match="over all"):
            world.resolve(people, rules=TIGHT)
        world.register.unlink()
        with pytest.raises(AssertionError, match="over all"):
            world.resolve(people)
