"""The report's queries fit the tables the models promise, and name the columns they show."""

import pytest
import sqlglot

from dagster_project.release.report import load_catalogue
from dagster_project.release.report.catalogue import TRANSLATED
from dagster_project.release.report.content import read_facts, read_panel

CHANNELS = {"x", "y", "color", "tone", "low", "high", "before", "line", "target", "size"}
CHARTS = load_catalogue().charts


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
