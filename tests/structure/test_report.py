"""The report's queries fit the tables the models promise, and name the columns they show."""

from contextlib import closing

import duckdb
import pytest
import sqlglot

from dagster_project.release.build import OWN_COLUMNS
from dagster_project.release.report import load_catalogue
from dagster_project.release.report.catalogue import TRANSLATED
from dagster_project.release.report.content import read_facts, read_panel

CHANNELS = {"x", "y", "color", "tone", "low", "high", "before", "line", "target", "size"}
CHARTS = load_catalogue().charts


@pytest.fixture(scope="module")
def promised(manifest):
    """An empty release: every published table with the columns of its contract."""
    tables = {
        f"{node.schema}.{node.name}": {c.name: c.data_type for c in node.columns.values()}
        for node in manifest.nodes.values()
        if node.resource_type == "model" and node.schema in {"core", "marts", "ops"}
    }
    for relation, columns in OWN_COLUMNS.items():
        tables[relation] = {name: kind for name, (kind, *_) in columns.items()}
    with closing(duckdb.connect()) as con:
        for schema in ("core", "marts", "ops"):
            con.execute(f"create schema {schema}")
        for relation, columns in tables.items():
            typed = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
            con.execute(f"create table {relation} ({typed})")
        yield con


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart.id)
def test_a_chart_fits_the_tables_it_names(chart, promised):
    panel = read_panel(promised, chart, read_facts(promised), load_catalogue().words)
    assert panel.state in {"empty", "missing"} or panel.rows, panel.why
    assert panel.state != "broken", panel.why
    if panel.state == "missing":
        pytest.skip(f"no model yet: {panel.why}")
    names = [column[0] for column in promised.execute(chart.sql).description]
    shown = [n for n in names if not n.startswith("_") and n.removesuffix(TRANSLATED) == n]
    assert [n for n in shown if n not in chart.columns] == [], "describe them under `columns`"
    drawn = {v for k, v in chart.draw.items() if k in {"x", "y", "color", "low", "high", "before"}}
    wanted = {*drawn, *chart.guard, *chart.filters, *chart.veils, *(chart.draw.get("tone"),)} - {
        None
    }
    assert wanted <= {*names}


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart.id)
def test_a_chart_names_every_table_it_reads(chart):
    """What a query reads stands under the chart, so that an analyst finds it."""
    tables = sqlglot.parse_one(chart.sql, dialect="duckdb").find_all(sqlglot.exp.Table)
    assert {f"{table.db}.{table.name}" for table in tables if table.db} == {*chart.tables}
