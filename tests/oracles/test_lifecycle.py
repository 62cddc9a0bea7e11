"""Stages and the history of members, told again day by day in plain Python, on random members."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from dagster_project.build.dbt import Layer, build
from dagster_project.settings import Settings
from tests.oracles.lifecycle_simulator import (
    AS_OF,
    BEGIN,
    DAYS,
    LATER_UNTIL,
    months_since,
    purchase_days,
    stage_at,
)
from tests.oracles.lifecycle_tables import (
    CYCLE_RULES,
    MEASURE_RULES,
    STAGE_RULES,
    TABLES,
    put,
)
from tests.oracles.member_records import (
    CHANNELS,
    TOKENS,
    ZONE,
    member_as_of,
    random_consents,
    random_records,
)
from tests.oracles.programme_world import ProgrammeWorld, rule_rows
from tests.oracles.warehouse import plan

pytestmark = pytest.mark.slow

BUYERS, PERSONS = 4_000, 1_000
MODELS = (
    "lifecycle_transition", "member_lifecycle", "member_lifecycle_monthly", "member_month",
    "member_purchase_rhythm", "dim_member_history", "golden_rules",
)  # fmt: skip
TRACKED = (
    "registered_on", "registration_channel", "gender", "birth_year", "province", "city",
    "has_phone", "has_email", "has_wechat", "is_phone_verified", "channel_count",
    "marketing_channels",
)  # fmt: skip


def _stage_rules() -> list[dict[str, Any]]:
    """The shipped rules, but that "at risk" begins later until the end of 2025."""
    rules = []
    for row in rule_rows("lifecycle_rules"):
        if row["stage"] != "at-risk":
            rules.append(row)
            continue
        until, since = {"valid_to": LATER_UNTIL}, {"valid_from": LATER_UNTIL + timedelta(days=1)}
        rules += [row | until | {"min_silence_ratio": "2.20"}, row | since]
    return rules


@pytest.fixture(scope="module")
def buyers() -> dict[str, tuple[date, list[date]]]:
    """When each was first seen (sometimes after a purchase), and the days of the orders."""
    rng = random.Random(31)
    return {
        f"b{n}": (BEGIN + timedelta(days=rng.randrange(DAYS)), purchase_days(rng))
        for n in range(BUYERS)
    }


@pytest.fixture(scope="module")
def records() -> dict[str, list[dict[str, Any]]]:
    rng = random.Random(32)
    return {f"p{n}": random_records(rng, f"p{n}") for n in range(PERSONS)}


@pytest.fixture(scope="module")
def consents(records) -> dict[str, list[dict[str, Any]]]:
    rng = random.Random(33)
    return {member: random_consents(rng) for member in records}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, buyers, records, consents) -> ProgrammeWorld:
    """Both crowds in one database, and the models built once."""
    world = ProgrammeWorld(tmp_path_factory.mktemp("lifecycle") / "home", AS_OF)
    world.set_rules("lifecycle_rules", STAGE_RULES, _stage_rules())
    world.set_rules("lifecycle_measure_rules", MEASURE_RULES, rule_rows("lifecycle_measure_rules"))
    world.set_rules("purchase_cycle_rules", CYCLE_RULES, rule_rows("purchase_cycle_rules"))
    noon = datetime.min.replace(hour=12).time()
    world.add({
        member: (
            datetime.combine(seen, noon),
            [("order", datetime.combine(day, noon), str(n), 10.0) for n, day in enumerate(days)],
        )
        for member, (seen, days) in buyers.items()
    })  # fmt: skip
    with world.connect() as con:
        con.execute(TABLES)
        con.executemany("insert into core.dim_channel values (?, ?)", [*CHANNELS.items()])
        con.executemany("insert into core.dim_member values (?, ?)",
                        [(member, BEGIN) for member in records])  # fmt: skip
        put(con, "core.member_identity", [
            {"record_key": one["key"], "member_id": member, "channel": one["channel"],
             "record_type": one["type"], "valid_from": one["seen"]}
            for member, mine in records.items() for one in mine
        ])  # fmt: skip
        put(con, "core.fct_consent", [
            one | {"member_id": member} for member, mine in consents.items() for one in mine
        ])  # fmt: skip
        everything = [one for mine in records.values() for one in mine]
        put(con, "conformed.cfm_customer_versions", [
            version | {"channel": one["channel"]}
            for one in everything if one["type"] == "customer" for version in one["versions"]
        ])  # fmt: skip
        put(con, "conformed.cfm_orders", [
            {"order_key": one["key"], "record_key": one["key"], "ordered_at": one["seen"]}
            | {name: value for name, value in one["versions"][0].items() if name in TOKENS}
            for one in everything if one["type"] == "guest"
        ])  # fmt: skip
    build(world.home, Settings(), plan(AS_OF), Layer(MODELS, ("path:models/marts/profile",)))
    return world


@pytest.fixture(scope="module")
def stages(buyers) -> dict[str, dict[date, str]]:
    """Member to month to stage."""
    return {
        member: {
            month: stage_at(days, state) for month, state in months_since(min([first, *days]))
        }
        for member, (first, days) in buyers.items()
    }  # fmt: skip


def test_every_month_has_the_stage_of_the_simulator(world: ProgrammeWorld, stages):
    found: dict[str, dict[date, str]] = {}
    for member, month, stage in world.query(
        "select member_id, month, stage from marts.member_lifecycle_monthly "
        "where starts_with(member_id, 'b')"
    ):
        assert month not in found.setdefault(member, {})
        found[member][month] = stage
    assert found == stages
    seen = {stage for mine in stages.values() for stage in mine.values()}
    assert seen == {row["stage"] for row in rule_rows("lifecycle_rules")}


def test_the_stage_of_today_and_since_when(world: ProgrammeWorld, stages, buyers):
    expected = set()
    for member, mine in stages.items():
        months = sorted(mine)
        last = next(
            (n for n in range(len(months) - 1, 0, -1) if mine[months[n]] != mine[months[n - 1]]), 0
        )
        first, days = buyers[member]
        since = max(months[last], min([first, *days]))
        previous = mine[months[last - 1]] if last else None
        expected.add((member, mine[months[-1]], previous, since))
    assert {*world.query(
        "select member_id, stage, previous_stage, since_on from marts.member_lifecycle "
        "where starts_with(member_id, 'b')"
    )} == expected  # fmt: skip


def test_the_history_of_any_day_is_the_member_of_that_day(world, records, consents):
    """Of every day of six weeks; days end at 16:00 UTC."""
    versions: dict[str, list[tuple]] = {}
    for member, *row in world.query(
        f"select member_id, valid_from, valid_to, {', '.join(TRACKED)} "
        "from core.dim_member_history where starts_with(member_id, 'p') order by all"
    ):
        versions.setdefault(member, []).append(tuple(row))
    compared = 0
    for member, mine in records.items():
        for number in range(42):
            day = BEGIN + timedelta(days=number)
            end = datetime.combine(day, datetime.min.time()) + timedelta(days=1) - ZONE
            found = [v[2:] for v in versions[member] if v[0] < end and (not v[1] or v[1] >= end)]
            expected = member_as_of(mine, consents[member], end)
            assert found == ([expected] if expected else []), (member, day)
            compared += bool(expected)
    assert compared > 20 * PERSONS
