"""The points models against a simulator that plays every entry of every member."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta

import pytest

from tests.oracles.points_simulator import Ledger, play
from tests.oracles.programme_world import ProgrammeWorld, rule_rows

pytestmark = pytest.mark.slow

AS_OF = date(2026, 4, 30)
UNTIL = datetime(2026, 5, 1)
MEMBERS = 10_000
MODELS = ("points_step", "points_draw", "points_lot", "points_balance")
ENTRY_RULES = {
    "entry_type": "varchar", "is_credit": "boolean", "effect": "varchar",
    "same_instant_order": "integer", "movement": "varchar", "counts_as_growth": "boolean",
}  # fmt: skip
RULES = {
    "points_per_currency_unit": "decimal(18, 2)", "validity_source": "varchar",
    "validity_days": "integer", "expiry_source": "varchar", "breakage_rate": "decimal(5, 4)",
    "uplift_days": "integer", "valid_from": "date", "valid_to": "date",
}  # fmt: skip
DAYS = 60


def _random_member(rng: random.Random, member: str) -> list[tuple]:
    """Some months of a ledger with lots of two lengths, debts, returns and equal instants."""
    begin = datetime(2026, 1, 1) + timedelta(days=rng.randrange(40))
    facts: list[tuple] = []

    def add(at: datetime, kind: str, points: float, order: str | None = None, ends=None) -> None:
        facts.append(("points", at, kind, float(points), order, ends, f"{member}:{len(facts)}"))

    def moment(after: datetime, days: int) -> datetime:
        day = after + timedelta(days=rng.randrange(days))
        return day.replace(hour=rng.choice([0, 0, 10, 18]))

    for number in range(rng.randrange(1, 8)):
        at, points = moment(begin, 90), rng.choice([10, 20, 50, 100, 100, 30.5])
        order = f"o{number}" if rng.random() < 0.7 else None
        length = rng.choice([None, 10, 30, 90])
        ends = None if length is None else at.replace(hour=0) + timedelta(days=length)
        if rng.random() < 0.2:
            add(at, "pending", points, order)
            at += timedelta(days=7)
        add(at, rng.choice(["earn", "earn", "earn", "activate", "adjust"]), points, order, ends)
        if order and rng.random() < 0.4:
            add(moment(at, 50), "reverse_earn", -points * rng.choice([0.5, 1, 1, 2]), order)
    for number in range(rng.randrange(7)):
        at, points = moment(begin, 100), rng.choice([10, 30, 60, 100, 150])
        order = rng.choice([None, f"s{number}", "s0"])
        add(at, rng.choice(["redeem", "redeem", "redeem", "adjust"]), -points, order)
        for _ in range(rng.choice([0, 0, 1, 2])):
            back = rng.choice([points, points * 0.5, points * 0.3, points * 2])
            add(moment(at, 40), "return_redeem", back, order)
    for _ in range(rng.randrange(3)):
        add(moment(begin, 110), "expire", -rng.choice([10, 40]))
    return facts


@pytest.fixture(scope="module")
def members() -> dict[str, list[tuple]]:
    rng = random.Random(9)
    return {f"m{n}": _random_member(rng, f"m{n}") for n in range(MEMBERS)}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, members):
    """Odd members' points expire as booked, even members' by rule: two databases."""
    begin = datetime(2025, 12, 1)
    built = {}
    for by_rule in (False, True):
        world = ProgrammeWorld(tmp_path_factory.mktemp("points") / "home", AS_OF)
        world.set_rules("points_entry_rules", ENTRY_RULES, rule_rows("points_entry_rules"))
        world.set_rules("points_horizons", {"horizon": "varchar", "days": "integer"},
                        rule_rows("points_horizons"))  # fmt: skip
        source = "rule" if by_rule else "booked"
        rule = {
            "points_per_currency_unit": 100, "validity_source": "entry", "uplift_days": 30,
            "validity_days": DAYS, "expiry_source": source, "valid_from": date(1900, 1, 1),
        }  # fmt: skip
        world.set_rules("points_rules", RULES, [rule])
        world.add({
            member: (begin, facts) for number, (member, facts) in enumerate(members.items())
            if by_rule == (number % 2 == 0)
        })  # fmt: skip
        world.build(*MODELS)
        built[by_rule] = world
    return built


@pytest.fixture(scope="module")
def played(members) -> dict[str, Ledger]:
    return {
        member: play(facts, number % 2 == 0, UNTIL, DAYS)
        for number, (member, facts) in enumerate(members.items())
    }


def _all(world, sql: str) -> list[tuple]:
    return [row for one in world.values() for row in one.query(sql)]


def test_every_lot(world, played):
    found = {key: (float(points), float(left)) for key, points, left in _all(
        world, "select lot_key, points, open_points from marts.points_lot")}  # fmt: skip
    expected = {}
    for ledger in played.values():
        for lot in ledger.lots:
            drawn = sum(points for (_, key), points in ledger.drawn.items() if key == lot.key)
            expected[lot.key] = (round(lot.left + drawn, 2), round(lot.left, 2))
    wrong = {key for key in expected | found if expected.get(key) != found.get(key)}
    assert not wrong, (len(wrong), [(key, expected.get(key), found.get(key)) for key in
                                    sorted(wrong)[:5]])  # fmt: skip


def test_every_spend_names_its_lots(world, played):
    found: dict[tuple[str, str], float] = {}
    for step, lot, points in _all(
        world, "select step_key, lot_key, points from marts.points_draw "
        "where movement <> 'expired' or not starts_with(step_key, 'expiry')",
    ):  # fmt: skip
        found[step, lot] = found.get((step, lot), 0) + float(points)
    expected = {
        key: points for ledger in played.values() for key, points in ledger.drawn.items()
        if not key[0].startswith("expiry")
    }  # fmt: skip
    assert {k: round(v, 2) for k, v in found.items() if round(v, 2)} == {
        k: round(v, 2) for k, v in expected.items() if round(v, 2)
    }


def test_balances(world, played):
    found = {member: (float(balance), float(owed)) for member, balance, owed in _all(
        world, "select member_id, balance, owed_points from marts.points_balance")}  # fmt: skip
    expected = {
        member: (round(ledger.balance(), 2), round(sum(p for _, p in ledger.owed), 2))
        for member, ledger in played.items()
    }
    quiet = {member for member in expected if member not in found}  # only announced or later
    assert all(expected[member] == (0, 0) for member in quiet)
    assert {m: v for m, v in expected.items() if m not in quiet} == found
    assert sum(owed > 0 for _, owed in found.values()) > 100


def test_balance_is_the_booked_ledger(world, members):
    """Where channels book expiry, nothing but the sum of what they booked is the balance."""
    found = dict(world[False].query("select member_id, balance from marts.points_balance"))
    for number, (member, facts) in enumerate(members.items()):
        if number % 2 and member in found:
            booked = sum(f[3] for f in facts if f[2] != "pending" and f[1] < UNTIL)
            assert round(float(found[member]), 2) == round(booked, 2), member


def test_the_known_wrong_way_is_wrong(world):
    """Unexpired credits less all debits: what was spent from expired lots counts twice."""
    wrong = world[True].query(
        "select count(*) from marts.points_balance join (select member_id, sum(case when "
        "points > 0 and coalesce(expires_at < timestamp '2026-04-30 16:00:00', false) then 0 "
        "else points end) as points from core.fct_points_entry where entry_type not in "
        "('pending', 'expire') group by member_id) using (member_id) where points < balance"
    )
    assert wrong[0][0] > 500
