"""The page: template, style, script, figures and the drawing library in one file.

The drawing library comes out of the vl-convert wheel; the page asks for nothing from anywhere, and
says so to the browser (Content-Security-Policy).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from dagster_project.release.report.catalogue import Catalogue, Page, load_catalogue
from dagster_project.release.report.content import (
    FULL,
    Facts,
    Panel,
    read_facts,
    read_panels,
)
from dagster_project.release.report.words import alternative, why_nothing
from dagster_project.settings import REPORT_DIR

REPORT = "report.html"
LIBRARY = "window.mwEmbed=vegaEmbed;"


@cache
def _library() -> str:
    """Vega, Vega-Lite and Vega-Embed as one script, from the wheel."""
    import vl_convert

    return vl_convert.javascript_bundle(LIBRARY).replace("</script", "<\\/script")


def _script_json(value: Any) -> str:
    """JSON that may stand inside a script element."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _pair(text: Any) -> list[str]:
    return [text.en, text.zh]


def _panel_data(panel: Panel) -> dict[str, Any]:
    """What the page's script gets of a chart."""
    from dagster_project.release.report.draw import draw

    return {
        "mark": panel.chart.draw["mark"],
        "spec": draw(panel),
        "columns": [[c.name, c.format, *_pair(c.label)] for c in panel.columns],
        "names": list(panel.names),
        "rows": [list(row) for row in panel.rows],
        "hidden": list(panel.hidden),
        "guard": list(panel.chart.guard),
        "filters": list(panel.chart.filters),
        "alt": _pair(alternative(panel)),
        "heat": panel.chart.draw.get("color") if panel.chart.draw["mark"] == "heat" else None,
        "x": panel.chart.draw.get("x"),
        "y": panel.chart.draw.get("y"),
        "middle": panel.chart.draw.get("middle"),
    }


def _filters(page: Page, panels: Sequence[Panel]) -> list[dict[str, Any]]:
    """The choices of a page: for every filter column the values its charts hold, ``all`` first."""
    found: dict[str, dict[str, str]] = {}
    for panel in panels:
        for name in panel.chart.filters if panel.state == FULL else ():
            zh = f"{name}_zh" if f"{name}_zh" in panel.names else name
            at, at_zh = panel.names.index(name), panel.names.index(zh)
            values = found.setdefault(name, {})
            for row in panel.rows:
                values.setdefault(str(row[at]), str(row[at_zh]))
    labels = {name: chart.columns[name].label for chart in page.charts for name in chart.filters}
    labels["month"] = load_catalogue().words["ui"]["period"]
    return [
        {
            "name": name,
            "label": labels[name],
            "is_time": name == "month",
            "options": sorted(values.items(), key=lambda pair: (pair[0] != "All", pair[0])),
        }
        for name, values in found.items()
    ]


def _environment() -> Any:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(REPORT_DIR),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def build_report(con: duckdb.DuckDBPyConnection, catalogue: Catalogue | None = None) -> str:
    """The report of the release a connection has open, as HTML."""
    catalogue = catalogue or load_catalogue()
    facts = read_facts(con)
    panels = {panel.chart.id: panel for panel in read_panels(con, catalogue, facts)}
    return _render(catalogue, facts, panels)


def _render(catalogue: Catalogue, facts: Facts, panels: dict[str, Panel]) -> str:
    data = {
        "theme": catalogue.theme,
        "limit": facts.limit,
        "charts": {name: _panel_data(p) for name, p in panels.items() if p.state == FULL},
    }
    pages = [
        (page, _filters(page, [panels[chart.id] for chart in page.charts]))
        for page in catalogue.pages
    ]
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            pages=pages,
            panels=panels,
            facts=facts,
            theme=catalogue.theme,
            ui=catalogue.words["ui"],
            reasons={
                name: why_nothing(panel, catalogue.words, facts.delivered)
                for name, panel in panels.items()
                if panel.state != FULL
            },
            style=(REPORT_DIR / "report.css").read_text(encoding="utf-8"),
            script=(REPORT_DIR / "report.js").read_text(encoding="utf-8"),
            library=_library(),
            data=_script_json(data),
        )
    )


def write_report(database: Path, target: Path) -> Path:
    """Write the report of a release's database to ``target``.

    The database is opened read-only; no other file is read by any query.
    """
    config = {"enable_external_access": "false", "lock_configuration": "true"}
    with closing(duckdb.connect(str(database), read_only=True, config=config)) as con:
        text = build_report(con)
    target.write_text(text, encoding="utf-8")
    return target
