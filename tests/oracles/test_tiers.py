"""The tier models against timelines written by hand and against a day-by-day simulator."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
import yaml

from tests.oracles.programme_world import ZONE, ProgrammeWorld
from tests.oracles.tier_rules import COLUMNS, OPEN_GRANT_DAYS, TIERS, in_force
from tests.oracles.tier_simulator import play, with_grants

pytestmark = pytest.mark.slow

AS_OF = date(2026, 4, 30)
MEMBERS = 10_000
GOLDEN = Path(__file__).with_name("golden_tiers.yml")
MODELS = ("tier_earning", "tier_standing", "tier_path", "member_tier_history", "member_tier")
GROWTH_RULES = [
    {"entry_type": "earn", "is_credit": True, "counts_as_growth": True},
    {"entry_type": "activate", "is_credit": True, "counts_as_growth": True},
    {"entry_type": "reverse_earn", "is_credit": False, "counts_as_growth": True},
    {"entry_type": "redeem", "is_credit": False, "counts_as_growth": False},
]


def golden() -> dict[str, dict]:
    """Name -> first (first seen), facts and the tiers expected."""
    with GOLDEN.open(encoding="utf-8") as stream:
        return yaml.safe_load(stream)


def _fact(line: str) -> tuple:
    """``2025-01-05 10:00 order a 120`` and the like, see golden_tiers.yml."""
    words = line.split()
    if words[0] == "grant":
        last = date.fromisoformat(words[3]) if len(words) > 3 else None
        return ("grant", words[1], date.fromisoformat(words[2]), last)
    at = datetime.fromisoformat(f"{words[0]} {words[1]}")
    kind, rest = words[2], words[3:]
    if kind in {"order", "refund"}:
        return (kind, at, None if rest[0] == "-" else rest[0], float(rest[1]))
    if kind == "points":
        return (kind, at, rest[0], float(rest[1]), rest[2] if len(rest) > 2 else None, None)
    return (kind, at)


def _random_member(rng: random.Random) -> tuple[datetime, list[tuple]]:
    """Some months of orders, refunds, points and visits, many of them on the same instants."""
    first = datetime(2025, 1, 1) + timedelta(days=rng.randrange(300))
    facts: list[tuple] = []
    orders: list[tuple[str, datetime, float]] = []

    def moment(after: datetime, days: int) -> datetime:
        day = after + timedelta(days=rng.randrange(days))
        return day.replace(hour=rng.choice([0, 0, 9, 20]), minute=0)

    for number in range(rng.randrange(9)):
        at = moment(first, 420)
        paid = float(rng.choice([0, 20, 50, 60, 100, 120, 240, 300, 1000]))
        orders.append((f"o{number}", at, paid))
        facts.append(("order", at, f"o{number}", paid))
    for key, at, paid in orders:
        for _ in range(rng.choice([0, 0, 0, 1, 2])):
            share = rng.choice([0.5, 1.0])
            facts.append(("refund", moment(at, 60) + timedelta(hours=1), key, paid * share))
    if rng.random() < 0.05:
        facts.append(("refund", moment(first, 400), None, 30.0))
    for number in range(rng.choice([0, 0, 2])):
        at, key = moment(first, 300), f"o{number}"
        facts.append(("points", at, "earn", float(rng.choice([300, 700, 1000])), key, None))
        if rng.random() < 0.5:
            back = float(rng.choice([300, 1000]))
            facts.append(("points", moment(at, 200) + timedelta(hours=2), "reverse_earn", -back,
                          key, None))  # fmt: skip
            facts.append(("points", moment(at, 90), "redeem", -100.0, None, None))
    if rng.random() < 0.2:
        begin = datetime(2026, 1, rng.randrange(1, 28), 12)
        facts += [("event", begin + timedelta(days=n)) for n in range(rng.randrange(4, 9))]
    if rng.random() < 0.2:
        day = (first + timedelta(days=rng.randrange(-20, 300))).date()
        last = rng.choice([None, day + timedelta(days=rng.randrange(1, 80))])
        facts.append(("grant", rng.choice(["silver", "gold", "platinum", "none"]), day, last))
    return first, _with_merge(rng, first, facts)


def _with_merge(rng: random.Random, first: datetime, facts: list[tuple]) -> list[tuple]:
    """Some members have a second record, linked late, that has some of the orders."""
    kinds = {"order", "event"}
    if rng.random() > 0.5 or any(fact[0] in {"refund", "points"} for fact in facts):
        return sorted(facts, key=lambda fact: fact[0])
    mine = [fact for fact in facts if fact[0] not in kinds or rng.random() < 0.5]
    theirs = [fact for fact in facts if fact not in mine]
    until = (datetime.combine(AS_OF, first.time()) - first).days
    joined = first + timedelta(days=rng.randrange(1, until), hours=3)
    return [*mine, ("joined", joined), *theirs]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory):
    """The golden members (by name) and the random ones (m0 …) in one database."""
    rng = random.Random(6)
    members = {f"m{number}": _random_member(rng) for number in range(MEMBERS)}
    members |= {
        name: (datetime.fromisoformat(line["first"]), [_fact(fact) for fact in line["facts"]])
        for name, line in golden().items()
    }
    built = ProgrammeWorld(tmp_path_factory.mktemp("tiers") / "home", AS_OF)
    built.set_rules("tier_rules", COLUMNS, [tier.row() for tier in TIERS])
    built.set_rules("programme_rules", {"open_grant_days": "integer"},
                    [{"open_grant_days": OPEN_GRANT_DAYS}])  # fmt: skip
    built.set_rules(
        "points_entry_rules",
        {"entry_type": "varchar", "is_credit": "boolean", "counts_as_growth": "boolean"},
        GROWTH_RULES,
    )
    built.add(members)
    built.build(*MODELS)
    return built, members


def _histories(world: ProgrammeWorld) -> dict[str, list[tuple]]:
    found: dict[str, list[tuple]] = {}
    for member, begin, rank, reason in world.query(
        "select member_id, valid_from, tier_rank, reason from marts.member_tier_history "
        "order by member_id, valid_from"
    ):
        found.setdefault(member, []).append((begin + ZONE, rank, reason))
    return found


def test_golden_timelines(world):
    built, _ = world
    histories = _histories(built)
    codes = {tier.rank: tier.code for tier in TIERS}
    assert len(golden()) >= 30
    found = {
        name: [
            f"{at:%Y-%m-%d %H:%M} {codes[rank]} {reason}" for at, rank, reason in histories[name]
        ]
        for name in golden()
    }
    assert found == {name: line["tiers"] for name, line in golden().items()}


def test_the_simulator_agrees(world):
    built, members = world
    histories = _histories(built)
    wrong = {}
    for member, (first, facts) in members.items():
        path = play(first, facts, AS_OF)
        expected = with_grants(path, facts, AS_OF)
        if histories[member] != expected:
            wrong[member] = (facts, expected, histories[member])
    assert len(members) > MEMBERS
    assert not wrong, (len(wrong), next(iter(wrong.items())))


def test_every_rule_was_exercised(world):
    """The random members reach what the rules can do; an agreement on nothing would be none."""
    built, _ = world
    seen = built.query(
        "select reason, count(*) from marts.member_tier_history "
        "where starts_with(member_id, 'm') group by reason"
    )
    assert {reason for reason, count in seen if count >= 20} == {
        "join", "order", "points", "activity", "merge", "refund", "window_end", "rule_change",
        "manual",
    }  # fmt: skip


def test_history_has_no_gap_and_one_open_row(world):
    built, members = world
    assert built.query(
        "select count(*) from (select *, lead(valid_from) over "
        "(partition by member_id order by version_no) as next_from from marts.member_tier_history) "
        "where valid_to is distinct from next_from"
    ) == [(0,)]
    assert built.query(
        "select count(*), count(distinct member_id) from marts.member_tier_history where is_current"
    ) == [(len(members), len(members))]


def test_member_tier_is_the_open_version(world):
    built, members = world
    ranks = in_force(AS_OF)
    expected = {
        member: ranks[with_grants(play(first, facts, AS_OF), facts, AS_OF)[-1][1]].code
        for member, (first, facts) in list(members.items())[:500]
    }
    found = dict(built.query("select member_id, tier_code from marts.member_tier"))
    assert {member: found[member] for member in expected} == expected
