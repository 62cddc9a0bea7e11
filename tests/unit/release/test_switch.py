"""Rolling back, pruning and leftovers."""

import json

import pytest

from dagster_project.release import (
    ReleaseError,
    clean_leftovers,
    current,
    find_release,
    list_releases,
    open_release,
    prune,
    release_diff,
    rollback,
)
from tests.unit.release.releases import release


@pytest.fixture
def three(home):
    """Three releases of 1, 2 and 3 orders; the last is current."""
    return [release(home, orders=n, run=n) for n in (1, 2, 3)]


def orders_seen(home):
    with open_release(home) as con:
        return con.execute("select count(*) from core.fct_order").fetchall()[0][0]


def test_ids_sort_by_time(home, three):
    assert [made.id for made in list_releases(home)] == sorted(made.id for made in three)


def test_rollback_moves_readers_and_is_logged(home, three):
    assert orders_seen(home) == 3
    rollback(home, three[0].id)
    assert orders_seen(home) == 1
    assert not home.current.readlink().is_absolute()
    log = (home.releases / "log.jsonl").read_text(encoding="utf-8").splitlines()
    last = json.loads(log[-1])
    assert (last["action"], last["release_id"]) == ("rollback", three[0].id)
    assert last["previous_release_id"] == three[2].id
    rollback(home, three[2].id)
    assert orders_seen(home) == 3


@pytest.mark.parametrize("name", ["20200101T000000Z-00000000", "..", ".", "log.jsonl", "", "../x"])
def test_rollback_refuses_the_unknown(home, three, name):
    with pytest.raises(ReleaseError, match="no finished release"):
        rollback(home, name)
    assert current(home).id == three[2].id


def test_rollback_refuses_the_unfinished(home, three):
    unfinished = home.releases / ".tmp-20270101T000000Z-abcdef00"
    three[0].path.rename(unfinished)
    with pytest.raises(ReleaseError, match="no finished release"):
        rollback(home, unfinished.name)
    unfinished.rename(home.releases / "20270101T000000Z-abcdef00")
    with pytest.raises(ReleaseError, match="no finished release"):
        rollback(home, "20270101T000000Z-abcdef00")


def test_rollback_refuses_the_damaged(home, three):
    table = three[0].path / "tables" / "core" / "fct_order.parquet"
    table.write_bytes(table.read_bytes()[:-1])
    with pytest.raises(ReleaseError, match="damaged: tables/core/fct_order.parquet"):
        rollback(home, three[0].id)
    assert current(home).id == three[2].id


def test_prune_takes_the_oldest_and_never_the_current(home, three):
    rollback(home, three[0].id)
    assert prune(home, keep=1) == [three[1].id, three[2].id]
    assert [made.id for made in list_releases(home)] == [three[0].id]
    assert orders_seen(home) == 1
    assert prune(home, keep=1) == []
    with pytest.raises(ReleaseError, match="at least one"):
        prune(home, keep=0)


def test_reader_keeps_a_pruned_release(home, three):
    with open_release(home, three[0].id) as con:
        prune(home, keep=1)
        assert con.execute("select order_key from core.fct_order").fetchall() == [("shop:0",)]
    with pytest.raises(ReleaseError, match="no finished release"):
        find_release(home, three[0].id)


def test_clean_leftovers(home, three):
    left = home.releases / ".tmp-20270101T000000Z-abcdef00"
    (left / "tables").mkdir(parents=True)
    (left / "tables" / "part").write_text("x", encoding="utf-8")
    assert clean_leftovers(home) == [left.name]
    assert not left.exists()
    assert len(list_releases(home)) == 3


def test_diff_of_any_two_releases_and_back(home, three):
    forward = {
        (row.relation, row.measure): row.difference
        for row in release_diff(home, three[0].id, three[2].id)
    }
    back = {
        (row.relation, row.measure): row.difference
        for row in release_diff(home, three[2].id, three[0].id)
    }
    assert forward[("core.fct_order", "rows")] == 2
    assert forward[("core.fct_order", "keys_added")] == 2
    assert back[("core.fct_order", "keys_removed")] == -2
    assert back[("core.fct_order", "rows")] == -2
    unchanged = release_diff(home, three[1].id, three[1].id)
    assert unchanged
    assert not any(row.difference for row in unchanged)
