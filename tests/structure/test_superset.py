"""Superset's files: what is generated is up to date, and all of it fits the tables of a release."""

import re
from typing import Any

import pytest
import yaml

from dashboards.superset.generate import ASSETS, files
from tests.structure.repository import ROOT

FOLDER = ROOT / "dashboards" / "superset"
CHINESE, ENGLISH = re.compile("[\u4e00-\u9fff]"), re.compile("[A-Za-z]")
PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:==\S+)?$")


def loaded(folder: str) -> dict[str, Any]:
    """Every asset of a folder, by its file."""
    found = {
        path.stem: yaml.safe_load(path.read_text("utf-8"))
        for path in sorted((ASSETS / folder).rglob("*.yaml"))
    }
    assert found, folder
    return found


DATASETS, CHARTS, DASHBOARDS = loaded("datasets"), loaded("charts"), loaded("dashboards")
BY_ID = {dataset["uuid"]: dataset for dataset in DATASETS.values()}


def test_what_is_generated_is_up_to_date(manifest):
    expected = files(manifest)
    present = {
        path.relative_to(ASSETS).as_posix(): path.read_text("utf-8")
        for folder in ("datasets", "dashboards")
        for path in (ASSETS / folder).rglob("*.yaml")
    }
    stale = {name for name in expected | present if expected.get(name) != present.get(name)}
    assert stale == set(), "run .venv/bin/python -m dashboards.superset.generate"


def _source(dataset: dict[str, Any], *, computed: bool = False) -> str:
    """What a dataset stands for in SQL; metrics and filters do not see its computed columns."""
    asked = dataset["sql"] and f"({dataset['sql']})"
    source = asked or f"{dataset['schema']}.{dataset['table_name']}"
    own = [
        f'{column["expression"]} as "{column["column_name"]}"'
        for column in dataset["columns"]
        if computed and column["expression"]
    ]
    return f"(select {', '.join(['t.*', *own])} from {source} as t) as t"


@pytest.mark.parametrize("name", DATASETS)
def test_a_dataset_fits_the_release(name, promised):
    dataset = DATASETS[name]
    names = ", ".join(f'"{column["column_name"]}"' for column in dataset["columns"])
    kinds = promised.execute(f"select {names} from {_source(dataset, computed=True)}").description
    for column, (_, kind, *_) in zip(dataset["columns"], kinds, strict=True):
        # Superset asks which columns are times, numbers or texts.
        assert str(kind) == column["type"], column["column_name"]
    for metric in dataset["metrics"]:
        promised.execute(f"select {metric['expression']} from {_source(dataset)}").fetchall()


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_asks_for_what_its_dataset_has(name, promised):
    chart, params = CHARTS[name], CHARTS[name]["params"]
    dataset = BY_ID[chart["dataset_uuid"]]
    columns = {column["column_name"] for column in dataset["columns"]}
    metrics = {metric["metric_name"] for metric in dataset["metrics"]}
    groups = params.get("groupby", [])
    asked = {
        *([groups] if isinstance(groups, str) else groups),
        *params.get("all_columns", []),
        *([params["x_axis"]] if "x_axis" in params else []),
    }
    assert asked <= columns
    assert {*params.get("metrics", []), params.get("metric")} - {None} <= metrics
    assert chart["viz_type"] == params["viz_type"]
    for condition in params["adhoc_filters"]:
        rows = f"select 1 from {_source(dataset)} where {condition['sqlExpression']}"
        promised.execute(rows).fetchall()


def test_dashboards_show_every_chart_once_in_twelve_columns():
    shown = []
    for dashboard in DASHBOARDS.values():
        nodes = dashboard["position"]
        for node in nodes.values():
            if isinstance(node, dict) and node["type"] == "ROW":
                cells = [nodes[child]["meta"] for child in node["children"]]
                assert sum(cell["width"] for cell in cells) <= 12
                shown += [cell["uuid"] for cell in cells]
    assert sorted(shown) == sorted(chart["uuid"] for chart in CHARTS.values())


def test_all_that_is_shown_is_in_both_languages():
    texts = [chart[key] for chart in CHARTS.values() for key in ("slice_name", "description")]
    texts += [dashboard["dashboard_title"] for dashboard in DASHBOARDS.values()]
    for dataset in DATASETS.values():
        texts += [one["verbose_name"] for one in dataset["columns"] + dataset["metrics"]]
    assert [text for text in texts if not (CHINESE.search(text) and ENGLISH.search(text))] == []


def test_the_database_is_no_path_of_a_machine():
    database = loaded("databases")["member_warehouse"]
    settings = (FOLDER / "superset_config.py").read_text("utf-8")
    address = re.search(r'^RELEASE_ADDRESS = "(.+)"$', settings, re.M).group(1)
    assert database["sqlalchemy_uri"] == f"duckdb:///{address}"
    assert not address.startswith("/")
    assert {database[f"allow_{what}"] for what in ("ctas", "cvas", "dml", "csv_upload")} == {False}


def test_versions_of_all_that_is_wanted_are_fixed():
    names = {}
    for file in ("requirements.txt", "constraints.txt"):
        lines = (FOLDER / file).read_text("utf-8").splitlines()
        found = [PINNED.match(line) for line in lines if line and not line.startswith("#")]
        assert all(found), file
        names[file] = {match.group(1).lower().replace("_", "-") for match in found}
    assert names["requirements.txt"] <= names["constraints.txt"]
