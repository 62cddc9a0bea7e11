"""Members from evidence: stories, each told in records, resolved in a real database."""

from __future__ import annotations

import csv
import hashlib
import hmac
import json
from datetime import datetime

import duckdb
import pytest

from dagster_project.identity import PolicyError, resolve_identity
from dagster_project.identity.junk import junk_tokens
from dagster_project.ingest import create_raw_relations, ingest_landing
from dagster_project.settings import Home, Settings
from tests.unit.identity.world import (
    AS_OF,
    KEYS,
    SEEDS,
    Record,
    World,
    groups,
    link,
    record,
    split,
)

# name: (records, expected partition)
STORIES = {
    "a chain over three types": (
        [
            record("a:1", unionid="U1", phone="P1"),
            record("b:1", unionid="U1", email="E1"),
            record("c:1", email="E1"),
            record("d:1", phone="P1"),
        ],
        "a:1 b:1 c:1 d:1",
    ),
    "equal values of different types are different": (
        [record("a:1", phone="X"), record("b:1", email="X")],
        "a:1 | b:1",
    ),
    "equal customer numbers of two channels are two records": (
        [record("a:17", phone="P1"), record("b:17", phone="P2")],
        "a:17 | b:17",
    ),
    "a guest, then an account": (
        [record("a:guest:9", phone="P1"), record("b:1", 5, phone="P1")],
        "a:guest:9 b:1",
    ),
    "two unionids behind one phone": (
        [record("a:1", unionid="U1", phone="P"), record("b:1", unionid="U2", phone="P")],
        "a:1 | b:1",
    ),
    "a contested phone joins nobody else either": (
        [
            record("a:1", unionid="U1", phone="P"),
            record("b:1", unionid="U2", phone="P"),
            record("c:guest:1", phone="P"),
        ],
        "a:1 | b:1 | c:guest:1",
    ),
    "a contested phone leaves the others of the tier alone": (
        [
            record("a:1", unionid="U1", phone="P"),
            record("b:1", unionid="U2", phone="P"),
            Record("a:2", 0, {"unionid": "U1"}, [("phone", "Q", 1)]),
            record("c:1", phone="Q"),
        ],
        "a:1 a:2 c:1 | b:1",
    ),
    "two unionids through a chain of phones drop the chain": (
        [
            record("a:1", unionid="U1", phone="P1"),
            record("b:1", email="E1", phone="P1"),
            record("c:1", email="E1", phone="P2"),
            record("d:1", unionid="U2", phone="P2"),
        ],
        "a:1 | b:1 c:1 | d:1",
    ),
    "the value that contradicts is dropped, its neighbours link": (
        [
            record("a:1", unionid="U1", email="E1", phone="P1"),
            record("b:1", email="E1", phone="P2"),
            record("c:1", phone="P1"),
            record("d:1", unionid="U2", phone="P2"),
        ],
        "a:1 b:1 c:1 | d:1",
    ),
    "the stronger tier wins a contradiction": (
        [
            record("a:1", unionid="U1", email="E1", phone="P1"),
            record("b:1", email="E1"),
            record("c:1", unionid="U2", phone="P1"),
            record("d:1", unionid="U2"),
        ],
        "a:1 b:1 | c:1 d:1",
    ),
    "a gift's receiver is not the buyer": (
        [
            Record("a:1", 0, {"phone": "P1"}, [("phone", "P2", 1)]),
            record("b:1", phone="P2"),
        ],
        "a:1 | b:1",
    ),
    "an account without a phone is known by its orders": (
        [Record("a:1", 0, {}, [("phone", "P1", 3), ("phone", "P2", 1)]), record("b:1", phone="P1"),
         record("c:1", phone="P2")],
        "a:1 b:1 | c:1",
    ),
    "orders to two phones alike name neither": (
        [Record("a:1", 0, {}, [("phone", "P1", 2), ("phone", "P2", 2)]), record("b:1", phone="P1")],
        "a:1 | b:1",
    ),
    "a contact's unionid does not contradict the record's own": (
        [
            Record("a:1", 0, {"unionid": "U1", "phone": "P"}, [("unionid", "U2", 1)]),
            record("b:1", unionid="U1"),
            record("c:1", phone="P"),
            record("d:1", unionid="U2"),
        ],
        "a:1 b:1 c:1 | d:1",
    ),
    "a device brings an unknown to its one owner": (
        [
            Record("app:1", 0, {"phone": "P1"}, [("device_id", "D", 4)]),
            Record("app:anon", 0, {}, [("device_id", "D", 2)]),
            record("pos:1", phone="P1"),
        ],
        "app:1 app:anon pos:1",
    ),
    "a device never joins two who are known": (
        [
            Record("app:1", 0, {"phone": "P1"}, [("device_id", "D", 4)]),
            Record("app:2", 0, {"phone": "P2"}, [("device_id", "D", 4)]),
            Record("app:anon", 0, {}, [("device_id", "D", 2)]),
        ],
        "app:1 | app:2 | app:anon",
    ),
    "nothing to go by": ([record("a:1"), record("b:1", None)], "a:1 | b:1"),
}  # fmt: skip


@pytest.mark.parametrize("story", STORIES)
def test_stories(world: World, story: str) -> None:
    records, expected = STORIES[story]
    assert groups(world.resolve(records)) == split(expected)


def test_no_records_at_all(world: World) -> None:
    assert world.resolve([]) == {}
    assert world.report.members == 0


def test_the_order_of_rows_changes_neither_partition_nor_ids(world: World) -> None:
    """All stories in one world, each in a name space of its own."""
    everyone = [
        Record(
            f"{r.key.split(':', 1)[0]}{n}:{r.key.split(':', 1)[1]}",
            r.day,
            {kind: f"{token}/{n}" for kind, token in r.own.items()},
            [(kind, f"{token}/{n}", times) for kind, token, times in r.contacts],
        )
        for n, (records, _) in enumerate(STORIES.values())
        for r in records
    ]
    members = world.resolve(everyone)
    for seed in range(6):
        world.register.unlink()
        assert world.resolve(everyone, seed=seed) == members


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
    ingest_landing(home, Settings(), datetime(2026, 6, 30))
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


def test_decisions_link_and_separate(world: World) -> None:
    records = [
        record("a:1", unionid="U1", phone="P"),
        record("b:1", phone="P"),
        record("c:1", phone="P"),
        record("d:1", 3, unionid="U2"),
    ]
    alone = world.resolve(records)
    assert groups(alone) == split("a:1 b:1 c:1 | d:1")
    parted = world.resolve(records, [link("never_link", "a:1", "b:1")])
    assert groups(parted) == split("a:1 c:1 | b:1 | d:1")
    held = "select identifier_type, token, records, reason from identity.idn_held"
    assert world.rows(held) == [("phone", "P", 1, "never_link")]
    joined = world.resolve(records, [link("link", "b:1", "d:1")])
    assert groups(joined) == split("a:1 | c:1 | b:1 d:1")  # now the phone has two unionids
    rules = dict(world.rows("select record_key, link_rule from identity.idn_member_record"))
    assert rules["b:1"] == rules["d:1"] == "override"
    assert world.resolve(records) == alone


def test_a_decision_to_link_outranks_a_contradiction(world: World) -> None:
    """Two WeChat accounts of one person: joined by hand, and the phone both use links again."""
    records = [
        record("a:1", unionid="U1", phone="P"),
        record("b:1", unionid="U2", phone="P"),
        record("c:1", unionid="U2"),
        record("d:1", phone="P"),
    ]
    assert groups(world.resolve(records)) == split("a:1 | b:1 c:1 | d:1")
    members = world.resolve(records, [link("link", "a:1", "c:1")])
    assert groups(members) == split("a:1 b:1 c:1 d:1")


def test_never_link_takes_the_weakest_link_of_a_chain(world: World) -> None:
    """a and b share a unionid with c and d; only the phone joins the two: it goes."""
    records = [
        record("a:1", unionid="U1"),
        record("c:1", unionid="U1", phone="P"),
        record("d:1", card_no="K", phone="P"),
        record("b:1", card_no="K"),
    ]
    assert len(groups(world.resolve(records))) == 1
    members = world.resolve(records, [link("never_link", "a:1", "b:1")])
    assert groups(members) == split("a:1 c:1 | d:1 b:1")


def test_a_decision_about_a_record_nobody_delivered_is_counted(world: World) -> None:
    world.resolve([record("a:1")], [link("link", "a:1", "b:404")])
    assert world.report.measures["overrides"] == 1
    assert world.report.measures["overrides_unmatched"] == 1


def test_a_member_that_would_grow_too_large_is_not_joined(world: World) -> None:
    """Fifty accounts chained by e-mail and phone, none of the values shared by more than two."""
    chain = [record(f"a:{n}", email=f"E{n // 2}", phone=f"P{(n + 1) // 2}") for n in range(50)]
    members = world.resolve(chain)
    assert {len(part) for part in groups(members)} == {2}
    assert world.report.measures["held_size"] == 24


def test_rule_probability_and_time_of_each_record(world: World) -> None:
    world.resolve(
        [
            record("a:1", 2, unionid="U", phone="P"),
            record("b:1", 7, phone="P"),
            record("c:1", 9, unionid="U"),
            record("d:1", 4),
            record("e:1", None),
        ],
    )
    rows = world.rows(
        "select record_key, link_rule, link_probability, linked_at "
        "from identity.idn_member_record order by 1"
    )
    assert rows == [
        ("a:1", "unionid", 1.0, datetime(2026, 1, 3)),
        ("b:1", "phone", 1.0, datetime(2026, 1, 8)),
        ("c:1", "unionid", 1.0, datetime(2026, 1, 10)),
        ("d:1", "single", 1.0, datetime(2026, 1, 5)),
        ("e:1", "single", 1.0, None),
    ]


def test_every_identifier_has_its_outcome(world: World) -> None:
    world.resolve(
        [
            Record("a:1", 0, {"unionid": "U1", "phone": "P"}, [("phone", "GIFT", 1)]),
            record("b:1", unionid="U2", phone="P"),
            record("c:1", unionid="U2", email="ALONE"),
        ]
    )
    rows = world.rows(
        "select record_key, identifier_type, token, link_rule, is_used from identity.idn_link"
    )
    assert sorted(rows) == [
        ("a:1", "phone", "GIFT", "contact", False),
        ("a:1", "phone", "P", "contradiction", False),
        ("a:1", "unionid", "U1", "link", False),
        ("b:1", "phone", "P", "contradiction", False),
        ("b:1", "unionid", "U2", "link", True),
        ("c:1", "email", "ALONE", "link", False),
        ("c:1", "unionid", "U2", "link", True),
    ]


def test_the_report_reconciles_to_rows(world: World) -> None:
    records = [record(f"a:{n}", phone=f"P{n // 3}") for n in range(10)]
    records += [record(f"b:guest:{n}", email=f"E{n // 7}") for n in range(8)]
    world.resolve(records)
    found = world.report.measures
    stored = dict(world.rows("select measure, value from identity.idn_report"))
    assert found == stored
    expected = {
        "records": 18, "accounts": 10, "guests": 8, "members": 6, "records_per_member": 3,
        "largest_cluster": 7, "clusters_1": 2, "clusters_2": 0, "clusters_3_5": 3,
        "clusters_6_plus": 1, "links_phone": 9, "links_email": 7, "single_a": 1, "single_b": 1,
        "records_by_phone": 9, "records_by_email": 7, "records_by_single": 2, "new_ids": 6,
        "changed_ids": 0, "changed_records": 0, "overrides": 0, "overrides_unmatched": 0,
    }  # fmt: skip
    assert found == expected


BROKEN = {
    "no row that holds": "delete from rules.identity_rules",
    "has 2 rows for one day": "insert into rules.identity_rules "
    "select * from rules.identity_rules where identifier_type = 'phone'",
    "tiers start at 1": "update rules.identity_rules set tier = 0 where identifier_type = 'phone'",
    "links in a tier that attaches": "update rules.identity_rules set tier = 7 "
    "where identifier_type = 'phone'",
    "min_contact_share must exceed 0.5": "update rules.identity_rules "
    "set min_contact_share = 0.5 where identifier_type = 'unionid'",
    "has no row for: phone": "delete from rules.identity_rules where identifier_type = 'phone'",
}


@pytest.mark.parametrize("message", BROKEN)
def test_rules_that_cannot_be_followed_stop_the_run(world: World, message: str) -> None:
    world.resolve([record("a:1", phone="P")])
    with pytest.raises(PolicyError, match=message):
        world.resolve([record("a:1", phone="P")], rules=BROKEN[message])
    assert world.rows("select count(*) from identity.idn_member_record") == [(1,)]


def test_the_rules_of_the_day_hold(world: World) -> None:
    """Until the day before as_of phones linked; from as_of on they only attach."""
    change = f"""
        update rules.identity_rules set valid_to = date '{AS_OF}' - 1
            where identifier_type = 'phone';
        insert into rules.identity_rules
            select * replace ('attach' as use, 8 as tier, date '{AS_OF}' as valid_from,
                null as valid_to)
            from rules.identity_rules where identifier_type = 'phone';
    """
    records = [record("a:1", phone="P", email="E1"), record("b:1", phone="P", email="E2")]
    assert len(groups(world.resolve(records, rules=change))) == 2
    resolve_identity(world.database, world.register, KEYS, AS_OF.replace(day=29))
    rows = world.rows("select count(distinct member_id) from identity.idn_member_record")
    assert rows == [(1,)]
