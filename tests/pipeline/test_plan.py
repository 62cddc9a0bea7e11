"""Built aside, looked at, published and rolled back: the verb `plan` and the jobs it shares."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import dagster as dg
import pytest
from typer.testing import CliRunner

from dagster_project.build.instance import prepare_instance
from dagster_project.cli import app
from dagster_project.release import current
from dagster_project.settings import HOME_VARIABLE, Home
from tests.pipeline.support import deliver, rows

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("no_data_tests")]
NO_TABLES = {"release", "alert_delivery"}
ORDER = {
    "order_id": "K1", "customer_id": "c1", "ordered_at": "2026-10-01 12:00", "status": "paid",
    "net_paid_amount": "99.00",
}  # fmt: skip


@pytest.fixture(autouse=True)
def chosen(demo_copy: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(demo_copy.root))
    monkeypatch.setenv("DAGSTER_HOME", str(demo_copy.dagster))


def plan(home: Home, *words: str, typed: str = "") -> Any:
    return CliRunner().invoke(app, ["--home", str(home.root), "plan", *words], input=typed)


def run_job(home: Home, name: str, config: dict[str, Any] | None = None) -> bool:
    """One job as Dagster's UI starts it."""
    from dagster_project.definitions import defs

    prepare_instance(home)
    with dg.DagsterInstance.get() as instance:
        job = defs.resolve_job_def(name)
        return job.execute_in_process(
            instance=instance, raise_on_error=False, run_config=config or {}
        ).success


def test_every_table_of_the_run_shows_rows_and_columns(demo_copy: Home):
    from dagster_project.definitions import defs

    graph = defs.resolve_asset_graph()
    prepare_instance(demo_copy)
    lacking = []
    with dg.DagsterInstance.get() as instance:
        for key in graph.materializable_asset_keys:
            name, node = key.to_user_string(), graph.get(key)
            if name in NO_TABLES:
                continue
            event = instance.get_latest_materialization_event(key)
            assert event is not None, name
            told = event.asset_materialization.metadata
            columns = told.get("dagster/column_schema") or node.metadata["dagster/column_schema"]
            is_view = node.metadata.get("dagster-dbt/materialization_type") == "view"
            if not is_view and "dagster/row_count" not in told:
                lacking.append(f"{name}: rows")
            columns = getattr(columns, "value", columns).columns
            if not columns or any(column.type == "?" for column in columns):
                lacking.append(f"{name}: columns")
    assert lacking == []


def test_what_is_built_aside_is_shown_then_published_then_rolled_back(demo_copy: Home):
    before, day = current(demo_copy), "select count(*) from core.fct_order where channel = 'kiosk'"
    assert not run_job(demo_copy, "publish"), "nothing waits yet"
    deliver(demo_copy, "kiosk/orders", [ORDER])
    done = plan(demo_copy, typed="n\n")
    assert done.exit_code == 0, done.output
    for said in ("Members who would move", "Rows and keys", "Totals", "Publish it?", "waits"):
        assert said in done.output
    shown = [line.split() for line in done.output.splitlines()]
    count = rows(demo_copy, "select count(*) from core.fct_order")[0][0]
    line = ["core.fct_order", "rows", f"{count:,}", f"{count + 1:,}", "+1"]
    assert line in shown
    assert current(demo_copy) == before and rows(demo_copy, day) == [(0,)]

    assert run_job(demo_copy, "publish")
    assert rows(demo_copy, day) == [(1,)]
    told = rows(
        demo_copy,
        "select measure, difference from ops.release_diff "
        "where relation = 'core.fct_order' and measure in ('rows', 'keys_added')",
    )
    assert sorted(told) == [("keys_added", Decimal(1)), ("rows", Decimal(1))]
    assert not run_job(demo_copy, "publish"), "it is published"

    config = {"ops": {"switch_current": {"config": {"release_id": before.id}}}}
    assert run_job(demo_copy, "roll_back", config)
    assert current(demo_copy) == before and rows(demo_copy, day) == [(0,)]
