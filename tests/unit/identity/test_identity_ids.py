"""Ids over time: what stays, what is minted, what dies, and that nothing points to the dead."""

from __future__ import annotations

import random
import re

import pytest

from dagster_project.identity.ids import member_id, mint
from tests.unit.identity.world import KEYS, Record, World, groups, link, record

pytestmark = pytest.mark.slow

KEY = b"k" * 32


def test_ids_are_keyed_and_pseudonymous() -> None:
    one = member_id(KEY, "a:1", 0)
    assert re.fullmatch(r"m_[0-9a-f]{16}", one)
    others = {member_id(KEY, "a:1", 1), member_id(KEY, "a:11", 0), member_id(b"x" * 32, "a:1", 0)}
    assert len(others | {one}) == 4


def test_a_run_gives_the_ids_that_are_minted_one_by_one(world: World) -> None:
    """The engine makes the first id of each founder; it is the one ``member_id`` makes."""
    keys = ["a:1", "b:顾客 2", "c:'x\x1f"]
    members = world.resolve([record(key, day) for day, key in enumerate(keys)])
    key = KEYS.derive("member-id")
    assert members == {one: member_id(key, one, 0) for one in keys}


def test_minting_passes_over_ids_that_live() -> None:
    living = {member_id(KEY, "a:1", 0), member_id(KEY, "a:1", 1)}
    minted = mint(KEY, ["a:1", "b:1"], living)
    assert [(m.founder_key, m.generation) for m in minted] == [("a:1", 2), ("b:1", 0)]


def test_the_same_evidence_again_keeps_every_id(world: World) -> None:
    records = [record("a:1", phone="P"), record("b:1", phone="P"), record("c:1")]
    first = world.resolve(records)
    assert world.rows("select count(*) from identity.idn_changed_record") == [(3,)]
    assert world.resolve(records, seed=1) == first
    assert world.rows("select count(*) from identity.idn_changed_record") == [(0,)]
    world.database.unlink()  # a full rebuild: the register stays
    assert world.resolve(records, seed=2) == first
    assert world.rows("select count(*) from identity.idn_changed_record") == [(3,)]


def test_a_new_record_changes_only_the_cluster_it_joins(world: World) -> None:
    before = world.resolve([record("a:1", phone="P"), record("c:1", 1)])
    after = world.resolve([record("a:1", phone="P"), record("c:1", 1), record("b:1", 9, phone="P")])
    assert after == before | {"b:1": before["a:1"]}
    assert world.rows("select record_key from identity.idn_changed_record") == [("b:1",)]


def test_an_older_record_that_comes_late_does_not_rename_the_member(world: World) -> None:
    before = world.resolve([record("a:1", 5, phone="P")])
    after = world.resolve([record("a:1", 5, phone="P"), record("b:1", 1, phone="P")])
    assert set(after.values()) == set(before.values())


def test_on_merge_the_older_founder_survives(world: World) -> None:
    apart = [record("a:1", 5, phone="P"), record("b:1", 2, email="E")]
    before = world.resolve(apart)
    after = world.resolve([*apart, Record("c:1", 8, {"phone": "P", "email": "E"})])
    assert set(after.values()) == {before["b:1"]}
    assert world.report.measures["changed_ids"] == 1
    assert world.report.measures["changed_records"] == 1
    assert sorted(world.rows("select record_key from identity.idn_changed_record")) == [
        ("a:1",),
        ("c:1",),
    ]
    assert set(world.registered().values()) == {before["b:1"]}


def test_the_majority_keeps_the_id_of_a_split_and_the_founder_gets_a_new_one(world: World) -> None:
    whole = [record("a:1", 0, card_no="K"), record("b:1", 1, card_no="K", phone="P"),
             record("c:1", 2, phone="P")]  # fmt: skip
    before = world.resolve(whole)
    assert len(set(before.values())) == 1
    after = world.resolve([record("a:1", 0), *whole[1:]])
    assert after["b:1"] == after["c:1"] == before["a:1"]
    assert after["a:1"] != before["a:1"]
    assert world.resolve(whole) == before  # joined again: the older id, held by two of three


def test_an_even_split_leaves_the_id_with_its_founder(world: World) -> None:
    before = world.resolve([record("a:1", 3, phone="P"), record("b:1", 4, phone="P")])
    after = world.resolve([record("a:1", 3, phone="P"), record("b:1", 1, phone="Q")])
    assert after["a:1"] == before["a:1"] != after["b:1"]


def test_undoing_a_merge_returns_the_merged_id(world: World) -> None:
    apart = [record("a:1", 1, phone="P"), record("b:1", 2, email="E")]
    before = world.resolve(apart)
    bridge = [record("a:1", 1, phone="P", email="E"), record("b:1", 2, email="E")]
    merged = world.resolve(bridge)
    assert set(merged.values()) == {before["a:1"]}
    assert world.resolve(bridge, [link("never_link", "a:1", "b:1")]) == before


def test_a_record_that_goes_and_comes_back_keeps_its_member(world: World) -> None:
    both = [record("a:1", 1, phone="P"), record("b:1", 2, email="E")]
    before = world.resolve(both)
    world.resolve(both[1:])
    assert world.registered() == before
    assert world.resolve(both) == before


def test_an_absent_record_follows_its_member_into_a_merge(world: World) -> None:
    start = [record("a:1", 1, phone="P"), record("b:1", 2, email="E"), record("c:1", 3, email="E")]
    before = world.resolve(start)
    after = world.resolve([record("a:1", 1, phone="P", email="E"), start[1]])
    assert set(after.values()) == {before["a:1"]}
    assert world.registered()["c:1"] == before["a:1"]


def test_arriving_day_by_day_gives_the_ids_of_one_run(world: World) -> None:
    """Records come in the order of their first days, in whatever slices: as if all at once."""
    for number in range(4):
        chance = random.Random(number)
        records = [
            record(
                f"{chance.choice('abc')}:{n}",
                n,
                phone=f"P{chance.randrange(12)}",
                email=f"E{chance.randrange(14)}",
            )
            for n in range(30)
        ]
        world.register.unlink(missing_ok=True)
        expected = world.resolve(records)
        world.register.unlink()
        cuts = sorted(chance.sample(range(1, 30), 3))
        for cut in [*cuts, 30]:
            found = world.resolve(records[:cut], seed=cut)
        assert found == expected


def expected_ids(old, minted, now, rank):
    """Continuity in plain words: which old id each new part must carry (None: a new one).

    ``minted``: each old id's founder and generation. ``rank``: each record's place by seniority.
    """
    goes = {}
    for member in set(old.values()):
        keys = {key for key, known in old.items() if known == member}
        goes[member] = max(
            now,
            key=lambda part, keys=keys, founder=minted[member][0]: (
                len(part & keys),
                founder in part & keys,
                -min(rank[key] for key in part),
            ),
        )
    kept = {}
    for part in now:
        rivals = [member for member, place in goes.items() if place == part]
        kept[part] = min(rivals, key=lambda m: (rank[minted[m][0]], minted[m][1]), default=None)
    return kept


@pytest.mark.parametrize("number", range(5))
def test_random_histories(world: World, number: int) -> None:
    """Evidence that changes freely: continuity as a second implementation says, no dead ids."""
    chance = random.Random(100 + number)
    keys = [f"{chance.choice('abc')}:{n}" for n in range(16)]
    days = {key: chance.randrange(5) for key in keys}
    rank = {key: place for place, key in enumerate(sorted(keys, key=lambda k: (days[k], k)))}
    old: dict[str, str] = {}
    minted: dict[str, tuple[str, int]] = {}
    for _ in range(6):
        records = [record(k, days[k], phone=f"P{chance.randrange(7)}") for k in keys]
        members = world.resolve(records, seed=number)
        now = groups(members)
        for part, expected in expected_ids(old, minted, now, rank).items():
            ids = {members[k] for k in part}
            assert len(ids) == 1
            if expected is not None:
                assert ids == {expected}
        assert len(set(members.values())) == len(now)
        assert world.registered() == members
        register = "select member_id, founder_key, generation from identity.idn_register"
        minted = {member: (key, generation) for member, key, generation in world.rows(register)}
        old = members


def test_the_register_is_replaced_as_a_whole(world: World) -> None:
    world.resolve([record("a:1")])
    leftover = world.register.with_name(f".{world.register.name}.part")
    leftover.write_bytes(b"a write that was killed")
    world.resolve([record("a:1"), record("b:1")])
    assert sorted(world.registered()) == ["a:1", "b:1"]
    assert not leftover.exists()
