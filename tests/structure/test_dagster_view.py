"""What Dagster shows before anything ran: every asset described, owned, typed and placed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import dagster as dg
import pytest

CHINESE, ENGLISH = re.compile("[\u4e00-\u9fff]"), re.compile("[A-Za-z]{3}")
# No tables: a folder, and telling people.
NO_TABLES = {"release", "alert_delivery"}
# Views whose columns are listed where the contract's are: their build shows them.
SHOWN_WHEN_BUILT = {"staging"}
LAYERS = {
    "raw", "scenarios", "rules", "staging", "conformed", "identity", "core", "scores", "ops",
    "release", "activation", "marts_value", "marts_lifecycle", "marts_programme", "marts_voice",
    "marts_mining", "marts_marketing", "marts_profile", "marts_activation", "marts_monitor",
}  # fmt: skip
JOBS = {"refresh", "rebuild_from_raw", "build_aside", "publish", "roll_back"}


@pytest.fixture(scope="module")
def nodes() -> dict[str, Any]:
    """Every asset by its name."""
    from dagster_project.definitions import defs

    graph = defs.resolve_asset_graph()
    return {key.to_user_string(): graph.get(key) for key in graph.get_all_asset_keys()}


def _lacking(name: str, node: Any) -> Iterator[str]:
    said = node.description or ""
    if not (CHINESE.search(said) and ENGLISH.search(said)):
        yield "a description in both languages"
    if not node.owners:
        yield "an owner"
    if not node.kinds:
        yield "a kind"
    if node.group_name not in LAYERS:
        yield f"a layer as its group, not {node.group_name}"
    if not node.parent_keys and node.group_name not in {"raw", "rules", "scenarios"}:
        yield "what it is made of"
    if name.startswith("marts/") and node.freshness_policy is None:
        yield "a freshness policy"
    if name not in NO_TABLES and node.group_name not in SHOWN_WHEN_BUILT:
        schema = node.metadata.get("dagster/column_schema")
        if not (schema and schema.columns):
            yield "columns"
        elif name.split("/", maxsplit=1)[0] in {"core", "marts", "ops"}:
            yield from (f"type and text of {c.name}" for c in schema.columns
                        if not (c.type != "?" and CHINESE.search(c.description or "")))  # fmt: skip


def test_every_asset_is_described(nodes: dict[str, Any]):
    lacking = {name: found for name, node in nodes.items() if (found := [*_lacking(name, node)])}
    assert lacking == {}


def test_marts_and_facts_come_from_where_dbt_says(nodes: dict[str, Any], manifest: Any):
    """The lineage Dagster draws is the one dbt builds by."""
    names = {
        unique_id: f"{node.schema}/{node.name}"
        for unique_id, node in {**manifest.nodes, **manifest.sources}.items()
        if node.resource_type in {"model", "seed", "source"}
    }
    for node in manifest.nodes.values():
        if node.resource_type == "model":
            drawn = {
                key.to_user_string() for key in nodes[f"{node.schema}/{node.name}"].parent_keys
            }
            assert drawn == {names[one] for one in node.depends_on.nodes}, node.name


def test_jobs_are_named_for_what_is_done(nodes: dict[str, Any]):
    from dagster_project.definitions import defs

    for name in JOBS:
        said = defs.resolve_job_def(name).description or ""
        assert CHINESE.search(said) and ENGLISH.search(said), name
    sensor = defs.resolve_sensor_def("new_files")
    assert sensor.default_status is dg.DefaultSensorStatus.RUNNING
    assert CHINESE.search(sensor.description or "")


def test_every_check_says_what_it_wants():
    """Expectations of the gates and data tests of dbt; a rule's two levels are one check."""
    from dagster_project.definitions import defs
    from dagster_project.quality import check_specs

    graph = defs.resolve_asset_graph()
    known = {
        (key.asset_key.to_user_string(), key.name): graph.get_check_spec(key).description
        for key in graph.asset_check_keys
    }
    assert [key for key, said in known.items() if not said] == []
    for gate in ("arrival", "members", "marts"):
        for check in check_specs(gate):
            table = check.relation.replace(".", "/")
            assert {(table, check.name), (table, check.name.removesuffix("_warn"))} & known.keys()


def test_the_instance_is_silent_and_runs_one_at_a_time(tmp_path, monkeypatch):
    import yaml

    from dagster_project.build.instance import prepare_instance
    from dagster_project.settings import HOME_VARIABLE, Home

    monkeypatch.setenv("DAGSTER_HOME", "")
    monkeypatch.setenv(HOME_VARIABLE, "")
    home = Home(tmp_path)
    prepare_instance(home)
    said = yaml.safe_load((home.dagster / "dagster.yaml").read_text())
    assert said["telemetry"] == {"enabled": False} and said["nux"] == {"enabled": False}
    with dg.DagsterInstance.get() as instance:
        assert not instance.telemetry_enabled and not instance.nux_enabled
        assert instance.get_concurrency_config().run_queue_config.max_concurrent_runs == 1
