"""A run that goes on from the last decides only what is new can reach, to the same outcome."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from time import sleep

import duckdb
import pyarrow as pa
import pytest

from dagster_project.identity import decide, lessons, resolve, training
from dagster_project.identity.known import NOTHING
from dagster_project.identity.touched import find_touched
from tests.unit.identity import world as worlds
from tests.unit.identity.test_identity_batches import crowd
from tests.unit.identity.test_identity_model import JUNE, RULES, households
from tests.unit.identity.world import SEAL, PlainValues, Record, World, groups, link, record

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
    "idn_kept_common": "*",
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
    monkeypatch.setattr(decide, "MOST_TOUCHED", 1.0)
    monkeypatch.setattr(training, "ROUNDS", 1)
    monkeypatch.setattr(lessons, "SESSIONS", ("birth_date",))
    return monkeypatch


def forbid(patch: pytest.MonkeyPatch) -> None:
    def unwanted(*_: object) -> None:
        raise AssertionError("decided over all records")

    patch.setattr(resolve, "resolve_all", unwanted)


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


def test_a_card_that_its_holder_states_later_is_compared_as_a_text(
    tmp_path: Path, only_touched: pytest.MonkeyPatch
) -> None:
    """First shown on orders only: then its token is all there is to compare."""
    lane = {"city": "town 2", "postcode": "A1", "address": "7 lane", "birth_date": "1988-07-19"}
    one = record("a:1", 5, name="emmeline quastorf", card_no=f"{SEAL}77001234", **lane)
    other = record("b:1", 6, name="emmeline quastorv", **lane)
    before = [*households(3, 0, 45, range(JUNE)), one,
              replace(other, contacts=[("card_no", f"{SEAL}77001243", 1)])]  # fmt: skip
    states = replace(other, own={"card_no": f"{SEAL}77001243"}, until=(other,), since=JUNE + 1)
    after = [*before[:-1], states]
    world, anew = World(tmp_path), World(tmp_path / "anew")
    anew.database.parent.mkdir()
    anew.resolve(after, rules=RULES)
    world.resolve(before, rules=RULES)
    of_cards = "select card_no from identity.idn_kept_likely where left_key = 'a:1'"
    assert world.rows(of_cards) != anew.rows(of_cards)
    forbid(only_touched)
    world.resolve(after, rules=RULES)
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


def trained(world: World) -> str:
    """The model, to the last bit."""
    return world.rows("select model from identity.idn_kept_base")[0][0]


def test_a_known_person_who_states_something_else_changes_no_model(
    tmp_path: Path, only_touched: pytest.MonkeyPatch
) -> None:
    """In the month: another name, address or phone, and all others delivered once more."""
    old = [
        replace(one, own={"email": f"e{n}"} if n % 2 else {"phone": f"of {n % 60} accounts"})
        for n, one in enumerate(households(3, 0, 45, range(JUNE)))
    ]
    moved = [
        replace(one, person={**one.person, "address": f"{n} new street", "postcode": "99999"},
                own={"phone": f"p{n}"}, until=(one,), since=JUNE + n)
        for n, one in enumerate(old[::9])
    ]  # fmt: skip
    married = [
        replace(one, person={**one.person, "name": f"{one.person['name'].split()[0]} newman"},
                until=(one,), since=JUNE + n)
        for n, one in enumerate(old[4::9])
    ]  # fmt: skip
    said = {one.key: one for one in (*moved, *married)}
    now = [said.get(one.key) or replace(one, file_row=7) for one in old]
    rules = RULES + ";" + TIGHT
    at_once, world = World(tmp_path / "once"), World(tmp_path)
    at_once.database.parent.mkdir()
    at_once.resolve(now, rules=rules)
    world.resolve(old, rules=rules)
    assert trained(world) == trained(at_once)
    forbid(only_touched)
    world.resolve(now, seed=1, rules=rules)
    assert outcome(world) == outcome(at_once)
    late = replace(now[0], person={**old[0].person, "name": "late statement"}, since=JUNE - 1)
    now[0] = replace(now[0], until=(*now[0].until, late))
    with pytest.raises(AssertionError, match="over all"):
        world.resolve(now, rules=rules)


def test_what_is_delivered_again_unchanged_is_not_decided_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A channel that sends all its customers every day; some of them ordered since."""
    people = households(3, 0, 12, range(JUNE))
    world, touched = World(tmp_path), []

    def counted(con: duckdb.DuckDBPyConnection) -> int:
        touched.append(find_touched(con))
        return touched[-1]

    monkeypatch.setattr(decide, "find_touched", counted)
    before = world.resolve(people)
    again = [replace(one, file_row=7, last_seen=JUNE) for one in people]
    assert world.resolve(again, seed=2) == before
    again[0] = replace(again[0], person={**again[0].person, "city": "elsewhere"})
    world.resolve(again)
    assert touched[0] == 0
    assert touched[1] > 0


def test_a_name_that_can_be_read_again_is_compared_again(
    tmp_path: Path, only_touched: pytest.MonkeyPatch
) -> None:
    """Erased, then delivered once more: the same statement, in another place."""
    old = households(3, 0, 45, range(JUNE))
    erased = [replace(one, file_row=9, day=JUNE + 1) for one in old[::30]]
    before = [*[one for one in old if one.key not in {one.key for one in erased}], *erased]
    after = [replace(one, file_row=7) if one.file_row == 9 else one for one in before]
    world, anew = World(tmp_path), World(tmp_path / "anew")
    anew.database.parent.mkdir()
    anew.resolve(after, rules=RULES)
    world.resolve(before, rules=RULES, sealed={9})
    faces = "select count(*) from identity.idn_kept_face"
    assert world.rows(faces) < anew.rows(faces)
    forbid(only_touched)
    world.resolve(after, rules=RULES)
    assert outcome(world) == outcome(anew)


def namesake_of_an_erased() -> tuple[list[Record], Record]:
    """A crowd with two records of one name, the second erased (row 9), and who compares with it."""
    name = "emmeline quastorf"
    lane = {"city": "town 2", "postcode": "A1", "address": "7 lane", "birth_date": "1988-07-19"}
    read = record("a:1", 5, name=name, city="town 1", postcode="B1", address="1 elm street")
    erased = replace(record("b:1", 6, name=name, **lane), file_row=9)
    crowd = [*households(3, 0, 45, range(JUNE)), read, erased]
    return crowd, record("n:1", JUNE + 2, name=name.replace("torf", "torv"), **lane)


def test_who_is_erased_is_read_through_nobody_else(
    tmp_path: Path, only_touched: pytest.MonkeyPatch
) -> None:
    crowd, newcomer = namesake_of_an_erased()
    world, anew = World(tmp_path), World(tmp_path / "anew")
    anew.database.parent.mkdir()
    anew.resolve([*crowd, newcomer], rules=RULES, sealed={9})
    world.resolve(crowd, rules=RULES, sealed={9})
    forbid(only_touched)
    members = world.resolve([*crowd, newcomer], rules=RULES, sealed={9})
    assert members["n:1"] != members["b:1"]
    assert outcome(world) == outcome(anew)


def test_who_was_erased_and_comes_back_is_compared(
    tmp_path: Path, only_touched: pytest.MonkeyPatch
) -> None:
    """The same statement in another file; his name was known all the time, by his namesake. He
    stated it this month: of one who was known before, the model learns anew."""
    crowd, newcomer = namesake_of_an_erased()
    crowd[-1] = replace(crowd[-1], day=JUNE + 1)
    back = [replace(one, file_row=7) if one.file_row == 9 else one for one in [*crowd, newcomer]]
    world, anew = World(tmp_path), World(tmp_path / "anew")
    anew.database.parent.mkdir()
    anew.resolve(back, rules=RULES)
    world.resolve([*crowd, newcomer], rules=RULES, sealed={9})
    forbid(only_touched)
    members = world.resolve(back, rules=RULES)
    assert members["n:1"] == members["b:1"]
    assert outcome(world)["idn_member_record"] == outcome(anew)["idn_member_record"]


def test_a_name_is_read_where_it_is_said_now(tmp_path: Path) -> None:
    """Its first record said it where nothing can be read any more, and says another one since."""
    said = {"name": "emmeline quastorf", "birth_date": "1988-07-19"}
    before = replace(record("a:1", 5, **said), file_row=9)
    renamed = replace(before, person={**said, "name": "anna other"}, until=(before,),
                      since=JUNE, file_row=8)  # fmt: skip
    now = [renamed, record("b:1", 6, **said), record("c:1", 7, **said),
           *(record(f"z:{n}", email=f"e{n}") for n in range(30))]  # fmt: skip
    at_once, world = World(tmp_path / "once"), World(tmp_path)
    at_once.database.parent.mkdir()
    members = at_once.resolve(now, sealed={9})
    assert members["b:1"] == members["c:1"] != members["a:1"]
    world.resolve([renamed, *now[3:]], sealed={9})
    world.resolve(now, sealed={9})
    assert outcome(world) == outcome(at_once)


def test_nothing_is_read_after_all_was_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Enough stated a name before the month, too few do now: training began for nothing."""
    asked: list[str] = []

    class Slow(PlainValues):
        def texts(self, kind: str, wanted: pa.Table) -> pa.Table:
            if kind != "name":  # only the training asks
                sleep(0.2)
            asked.append(kind)
            return super().texts(kind, wanted)

        def forget(self) -> None:
            asked.append("forget")

    monkeypatch.setattr(worlds, "PlainValues", Slow)
    people = [record(f"a:{n}", n, name=f"anna abel{'x' * n}", birth_date=f"{1950 + n}-01-02")
              for n in range(40)]  # fmt: skip
    now = [replace(one, person={"birth_date": one.person["birth_date"]}, until=(one,), since=JUNE)
           for one in people[:10]] + people[10:]  # fmt: skip
    world = World(tmp_path)
    world.resolve(
        now, rules="update rules.identity_match_rules set value = 35 where rule = 'min_records'"
    )
    assert world.rows("select known_print from identity.idn_kept_base") == [(NOTHING,)]
    assert "birth_date" in asked
    assert asked[-1] == "forget"


def assert_reading_again_trains_anew(
    folder: Path, patch: pytest.MonkeyPatch, crowd: list[Record]
) -> None:
    """Row 9 cannot be read, then can."""
    world = World(folder)
    world.resolve(crowd, rules=RULES, sealed={9})
    forbid(patch)
    with pytest.raises(AssertionError, match="over all"):
        world.resolve([replace(one, file_row=7) for one in crowd], rules=RULES)


def test_a_known_namesake_who_can_be_read_again_trains_anew(
    tmp_path: Path, only_touched: pytest.MonkeyPatch
) -> None:
    crowd, _ = namesake_of_an_erased()
    # so that he is in a block to learn from
    of_another = next(one.person["birth_date"] for one in crowd if "birth_date" in one.person)
    crowd[-1] = replace(crowd[-1], person={**crowd[-1].person, "birth_date": of_another})
    assert_reading_again_trains_anew(tmp_path, only_touched, crowd)


def test_a_known_name_that_can_be_read_again_trains_anew(
    tmp_path: Path, only_touched: pytest.MonkeyPatch
) -> None:
    old = households(3, 0, 45, range(JUNE))
    before = [replace(one, file_row=9) if n % 30 == 0 else one for n, one in enumerate(old)]
    assert_reading_again_trains_anew(tmp_path, only_touched, before)


def test_of_two_statements_the_newest_by_their_time_is_learnt_from(
    tmp_path: Path, only_touched: pytest.MonkeyPatch
) -> None:
    """A version without a time of its own counts from the registration, which may be corrected."""
    old = households(3, 0, 45, range(JUNE))
    first = replace(old[0], person={**old[0].person, "name": "someone else"}, since=3, version="")
    world = World(tmp_path)
    world.resolve([replace(old[0], since=9, until=(first,)), *old[1:]], rules=RULES)
    forbid(only_touched)
    corrected = replace(first, since=20)
    with pytest.raises(AssertionError, match="over all"):
        world.resolve([replace(old[0], since=9, until=(corrected,)), *old[1:]], rules=RULES)


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
