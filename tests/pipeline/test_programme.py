"""The demo brand's programme: what was planted is found, and the ledger explains itself."""

from __future__ import annotations

import csv
import gzip
import json

import pyarrow.parquet as pq
import pytest

from dagster_project.sample import write_sample
from dagster_project.settings import Home
from tests.pipeline.support import published, rows

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("no_data_tests")]


@pytest.fixture(scope="module")
def brand(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("programme") / "home")
    write_sample(home.landing, members=600, days=150, truth=home.root / "truth")
    return published(home)


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


def test_planted_gaming_is_flagged_and_hardly_anybody_else(brand: Home):
    """Identity may join two accounts of a ring, and a regular guest may look like a machine."""
    text = (brand.root / "truth" / "planted.json").read_text(encoding="utf-8")
    planted, members = json.loads(text)["gaming"], _members(brand)
    expected = {(members[person], ring["scheme"]) for ring in planted for person in ring["persons"]}
    assert {scheme for _, scheme in expected} == {
        "device_ring", "referral_ring", "self_referral", "checkin_bot",
    }  # fmt: skip
    found = {*rows(brand, "select member_id, scheme from marts.points_gaming")}
    assert len(found & expected) >= 9 * len(expected) / 10, expected - found
    assert len(found - expected) <= len(expected) / 10, found - expected
    assert {scheme for _, scheme in found & expected} == {scheme for _, scheme in expected}


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
    with gzip.open(brand.landing / "loyalty" / "points_entries.csv.gz", "rt") as stream:
        for row in csv.DictReader(stream):
            if row["entry_id"].endswith("-bad") or row["entry_type"] == "pending":
                continue
            member = accounts[row["customer_id"]]
            expected[member] = expected.get(member, 0) + float(row["points"])
    found = rows(brand, "select member_id, balance from marts.points_balance")
    assert {member: float(balance) for member, balance in found} == expected
