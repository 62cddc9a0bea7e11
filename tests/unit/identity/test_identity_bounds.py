"""Pairs are left uncompared only where the model could not have called them likely."""

from __future__ import annotations

import hashlib
import random
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from dagster_project.identity import bounds, fuzzy, lessons, training
from tests.unit.identity import world as world_module
from tests.unit.identity.test_identity_model import JUNE, RULES, households
from tests.unit.identity.world import PlainValues, Record, World, record

LIKELY = "select * from identity.idn_kept_likely order by left_key, right_key"
SCORES = "select count(*) from identity.idn_kept_score"


def crowd() -> list[Record]:
    """Households, some in characters, with e-mails of their own and cards that were mistyped."""
    dice = random.Random(5)
    people = households(3, 0, 45, range(JUNE))
    for n, one in enumerate(people):
        shown = one.person
        if n % 5 == 0:
            one.own["email"] = f"{shown['address']}@x"
        if n % 3 == 0:
            one.own["card_no"] = f"8800{n:04}"
        if n % 7 == 0:
            shown["district"] = f"quarter {n % 3}"
    surnames, given = "王李张刘陈杨", "伟芳娜敏静丽强磊军洋"
    for n in range(120):
        who = dice.choice(surnames) + dice.choice(given) + dice.choice(given)
        born = f"19{dice.randrange(60, 66)}-03-1{n % 9}"
        city = {"city": f"城{n % 4}", "district": f"区{n % 3}", "birth_date": born}
        people += [record(f"h{copy}:{n}", n, name=who, **city) for copy in range(1 + n % 2)]
    return people


@pytest.mark.slow
def test_no_likely_pair_is_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    people = crowd()
    pruned, whole = World(tmp_path / "pruned"), World(tmp_path / "whole")
    for world in (pruned, whole):
        world.database.parent.mkdir()
    pruned.resolve(people, rules=RULES)
    monkeypatch.setattr(
        fuzzy, "possible_pairs", lambda con, model, _: bounds.possible_pairs(con, model, 1e-300)
    )
    whole.resolve(people, rules=RULES)
    assert len(whole.rows(LIKELY)) > 50
    assert pruned.rows(LIKELY) == whole.rows(LIKELY)
    assert pruned.rows(SCORES)[0][0] < whole.rows(SCORES)[0][0]


class Forgetful(PlainValues):
    """Some kinds, or some values, cannot be read."""

    def __init__(self, *lost: str) -> None:
        super().__init__()
        self._lost = set(lost)

    def texts(self, kind: str, wanted: pa.Table) -> pa.Table:
        found = super().texts(kind, wanted)
        kept = [not self._lost & {kind, one} for one in found["token"].to_pylist()]
        return found.filter(pa.array(kept, pa.bool_()))


def review_from(least: str) -> str:
    rule = "where rule = 'review_probability'"
    return f"{RULES}; update rules.identity_match_rules set value = {least} {rule}"


@pytest.mark.slow
@pytest.mark.parametrize("least", ["0.28", "0.27"])
def test_what_cannot_be_read_speaks_against_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, least: str
) -> None:
    """Two birth dates differ, so much their tokens tell; where they cannot be read they weigh
    nothing, and the pair is as likely as it is without them (0.283)."""
    place = {"city": "town 1", "district": "q", "postcode": "20013"}
    born = ("1961-02-03", "1977-11-28")
    shown = [{"name": "quill zorn", "birth_date": one, **place} for one in born]
    pair = [record(f"x:{n}", n, **one) for n, one in enumerate(shown)]
    monkeypatch.setattr(world_module, "PlainValues", lambda _: Forgetful(*born))
    monkeypatch.setattr(lessons, "SESSIONS", ("birth_date",))
    monkeypatch.setattr(training, "ROUNDS", 1)
    world = World(tmp_path)
    world.resolve([*households(3, 0, 45, range(JUNE)), *pair], rules=review_from(least))
    found = world.rows("select left_key, right_key from identity.idn_kept_likely")
    assert ("x:0", "x:1") in found


@pytest.mark.parametrize("kinds", [("birth_date",), ("name",)])
def test_a_kind_that_nobody_can_read_stops_no_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kinds: tuple[str, ...]
) -> None:
    people = households(3, 0, 45, range(JUNE))
    world = World(tmp_path)
    known = world.resolve(people, rules=RULES)
    monkeypatch.setattr(world_module, "PlainValues", lambda _: Forgetful(*kinds))
    assert set(world.resolve(people, rules=review_from("0.6"))) == set(known)


@pytest.mark.parametrize(
    ("rule", "value"),
    [("review_probability", 0), ("review_probability", 1), ("min_records", 0)],
)
def test_a_rule_at_its_end_stops_no_run(tmp_path: Path, rule: str, value: int) -> None:
    rules = f"{RULES}; update rules.identity_match_rules set value = {value} where rule = '{rule}'"
    people = households(3, 0, 45, range(JUNE))
    world = World(tmp_path)
    for crowd in ([], people[:1], people):
        assert len(world.resolve(crowd, rules=rules)) == len(crowd)
    likely = world.rows("select count(*) from identity.idn_kept_likely")[0][0]
    scores = world.rows(SCORES)[0][0]
    assert likely == {0: scores, 1: likely}[value] or rule == "min_records"


def chosen(people: list[dict[str, str]], pairs: int) -> tuple[list[str], dict[str, set[str]]]:
    """The sessions, and which records learn in each."""
    with duckdb.connect() as con:
        con.execute(
            "create table known_face (record_key varchar, phone varchar, card_no varchar, "
            "postcode varchar, birth_date varchar, canonical varchar)"
        )
        con.executemany(
            "insert into known_face values (?, ?, null, 'P', ?, ?)",
            [[one["key"], one.get("phone"), one["birth"], one["name"]] for one in people],
        )
        sessions = lessons.choose_lessons(con, 10, pairs)
        found = {
            column: {key for (key,) in con.execute(
                f"select record_key from known_coded where in_{column}").fetchall()}
            for column in sessions
        }  # fmt: skip
        found["sample"] = {
            key for (key,) in con.execute("select record_key from known_coded where in_sample")
            .fetchall()
        }  # fmt: skip
        return sessions, found


def test_lessons_are_whole_blocks_and_the_same_ones_whoever_else_is_known() -> None:
    dice = random.Random(2)
    people = [
        {"key": f"r{n}", "phone": f"p{n // 3}", "birth": f"b{dice.randrange(100)}", "name": f"n{n}"}
        for n in range(600)
    ]
    sessions, found = chosen(people, 150)
    assert sessions == ["phone", "birth_date"], "one postcode of all, a name for each: no sessions"
    blocks = {one["phone"] for one in people if one["key"] in found["phone"]}
    assert found["phone"] == {one["key"] for one in people if one["phone"] in blocks}
    assert len(blocks) == 50, "three pairs a block"
    assert len(found["sample"]) == 10
    first = min(blocks, key=lambda phone: hashlib.md5(phone.encode()).hexdigest())
    newcomers = [
        {"key": f"x{n}", "birth": f"b{n}", "name": f"m{n}", "phone": first} for n in range(30)
    ]
    _, more = chosen(people + newcomers, 150)
    now = {one["phone"] for one in people if one["key"] in more["phone"]}
    assert now > blocks - {first}, "a block too large by itself is left out, the others stay"
    assert len(now - blocks) == 1
    _, few = chosen(people, 30)
    assert few["phone"] < found["phone"]
