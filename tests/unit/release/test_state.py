"""The built database becomes the state, whole or not at all."""

import duckdb
import pytest

from dagster_project.release import ReleaseError, promote_state
from tests.unit.release.releases import build


def orders(path):
    with duckdb.connect(str(path), read_only=True) as con:
        return con.execute("select count(*) from core.fct_order").fetchall()[0][0]


def test_promote_replaces_the_state(home):
    for count in (3, 5):
        build(home, count)
        promote_state(home)
        assert not home.next_database.exists()
        assert orders(home.state_database) == count


def test_log_beside_the_old_state_is_not_replayed(home):
    build(home, 3)
    promote_state(home)
    log = home.state_database.with_name("state.duckdb.wal")
    log.write_bytes(b"rows of another file")
    build(home, 4)
    promote_state(home)
    assert not log.exists()
    assert orders(home.state_database) == 4


def test_rows_in_the_write_ahead_log_come_along(home):
    path = build(home, 3)
    con = duckdb.connect(str(path))
    con.execute("pragma disable_checkpoint_on_shutdown")
    con.execute("insert into core.fct_order values ('late', 1, null, 0)")
    con.close()
    assert path.with_name("next.duckdb.wal").exists()
    promote_state(home)
    assert orders(home.state_database) == 4


def test_refuses_while_a_log_is_left(home, monkeypatch):
    build(home, 3)
    promote_state(home)
    path = build(home, 4)
    original = duckdb.connect

    def leave_a_log(*args, **kwargs):
        path.with_name("next.duckdb.wal").touch()
        return original(":memory:")

    monkeypatch.setattr("dagster_project.release.state.duckdb.connect", leave_a_log)
    with pytest.raises(ReleaseError, match="still open"):
        promote_state(home)
    monkeypatch.undo()
    assert orders(home.state_database) == 3
