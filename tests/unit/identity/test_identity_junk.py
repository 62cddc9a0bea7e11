"""Values that identify nobody: by the list and by how often they occur."""

from __future__ import annotations

import csv
import hashlib
import hmac
import json
from datetime import datetime

import duckdb
import pytest

from dagster_project.identity.junk import junk_tokens
from dagster_project.ingest import create_raw_relations, ingest_landing
from dagster_project.settings import Home, Settings
from tests.unit.identity.world import KEYS, SEEDS, Record, World, groups, record, split


def test_one_phone_on_many_accounts_or_guests_is_held(world: World) -> None:
    till = [record(f"pos:{n}", phone="TILL") for n in range(11)]
    guests = [record(f"web:guest:{n}", phone="SHOP") for n in range(101)]
    family = [record(f"app:{n}", phone="HOME") for n in range(10)]
    regular = [record(f"web:guest:r{n}", phone="MINE") for n in range(100)]
    members = world.resolve(till + guests + family + regular)
    assert len(groups(members)) == 11 + 101 + 1 + 1
    assert sorted(world.rows("select token, records, reason from identity.idn_held")) == [
        ("SHOP", 101, "frequency"),
        ("TILL", 11, "frequency"),
    ]
    assert world.report.measures["held_frequency"] == 2


def token_by_hand(kind: str, value: str) -> str:
    """The token by the published scheme (HKDF, then HMAC), without the project's code."""
    extracted = hmac.new(b"\0" * 32, KEYS.master, hashlib.sha256).digest()
    key = hmac.new(extracted, b"member-warehouse/token\x01", hashlib.sha256).digest()
    form = "email_match" if kind == "email" else kind
    return hmac.new(key, f"{form}:{value}".encode(), hashlib.sha256).hexdigest()[:32]


@pytest.mark.parametrize(
    ("kind", "normal"),
    [
        ("phone", "+8613800138000"),
        ("email", "test@test.com"),
        ("card_no", "000000"),
        ("card_no", "无"),
        ("device_id", "9774d56d682e549c"),
        ("unionid", "undefined"),
    ],
)
def test_listed_junk_never_links(world: World, kind: str, normal: str) -> None:
    token = token_by_hand(kind, normal)
    members = world.resolve([record(f"a:{n}", **{kind: token}) for n in range(3)])
    assert len(set(members.values())) == 3
    assert world.rows("select identifier_type, token, records, reason from identity.idn_held") == [
        (kind, token, 3, "junk")
    ]


def test_junk_neither_contradicts_nor_counts_as_evidence(world: World) -> None:
    """Unionids 'undefined' do not keep apart; a phone typed to pass a form does not make known."""
    junk = token_by_hand("unionid", "undefined")
    typed = token_by_hand("phone", "+8613800138000")
    members = world.resolve(
        [
            record("a:1", unionid=junk, phone="P"),
            record("b:1", unionid="U1", phone="P"),
            Record("c:1", 0, {"phone": "Q"}, [("device_id", "D", 1)]),
            Record("d:1", 0, {"phone": typed}, [("device_id", "D", 1)]),
        ]
    )
    assert groups(members) == split("a:1 b:1 | c:1 d:1")


def test_listed_junk_has_the_tokens_of_delivered_values(home: Home) -> None:
    """Every listed value, delivered in a customers file, arrives under the token of the list."""
    fields = {"unionid": "wechat_unionid", "openid": "wechat_openid"}
    with (SEEDS / "rules" / "identity_junk.csv").open(encoding="utf-8") as file:
        listed = [(row["identifier_type"], row["value"]) for row in csv.DictReader(file)]
    folder = home.landing / "web"
    folder.mkdir(parents=True)
    with (folder / "customers.jsonl").open("w", encoding="utf-8") as file:
        for number, (kind, value) in enumerate(listed):
            row = {"customer_id": f"c{number}", fields.get(kind, kind): value}
            file.write(json.dumps(row) + "\n")
    ingest_landing(home, Settings(settle_seconds=0), datetime(2026, 6, 30))
    columns = {kind: f"{fields.get(kind, kind)}_token" for kind, _ in listed}
    columns["email"] = "email_match_token"
    with duckdb.connect() as con:
        create_raw_relations(con, home, None)
        raw = "raw.contract__customers"
        delivered = {
            (kind, token)
            for kind, column in columns.items()
            for (token,) in con.execute(
                f"select {column} from {raw} where {column} is not null"
            ).fetchall()
        }
        con.execute("create schema rules")
        con.execute(
            "create table rules.identity_junk as "
            f"select * from read_csv('{SEEDS}/rules/identity_junk.csv', all_varchar = true)"
        )
        found = junk_tokens(con, KEYS)
    assert len(found) == len(set(found)) == len(listed) > 40
    assert set(found) == delivered
