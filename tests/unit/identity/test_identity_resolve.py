"""Members from evidence: stories, each told in records, resolved in a real database."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.unit.identity.world import Record, World, groups, record, split

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
            Record("a:1", 0, {"phone": "P1"}, [("phone", "P2", 9)]),
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
        "bridged_members": 0, "weakest_phone": 3, "weakest_email": 1, "merged_ids": 0,
        "split_ids": 0, "moved_ids": 0,
    }  # fmt: skip
    assert found == expected
