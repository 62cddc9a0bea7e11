"""What the report shows, read from ``dashboards/report``: pages, charts, columns, words.

An analyst adds a chart by an entry in a page's file; nothing here knows a chart by name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from dagster_project.settings import REPORT_DIR

FORMATS = {"text", "count", "money", "rate", "decimal", "month", "day", "moment", "unit", "trend"}
NUMERIC = {"count", "money", "rate", "decimal", "unit", "trend"}
MARKS = {"line", "area", "bar", "hbar", "heat", "interval", "share", "dots", "table", "cards"}
WIDTHS = {"third", "half", "full"}
TRANSLATED = "_zh"


class CatalogueError(ValueError):
    """An entry of ``dashboards/report`` is wrong; the message names page, chart and remedy."""


@dataclass(frozen=True)
class Text:
    """A text in the report's two languages."""

    en: str
    zh: str


@dataclass(frozen=True)
class Column:
    """A column as readers see it: its heading, how it is written, which words translate it."""

    name: str
    label: Text
    format: str = "text"
    words: str | None = None


@dataclass(frozen=True)
class Chart:
    """One chart of a page.

    Attributes:
        tables: the relations its query reads, shown so that an analyst finds them.
        sql: a query on the release; its order of rows is the order shown.
        draw: the recipe's name under ``mark`` and the columns it puts on which channel.
        guard: columns that count members; rows where one is below the limit show no figure.
        veils: columns that count other members (of the month before): where one is below the
            limit only the columns it lists are hidden.
        no_guard: why no column counts members, where none does.
        filters: columns the page's filters choose by.
        needs: entities of the landing contract that fill its tables.
        nothing: what it means that there are no rows, where that is no gap.
    """

    id: str
    title: Text
    reading: Text
    tables: Sequence[str]
    sql: str
    draw: Mapping[str, Any]
    columns: Mapping[str, Column]
    guard: Sequence[str] = ()
    veils: Mapping[str, Sequence[str]] = field(default_factory=dict)
    no_guard: str | None = None
    filters: Sequence[str] = ()
    needs: Sequence[str] = ()
    nothing: Text | None = None
    width: str = "half"


@dataclass(frozen=True)
class Page:
    """A page of the report and its charts, in order."""

    id: str
    title: Text
    lead: Text
    charts: Sequence[Chart]


@dataclass(frozen=True)
class Catalogue:
    """Everything ``dashboards/report`` says."""

    pages: Sequence[Page]
    words: Mapping[str, Mapping[str, Text]]
    theme: Mapping[str, Any]

    @property
    def charts(self) -> list[Chart]:
        """All charts, page by page."""
        return [chart for page in self.pages for chart in page.charts]


def _text(entry: Mapping[str, Any], name: str, where: str) -> Text:
    try:
        return Text(" ".join(entry[name].split()), " ".join(entry[name + TRANSLATED].split()))
    except KeyError as error:
        raise CatalogueError(f"{where}: {error.args[0]} is missing: write it") from None


def _column(name: str, entry: Mapping[str, Any], where: str) -> Column:
    form = entry.get("format", "text")
    if form not in FORMATS:
        raise CatalogueError(f"{where}: format {form!r} of {name} is none of {sorted(FORMATS)}")
    return Column(name, _text(entry, "label", f"{where}, column {name}"), form, entry.get("words"))


def _chart(entry: Mapping[str, Any], shared: Mapping[str, Column], page: str) -> Chart:
    where = f"dashboards/report/pages/{page}.yml, chart {entry.get('id', '?')}"
    own = {name: _column(name, said, where) for name, said in (entry.get("columns") or {}).items()}
    chart = Chart(
        id=entry["id"],
        title=_text(entry, "title", where),
        reading=_text(entry, "reading", where),
        tables=tuple(entry["tables"]),
        sql=entry["sql"],
        draw=entry["draw"],
        columns={**shared, **own},
        guard=tuple(entry.get("guard") or ()),
        veils=entry.get("veils") or {},
        no_guard=entry.get("no_guard"),
        filters=tuple(entry.get("filters") or ()),
        needs=tuple(entry.get("needs") or ()),
        nothing=_text(entry, "nothing", where) if "nothing" in entry else None,
        width=entry.get("width", "half"),
    )
    if chart.draw.get("mark") not in MARKS or chart.width not in WIDTHS:
        raise CatalogueError(f"{where}: mark is one of {sorted(MARKS)}, width of {sorted(WIDTHS)}")
    if bool(chart.guard) == bool(chart.no_guard):
        raise CatalogueError(
            f"{where}: name in `guard` the columns that count members, or say in `no_guard` why "
            "no cell is a group of members"
        )
    return chart


def _page(path: Path, shared: Mapping[str, Column]) -> Page:
    entry = _read(path)
    where = f"dashboards/report/pages/{path.name}"
    charts = tuple(_chart(one, shared, path.stem) for one in entry["charts"])
    return Page(
        path.stem.partition("_")[2],
        _text(entry, "title", where),
        _text(entry, "lead", where),
        charts,
    )


def _read(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)


@cache
def load_catalogue(folder: Path = REPORT_DIR) -> Catalogue:
    """Read and check the catalogue.

    Raises:
        CatalogueError: an entry is wrong.
    """
    shared = {
        name: _column(name, said, "dashboards/report/columns.yml")
        for name, said in _read(folder / "columns.yml").items()
    }
    pages = tuple(_page(path, shared) for path in sorted((folder / "pages").glob("*.yml")))
    words = {
        group: {str(code): Text(*pair) for code, pair in entries.items()}
        for group, entries in _read(folder / "words.yml").items()
    }
    catalogue = Catalogue(pages, words, _read(folder / "theme.yml"))
    ids = [chart.id for chart in catalogue.charts]
    if twice := sorted({one for one in ids if ids.count(one) > 1}):
        raise CatalogueError(f"dashboards/report: chart ids used twice: {', '.join(twice)}")
    return catalogue
