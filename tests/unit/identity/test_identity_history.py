"""Which member a record had on which day, and what became of ids that ended."""

from __future__ import annotations

import random
from datetime import date, timedelta

import duckdb
import pytest

from tests.unit.identity.world import Record, World, link, record

FIRST = date(2026, 6, 1)
HISTORY = """
    select record_key, version, member_id, valid_from, valid_to, change, reason
    from identity.idn_register order by record_key, version
"""


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


def test_a_merge_and_its_undoing_are_told_with_their_reasons(world: World) -> None:
    apart = [record("a:1", 1, phone="P"), record("b:1", 2, email="E")]
    bridge = [record("a:1", 1, phone="P", email="E"), record("b:1", 2, email="E")]
    before = world.resolve(apart, as_of=day(0))
    one, other = before["a:1"], before["b:1"]
    assert set(world.resolve(bridge, as_of=day(1)).values()) == {one}
    assert world.resolve(bridge, [link("never_link", "a:1", "b:1")], as_of=day(3)) == before
    assert world.rows(HISTORY) == [
        ("a:1", 1, one, day(0), None, None, None),
        ("b:1", 1, other, day(0), day(1), None, None),
        ("b:1", 2, one, day(1), day(3), "merge", "email"),
        ("b:1", 3, other, day(3), None, "split", "never_link"),
    ]
    world.resolve(bridge, [link("link", "a:1", "b:1")], as_of=day(4))
    assert world.rows(HISTORY)[-1][2:] == (one, day(4), None, "merge", "override")
    world.resolve(apart, as_of=day(4))  # the same day again, without the evidence
    assert [row[3:] for row in world.rows(HISTORY)[-2:]] == [
        (day(4), day(4), "merge", "override"),
        (day(4), None, "split", "evidence_gone"),
    ]


def test_a_record_that_changes_sides_is_a_move(world: World) -> None:
    sides = [record("a:1", 1, phone="P"), record("a:2", 1, phone="P"),
             record("b:1", 2, email="E"), record("b:2", 2, email="E")]  # fmt: skip
    before = world.resolve([*sides, record("c:1", 3, phone="P")], as_of=day(0))
    after = world.resolve([*sides, record("c:1", 3, email="E")], as_of=day(2))
    assert before["c:1"] == before["a:1"]
    assert after == before | {"c:1": before["b:1"]}
    changes = [row for row in world.rows(HISTORY) if row[1] > 1]
    assert changes == [("c:1", 2, before["b:1"], day(2), None, "move", "email")]


def test_a_register_without_spans_is_continued(world: World) -> None:
    members = world.resolve([record("a:1", 1, phone="P")])
    columns = "record_key, member_id, founder_key, generation, founder_seen_at"
    old = world.register.with_name("old.parquet")
    with duckdb.connect() as con:
        con.execute(f"copy (select {columns} from read_parquet('{world.register}')) to '{old}'")
    old.replace(world.register)
    both = [record("a:1", 1, phone="P"), record("b:1", 0, phone="P")]
    assert world.resolve(both, as_of=day(1)) == dict.fromkeys(("a:1", "b:1"), members["a:1"])
    assert world.rows(HISTORY) == [
        ("a:1", 1, members["a:1"], None, None, None, None),
        ("b:1", 1, members["a:1"], day(1), None, None, None),
    ]


@pytest.mark.parametrize("seed", range(3))
def test_history_says_what_each_run_said(world: World, seed: int) -> None:
    """Ten days on which evidence comes and goes: the spans give every day's answer again."""
    dice = random.Random(seed)
    keys = [f"{dice.choice('abc')}:{n}" for n in range(14)]
    said: dict[date, dict[str, str]] = {}
    known: dict[str, str] = {}
    for number in range(10):
        if dice.random() < 0.7:
            present = [k for k in keys if dice.random() < 0.9]
            records = [
                Record(k, keys.index(k) % 5, {"phone": f"P{dice.randrange(6)}"}) for k in present
            ]
            known |= world.resolve(records, as_of=day(number))
            said[day(number)] = dict(world.registered())
    rows = world.rows(HISTORY)
    for when, members in said.items():
        held = {r[0]: r[2] for r in rows if r[3] <= when and (r[4] is None or when < r[4])}
        assert held == members
    last = max(said)
    living = set(said[last].values())
    assert {row[2] for row in rows if row[4] is None} == living
    for row, following in zip(rows, rows[1:], strict=False):
        if row[0] == following[0]:
            assert (following[1], following[3]) == (row[1] + 1, row[4])
            assert following[5] in {"merge", "split", "move"}
            assert following[6]
        else:
            assert following[1] == 1
            assert row[4] is None
    ended = {row[2] for row in rows} - living
    assert any(row[5] == "merge" for row in rows) or not ended
