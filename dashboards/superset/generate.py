"""Writes Superset's datasets and dashboards: ``python -m dashboards.superset.generate``.

A dataset's columns, types, labels and texts are those of dbt's YAML, a KPI's metric is a row of the
catalogue, a dashboard's layout is a list of rows; nothing is written twice by hand. A test fails
while what is committed is not what this module gives.
"""

from __future__ import annotations

import csv
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from dagster_project.build.dbt import load_manifest
from dagster_project.release.build import OWN_COLUMNS
from dagster_project.settings import RULES_DIR
from dashboards.superset.layout import dashboard

HERE = Path(__file__).resolve().parent
ASSETS = HERE / "assets"
DATABASE = yaml.safe_load((ASSETS / "databases" / "member_warehouse.yaml").read_text("utf-8"))
NAMESPACE = uuid.UUID(DATABASE["uuid"])
NOTE = "# Written by python -m dashboards.superset.generate; do not edit.\n"
ACRONYMS = {"aov", "clv", "id", "kpi", "nps", "rfm", "roi"}
FORMATS = {"rate": ".1%", "currency": ",.0f", "score": ".1f"}
TIMES = ("DATE", "TIMESTAMP")
Row = dict[str, Any]


def identifier(name: str) -> str:
    """The lasting id of an asset: ``datasets/orders`` has the same one on every machine."""
    return str(uuid.uuid5(NAMESPACE, name))


def _english(column: str) -> str:
    words = [word.upper() if word in ACRONYMS else word for word in column.split("_")]
    return " ".join([words[0][:1].upper() + words[0][1:], *words[1:]])


def _texts(manifest: Any) -> dict[str, dict[str, tuple[str, str, str]]]:
    """For each table its columns' type, Chinese label and English text."""
    found = {relation.partition(".")[2]: dict(columns) for relation, columns in OWN_COLUMNS.items()}
    for node in manifest.nodes.values():
        if node.resource_type == "model":
            found[node.name] = {
                column.name: (
                    column.data_type or "",
                    (column.config.meta or {}).get("label_zh", ""),
                    " ".join(column.description.split()),
                )
                for column in node.columns.values()
            }
    return found


def _column(name: str, kind: str, label: str, text: str | None, sql: str | None = None) -> Row:
    return {
        "column_name": name,
        "verbose_name": label,
        "description": text,
        "expression": sql,
        "type": kind.upper(),
        "is_dttm": kind.upper().startswith(TIMES),
        "is_active": True,
        "groupby": True,
        "filterable": True,
    }


def _columns(spec: Mapping[str, Any], texts: Mapping[str, Any]) -> list[Row]:
    """The columns of a dataset: those of its tables, then its own."""
    found = []
    for table, chosen in (spec.get("of") or {spec["table"].partition(".")[2]: "all"}).items():
        known = texts[table]
        for name in known if chosen == "all" else chosen:
            kind, label_zh, text = known[name]
            found.append(_column(name, kind, f"{_english(name)} {label_zh}", text))
    for name, (sql, kind, english, label_zh) in spec.get("columns", {}).items():
        found.append(_column(name, kind, f"{english} {label_zh}", None, sql or None))
    return found


def _metric(name: str, sql: str, label: str, form: str, text: str | None = None) -> Row:
    return {
        "metric_name": name,
        "verbose_name": label,
        "expression": sql,
        "d3format": form,
        "description": text,
    }


def _kpis(spec: Mapping[str, Any]) -> Iterator[Row]:
    """A metric for each KPI of the catalogue: its newest value in what is looked at."""
    with (RULES_DIR / "kpi_catalogue.csv").open(encoding="utf-8", newline="") as stream:
        for kpi in csv.DictReader(stream):
            condition = f"kpi = '{kpi['kpi']}' and slice_type = 'all' and {spec['kpis']}"
            yield _metric(
                kpi["kpi"],
                f"arg_max(value, {spec['time']}) filter (where {condition})",
                f"{kpi['kpi_name']} {kpi['kpi_name_zh']}",
                FORMATS.get(kpi["unit"], ",.0f"),
                kpi["formula"],
            )


def dataset(name: str, spec: Mapping[str, Any], texts: Mapping[str, Any]) -> Row:
    """A dataset as Superset imports it."""
    schema, _, table = spec["table"].partition(".")
    metrics = [
        _metric(metric, sql, f"{english} {label_zh}", form)
        for metric, (sql, english, label_zh, form) in spec["metrics"].items()
    ]
    return {
        "table_name": name if "sql" in spec else table,
        "schema": schema,
        "sql": spec.get("sql"),
        "source_db_engine": "duckdb",
        "main_dttm_col": spec.get("time"),
        "description": f"{spec['table']} of the current release. 当前发布的 {spec['table']}。",
        "uuid": identifier(f"datasets/{name}"),
        "database_uuid": DATABASE["uuid"],
        "columns": _columns(spec, texts),
        "metrics": [*metrics, *(_kpis(spec) if "kpis" in spec else [])],
        "version": "1.0.0",
    }


def files(manifest: Any) -> dict[str, str]:
    """Every generated file below ``assets/`` and its text."""
    texts = _texts(manifest)
    datasets = yaml.safe_load((HERE / "datasets.yml").read_text("utf-8"))
    boards = yaml.safe_load((HERE / "dashboards.yml").read_text("utf-8"))
    made = {
        f"datasets/member_warehouse/{name}.yaml": dataset(name, spec, texts)
        for name, spec in datasets.items()
    }
    charts = {
        path.stem: yaml.safe_load(path.read_text("utf-8"))
        for path in (ASSETS / "charts").glob("*.yaml")
    }
    for name, spec in boards.items():
        made[f"dashboards/{name}.yaml"] = dashboard(name, spec, charts, identifier)
    return {
        name: NOTE + yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=100)
        for name, content in made.items()
    }


if __name__ == "__main__":
    for file_name, file_text in files(load_manifest()).items():
        (ASSETS / file_name).write_text(file_text, encoding="utf-8")
