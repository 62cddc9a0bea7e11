"""The golden record against a sort in plain Python, on thousands of random members."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from dagster_project.build.dbt import Layer, build
from dagster_project.settings import DBT_PROJECT_DIR, Home, Settings
from tests.oracles.warehouse import plan

pytestmark = pytest.mark.slow

MEMBERS, AS_OF = 3_000, date(2026, 3, 31)
PRIORITY = {"till": 1, "web": 2, "app": 3, "desk": None}
RULES = {  # attribute: column, verified first, earliest first, source first
    "registration": ("registered_at", False, True, True),
    "gender": ("gender", False, False, True),
    "birth": ("birth_year", False, False, False),  # not as shipped: the newest wins
    "region": ("province", False, False, True),
    "phone": ("phone_masked", True, False, True),
    "email": ("email_match_token", False, False, True),
    "name": ("name_token", False, True, False),  # not as shipped: the earliest version wins
    "address": ("address_token", False, False, True),
}
CUSTOMERS = """
create table conformed.cfm_customers (record_key varchar, registered_at timestamp, gender varchar,
    birth_year integer, province varchar, phone_masked varchar, phone_verified boolean,
    email_match_token varchar, name_token varchar, address_token varchar, updated_at timestamp,
    birth_month integer, city varchar)
"""
OTHERS = """
create table core.member_identity (member_id varchar, record_key varchar, channel varchar,
    record_type varchar, valid_from timestamp);
create table core.dim_channel (channel varchar, source_priority integer);
create table core.dim_member as select 'x' as member_id;
create table conformed.cfm_orders (record_key varchar, ordered_at timestamp, phone_masked varchar,
    email_match_token varchar);
create table rules.golden_rules (attribute varchar, attribute_zh varchar, verified_first boolean,
    earliest_first boolean, source_first boolean)
"""


def moment(dice: random.Random) -> datetime | None:
    return dice.choice([None, *(datetime(2026, 1, 1) + timedelta(days=n) for n in range(6))])


def records(dice: random.Random, member: str) -> list[dict]:
    """What up to six records of a member say; few values and days, so that ties are many."""
    said = []
    for number in range(dice.randrange(1, 7)):
        channel = dice.choice(list(PRIORITY))
        said.append({
            "record_key": f"{channel}:{member}-{number}", "channel": channel, "member_id": member,
            "registered_at": moment(dice), "gender": dice.choice(["F", "M", "U", None]),
            "birth_year": dice.choice([None, 1980, 1990]),
            "province": dice.choice([None, "a", "b"]),
            "phone_masked": dice.choice([None, "1**1", "1**2"]),
            "phone_verified": dice.choice([None, False, True]),
            "email_match_token": dice.choice([None, "e", "f"]),
            "name_token": dice.choice([None, "n", "m"]),
            "address_token": dice.choice([None, "h"]), "updated_at": moment(dice),
        })  # fmt: skip
    return said


def chosen(said: list[dict], attribute: str) -> tuple | None:
    """The best of a member's records: sorted from the last criterion to the first."""
    column, verified_first, earliest_first, source_first = RULES[attribute]
    left = [r for r in said if r[column] is not None and (column != "gender" or r[column] != "U")]
    if not left:
        return None
    late, count = datetime(9999, 1, 1), len(left)
    values = {r[column] for r in left}
    left.sort(key=lambda r: r["record_key"])
    left.sort(key=lambda r: r["updated_at"] or datetime(1, 1, 1), reverse=True)
    if source_first:
        left.sort(key=lambda r: PRIORITY[r["channel"]] or 99)
    if earliest_first:
        time = column if attribute == "registration" else "updated_at"
        left.sort(key=lambda r: r[time] or late)
    if verified_first:
        left.sort(key=lambda r: not r["phone_verified"])
    best = left[0]
    is_verified = attribute == "phone" and bool(best["phone_verified"])
    return (best["channel"], best["record_key"], best["updated_at"], is_verified, count,
            len(values))  # fmt: skip


@pytest.fixture(scope="module")
def people() -> dict[str, list[dict]]:
    dice = random.Random(4)
    return {f"m{n}": records(dice, f"m{n}") for n in range(MEMBERS)}


@pytest.fixture(scope="module")
def found(
    tmp_path_factory: pytest.TempPathFactory, people: dict[str, list[dict]]
) -> dict[tuple[str, str], tuple]:
    home = Home(tmp_path_factory.mktemp("golden") / "home")
    home.next_database.parent.mkdir(parents=True)
    listed = [one for said in people.values() for one in said]
    with duckdb.connect(str(home.next_database)) as con:
        for schema in ("conformed", "core", "rules"):
            con.execute(f"create schema {schema}")
        con.execute(CUSTOMERS + ";" + OTHERS)
        columns = [c[0] for c in con.execute("describe conformed.cfm_customers").fetchall()]
        _copy(con, home.root / "c.csv", "conformed.cfm_customers",
              [[one.get(column) for column in columns] for one in listed])  # fmt: skip
        _copy(con, home.root / "i.csv", "core.member_identity",
              [[one["member_id"], one["record_key"], one["channel"], "customer", None]
               for one in listed])  # fmt: skip
        for channel, priority in PRIORITY.items():
            con.execute("insert into core.dim_channel values (?, ?)", [channel, priority])
        for attribute, (_, *criteria) in RULES.items():
            con.execute(
                "insert into rules.golden_rules values (?, ?, ?, ?, ?)",
                [attribute, attribute, *criteria],
            )
    layer = Layer(("dim_member_attribute",), ("resource_type:test",))
    build(home, Settings(), plan(AS_OF), layer)
    with duckdb.connect(str(home.next_database), read_only=True) as con:
        rows = con.execute("select * from core.dim_member_attribute").fetchall()
    return {(member, attribute): tuple(rest) for member, attribute, *rest in rows}


def _copy(con: duckdb.DuckDBPyConnection, path: Path, table: str, rows: list[list]) -> None:
    text = "\n".join(",".join("" if cell is None else str(cell) for cell in row) for row in rows)
    path.write_text(text + "\n", encoding="utf-8")
    con.execute(f"copy {table} from '{path}' (header false, null '')")


def test_the_best_statement_of_each_attribute_is_chosen(found, people):
    expected = {
        (member, attribute): best
        for member, said in people.items()
        for attribute in RULES
        if (best := chosen(said, attribute))
    }
    assert len(expected) > 5 * MEMBERS
    assert found == expected


def test_a_verified_phone_outranks_a_newer_one_and_a_better_source(found, people):
    cases = 0
    for member, said in people.items():
        phones = [one for one in said if one["phone_masked"]]
        verified = [one for one in phones if one["phone_verified"]]
        if verified and len(verified) < len(phones):
            cases += 1
            assert found[member, "phone"][3]
    assert cases > MEMBERS / 10


def test_the_rules_as_shipped_name_every_attribute():
    lines = (DBT_PROJECT_DIR / "seeds/rules/golden_rules.csv").read_text(encoding="utf-8")
    assert {line.split(",")[0] for line in lines.splitlines()[1:]} == set(RULES)
