"""A dbt that was stopped midway: what is told is what stopped it."""

from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

import duckdb
import pytest

from dagster_project.build import connections, dbt
from dagster_project.build.plan import BuildPlan
from dagster_project.settings import Home, Settings

PLAN = BuildPlan(
    run_id="r", delivered_at=datetime(2026, 1, 1), as_of=date(2026, 1, 1),
    as_of_end=datetime(2026, 1, 1, 16), fingerprint="", mode="full", reason="",
    make_current=False, batches=(), open_batches=(), new_batches=(),
)  # fmt: skip


def _stop(monkeypatch: pytest.MonkeyPatch, invoke: Any) -> list[str]:
    """Stand in for dbt, for the rules it is given, and for a database that is still at work."""
    closed: list[str] = []

    def close() -> None:
        closed.append("tried")
        raise duckdb.InvalidInputException("connection is busy with another call")

    monkeypatch.setattr(dbt, "load_manifest", lambda: None)
    monkeypatch.setattr(dbt, "compiled_rules", lambda database, manifest: {})
    monkeypatch.setattr(connections, "close_connections", close)
    monkeypatch.setattr("dbt.cli.main.dbtRunner", lambda **_: SimpleNamespace(invoke=invoke))
    return closed


def _interrupted(_: list[str]) -> Any:
    raise KeyboardInterrupt


def _given_up(_: list[str]) -> Any:
    return SimpleNamespace(success=False, result=None, exception=ValueError("no room left"))


@pytest.mark.parametrize(
    ("invoke", "told", "words"),
    [(_interrupted, KeyboardInterrupt, ""), (_given_up, dbt.DbtError, "no room left")],
)
def test_what_stopped_it_is_told(home: Home, monkeypatch, invoke: Any, told: Any, words: str):
    closed = _stop(monkeypatch, invoke)
    with pytest.raises(told, match=words):
        dbt.build(home, Settings(), PLAN, dbt.Layer(("a",)))
    assert closed == ["tried"]
