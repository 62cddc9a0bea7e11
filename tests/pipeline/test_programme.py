"""The demo brand's programme: what was planted is found, and the ledger explains itself."""

from __future__ import annotations

import csv
import gzip
import json
from datetime import date

import pyarrow.parquet as pq
import pytest

from dagster_project.release import current
from dagster_project.sample.cases import CASES
from dagster_project.scenario import run_scenario
from dagster_project.settings import Home
from tests.pipeline.real_change import CHANGES, files_of, really_changed
from tests.pipeline.support import rows

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("no_data_tests")]


@pytest.fixture(scope="module")
def brand(demo: Home) -> Home:
    return demo


def _members(brand: Home) -> dict[int, str]:
    """The member of each person with a card."""
    accounts = dict(
        rows(
            brand,
            "select customer_id, member_id from core.member_identity where channel = 'loyalty'",
        )
    )
    persons = pq.read_table(brand.root / "truth" / "persons.parquet").to_pylist()
    return {
        person["person_id"]: accounts[person["customer_id"]]
        for person in persons
        if person["channel"] == "loyalty"
    }


def test_planted_gaming_is_flagged_and_nobody_else(brand: Home):
    text = (brand.root / "truth" / "planted.json").read_text(encoding="utf-8")
    planted, members = json.loads(text)["gaming"], _members(brand)
    expected = {(members[person], ring["scheme"]) for ring in planted for person in ring["persons"]}
    assert {scheme for _, scheme in expected} == {
        "device_ring", "referral_ring", "self_referral", "checkin_bot",
    }  # fmt: skip
    assert {*rows(brand, "select member_id, scheme from marts.points_gaming")} == expected


def test_every_written_case_comes_to_its_tier_and_points(brand: Home):
    """Worked out by hand in the sample; the tier as business days, open lots in order of age."""
    text = (brand.root / "truth" / "planted.json").read_text(encoding="utf-8")
    cases = json.loads(text)["programme"]
    assert len(cases) == len(CASES), "the brand is too young for a case"
    assert {case["tier_code"] for case in cases} == {"member", "silver", "gold", "platinum"}
    found = rows(
        brand,
        "select names.customer_id, tiers.tier_code, tiers.since_on, tiers.reason, "
        "points.balance, points.pending "
        "from core.member_identity as names "
        "join marts.member_tier as tiers using (member_id) "
        "join marts.points_balance as points using (member_id) "
        "where names.channel = 'loyalty' and starts_with(names.customer_id, 'CASE')",
    )
    expected = [
        (case["customer_id"], case["tier_code"], date.fromisoformat(case["since_on"]),
         case["reason"], case["balance"], case["pending"])
        for case in cases
    ]  # fmt: skip
    names = {case["customer_id"]: case["case"] for case in cases}
    for one in expected:
        assert one in found, (names[one[0]], [row for row in found if row[0] == one[0]])
    lots = rows(
        brand,
        "select names.customer_id, lots.open_points from marts.points_lot as lots "
        "join core.member_identity as names using (member_id) "
        "where names.channel = 'loyalty' and lots.open_points > 0 order by lots.earned_at",
    )
    for case in cases:
        mine = [points for customer, points in lots if customer == case["customer_id"]]
        assert mine == case["open_points"], case["case"]


def test_what_was_planted_is_what_orders_earn(brand: Home):
    """A point for each whole yuan, taken back pro rata: wherever the order is the member's own."""
    found = dict(
        rows(
            brand,
            "select difference_reason, count(*) from marts.points_earn_check "
            "where reason = 'purchase' and actual_points > 0 group by difference_reason",
        )
    )
    assert set(found) <= {"matches", "order_unknown", "before_joining", "reversal_differs"}
    assert found["matches"] > 3 * sum(found.values()) / 4


def test_balances_are_those_of_the_delivered_ledger(brand: Home):
    """Summed from the file itself, per account."""
    accounts = dict(
        rows(
            brand,
            "select customer_id, member_id from core.member_identity where channel = 'loyalty'",
        )
    )
    expected: dict[str, float] = {}
    for path in (brand.landing / "loyalty").glob("points_entries*"):
        with (gzip.open if path.suffix == ".gz" else open)(path, "rt") as stream:
            for row in csv.DictReader(stream):
                if not row["entry_id"].endswith("-bad"):
                    member = accounts[row["customer_id"]]
                    counts = row["entry_type"] != "pending"
                    expected[member] = expected.get(member, 0) + float(row["points"]) * counts
    found = rows(brand, "select member_id, balance from marts.points_balance")
    assert {member: float(balance) for member, balance in found} == expected


MEASURES = {
    "members_by_tier": "select 'tier_code=' || tier_code, count(*) "
    "from marts.member_tier group by 1",
    "tier_changes": "select 'reason=' || reason, count(*) from marts.member_tier_history "
    "where version_no > 1 group by 1",
    "members_by_audience": "select 'audience_code=' || audience_code, count(*) "
    "from marts.audience_member group by 1",
}


def test_changed_rules_do_what_their_scenario_said(brand: Home, tmp_path):
    """Cell by cell in all tables, measure by measure; and the scenario touched nothing."""
    before, folder = files_of(brand), brand.scenarios / "other-rules"
    folder.mkdir(parents=True)
    for seed, (text, _) in CHANGES.items():
        (folder / f"{seed}.csv").write_text(text, encoding="utf-8")
    result = run_scenario(brand, folder.name)
    assert files_of(brand) == before
    tables = result.facts["tables"]
    real = really_changed(brand, tmp_path, {name.partition(".")[2] for name in tables})
    published = current(real).facts["tables"]
    assert {name: published[name]["digest"] for name in tables} == {
        name: found["scenario"] for name, found in tables.items()
    }
    moved = {name for name, found in tables.items() if found["scenario"] != found["today"]}
    assert {"marts.activation_funnel", "marts.audience_member", "marts.member_tier"} <= moved
    told = rows(real, "select distinct relation from ops.release_diff where difference <> 0")
    assert {name for (name,) in told} <= moved
    for measure, query in MEASURES.items():
        mine = [row for row in result.rows if row.measure == measure]
        assert any(row.difference for row in mine), measure
        for home, side in ((brand, "base"), (real, "scenario")):
            counted = {row.slice: getattr(row, side) for row in mine if getattr(row, side)}
            assert counted == dict(rows(home, query)), measure
    was, now = (
        dict(rows(home, "select member_id, tier_code from marts.member_tier"))
        for home in (brand, real)
    )
    stepped = rows(
        real,
        "select current from ops.release_diff "
        "where relation = 'marts.member_tier' and measure = 'tier_code_moved'",
    )
    assert stepped == [(sum(was[member] != tier for member, tier in now.items()),)]


def test_planted_jumps_are_found_and_hardly_anything_else(brand: Home):
    """Five accounts that suddenly buy much of what they never bought; false discoveries are few."""
    with (brand.root / "truth" / "jumps.csv").open(encoding="utf-8") as stream:
        planted = {(row["customer_id"], row["category"]) for row in csv.DictReader(stream)}
    found = rows(
        brand,
        "select coalesce(i.customer_id, ''), a.category from marts.member_anomaly as a "
        "left join core.member_identity as i "
        "on a.member_id = i.member_id and i.customer_id like 'JUMP%' where a.is_anomaly",
    )
    assert len(planted) == 5
    assert planted <= set(found)
    assert len(found) <= 2 * len(planted)
