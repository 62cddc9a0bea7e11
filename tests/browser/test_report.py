"""The report of a published release in a real browser.

It asks nobody, its console is silent, every chart has marks, its figures are those of SQL, it is
worked by keyboard, axe-core finds no barrier, and nothing of it is wider than a phone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import pytest

from dagster_project.release import current, open_release
from dagster_project.release.report import Panel, load_catalogue, read_panels, write_report
from dagster_project.release.report.content import read_facts
from dagster_project.settings import Home
from tests.browser.axe import barriers
from tests.browser.chromium import Tab, chromium, open_tab

pytestmark = pytest.mark.slow
PAGES = [page.id for page in load_catalogue().pages]
# What a page of the report shows: marks of every drawn chart, rows of every table, every card.
MARKS = """[...document.querySelectorAll('.page:not([hidden]) .card[data-state=full]')].map(card =>
    [card.id, card.querySelectorAll('svg .mark-group ~ *, svg [class*="mark-"] path, '
        + 'svg [class*="mark-"] text, svg [class*="mark-"] line, tbody tr, ul.cards li').length])"""
TABLES = """[...document.querySelectorAll('.page:not([hidden]) details')].map(one => {
    one.open = true; one.ontoggle();
    return [one.dataset.table, [...one.querySelectorAll('tbody tr')].map(row =>
        [...row.cells].map(cell => cell.textContent))]; })"""


@pytest.fixture(scope="module")
def home(demo: Home) -> Home:
    """A small demo brand, published."""
    chromium()
    return demo


@pytest.fixture(scope="module")
def panels(home: Home) -> dict[str, Panel]:
    """What the release answers to the charts' queries."""
    with closing(open_release(home)) as con:
        found = read_panels(con, load_catalogue(), read_facts(con))
        return {panel.chart.id: panel for panel in found}


@pytest.fixture(scope="module")
def address(home: Home) -> str:
    found = current(home)
    assert found is not None
    return Path(found.path / "report.html").as_uri()


@pytest.fixture(scope="module")
def tab(address: str) -> Iterator[Tab]:
    with open_tab() as tab:
        tab.size(1440, 900)
        tab.call("Page.navigate", url=address)
        tab.wait("document.body && document.body.dataset.ready")
        yield tab


def show(tab: Tab, page: str, lang: str = "en", theme: str = "light") -> None:
    """Open a page of the report and wait until all of it is drawn."""
    tab.evaluate(f"void (location.hash = '{page}?lang={lang}&theme={theme}')")
    ready = f"document.body.dataset.ready === '{page}'"
    tab.wait(f"{ready} && document.documentElement.lang === '{lang}' "
             f"&& document.documentElement.dataset.theme === '{theme}'")  # fmt: skip


def test_every_chart_fits_its_tables(panels: dict[str, Panel]):
    assert {name: panel.why for name, panel in panels.items() if panel.state == "broken"} == {}
    assert sum(panel.state == "full" for panel in panels.values()) > len(panels) / 2


@pytest.mark.parametrize("page", PAGES)
def test_every_chart_is_drawn_in_both_languages_and_themes(page: str, tab: Tab):
    for lang, theme in (("en", "light"), ("zh", "dark")):
        show(tab, page, lang, theme)
        marks = dict(tab.evaluate(MARKS))
        assert marks and [name for name, count in marks.items() if not count] == []
        assert barriers(tab) == []
    assert tab.complaints == []


def _figure(text: str) -> float | None:
    plain = re.sub("[¥,% ]", "", text).replace("−", "-")
    return float(plain) / (100 if "%" in text else 1) if plain not in ("–", "") else None


@pytest.mark.parametrize("page", PAGES)
def test_figures_are_those_of_sql(page: str, tab: Tab, home: Home, panels: dict[str, Panel]):
    """The first column of figures of every chart, as the table beneath it shows it."""
    show(tab, page)
    for name, shown in tab.evaluate(TABLES):
        chart, columns = panels[name].chart, panels[name].columns
        at = next(i for i, c in enumerate(columns) if c.format in ("count", "money", "rate"))
        column = columns[at]
        with closing(open_release(home)) as con:
            cursor = con.execute(chart.sql)
            names = [d[0] for d in cursor.description or []]
            rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        chosen = dict(tab.evaluate(
            "[...document.querySelectorAll('.page:not([hidden]) [data-filter]')]"
            ".map(one => [one.dataset.filter, one.value])"))  # fmt: skip
        for by in ("channel", "segment", "contact_channel"):
            if by in chart.filters and chosen[by] == "All":
                rows = [row for row in rows if row[by] == "all"]
        veiling = [g for g, hidden in chart.veils.items() if column.name in hidden]
        small = [any(0 < (r[g] or 0) < 5 for g in (*chart.guard, *veiling)) for r in rows]
        assert len(shown) == len(rows), name
        for cells, row, is_small in zip(shown, rows, small, strict=True):
            if is_small:
                assert cells[at] in ("–", "<5"), name
            elif row[column.name] is not None:
                # Tables write two decimals (rates one of a percent, large money none).
                expected = float(row[column.name])
                near = max(0.51 if column.format == "money" else 0.0051, 0.00051)
                assert _figure(cells[at]) == pytest.approx(expected, abs=near), name


def test_nothing_is_asked_of_anybody(tab: Tab, address: str):
    asked = {request.split("#")[0] for request in tab.requests}
    assert {one for one in asked if not one.startswith("data:")} == {address}


@pytest.mark.parametrize("page", PAGES)
def test_a_phone_shows_all_of_it(page: str, tab: Tab):
    tab.size(390, 844)
    try:
        for lang, theme in (("zh", "light"), ("en", "dark")):
            show(tab, page, lang, theme)
            assert tab.evaluate("document.documentElement.scrollWidth") <= 390
            assert barriers(tab) == []
    finally:
        tab.size(1440, 900)


def test_charts_have_a_text_alternative(tab: Tab):
    show(tab, "value", "zh")
    said = tab.evaluate("[...document.querySelectorAll('.page:not([hidden]) [role=img]')]"
                        ".map(one => one.getAttribute('aria-label'))")  # fmt: skip
    assert said and all(len(text) > 10 and re.search("[\u4e00-\u9fff]", text) for text in said)
    exposed = tab.evaluate("document.querySelectorAll('svg:not([aria-hidden=true])').length")
    assert exposed == 0


def test_the_keyboard_reaches_pages_and_switches(tab: Tab):
    show(tab, "overview")
    tab.evaluate("document.activeElement.blur(), window.getSelection().removeAllRanges()")
    reached: list[Any] = []
    for _ in range(8):
        tab.key("Tab")
        reached.append(tab.evaluate("document.activeElement.id || document.activeElement.hash"))
    assert {"language", "theme", "#overview", "#members"} <= {*reached}
    tab.evaluate("document.querySelector('[href=\"#members\"]').focus()")
    tab.key("Enter")
    tab.wait("document.body.dataset.ready === 'members'")
    tab.evaluate("document.getElementById('language').focus()")
    tab.key("Enter")
    tab.wait("document.documentElement.lang === 'zh'")


def test_a_filter_leaves_what_was_chosen(tab: Tab):
    show(tab, "cohorts")
    values = tab.evaluate(
        "(() => { const select = document.querySelector('#page-cohorts [data-filter=channel]');"
        "select.value = 'Web shop'; select.onchange();"
        "return [...select.options].map(one => one.value)})()"
    )
    assert values[0] == "All"
    tab.wait("document.body.dataset.ready === 'cohorts'")
    shown = dict(tab.evaluate(TABLES))
    assert {row[0] for row in shown["cohort_sizes"]} == {"Web shop"}


# What a brand that delivers customers and orders alone surely has.
FILLED = {"core.dim_member", "core.fct_order", "ops.release", "ops.report_rule"}


@pytest.fixture(scope="module")
def poor_tab(home: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    """The report of a release whose other tables are there and empty."""
    folder = tmp_path_factory.mktemp("poor")
    found = current(home)
    assert found is not None
    with duckdb.connect(str(folder / "poor.duckdb")) as con:
        con.execute(f"attach '{found.database}' as rich (read_only)")
        for relation in found.facts["tables"]:
            con.execute(f"create schema if not exists {relation.partition('.')[0]}")
            kept = "true" if relation in FILLED else "false"
            con.execute(f"create table {relation} as select * from rich.{relation} where {kept}")
    write_report(folder / "poor.duckdb", folder / "report.html")
    with open_tab() as tab:
        tab.size(1440, 900)
        tab.call("Page.navigate", url=(folder / "report.html").as_uri())
        tab.wait("document.body && document.body.dataset.ready")
        yield tab


@pytest.mark.parametrize("page", PAGES)
def test_an_empty_chart_says_why_and_what_to_deliver(page: str, poor_tab: Tab):
    for lang, theme in (("en", "dark"), ("zh", "light")):
        show(poor_tab, page, lang, theme)
        cards = poor_tab.evaluate(
            "[...document.querySelectorAll('.page:not([hidden]) .card')].map(card => "
            "[card.id, card.dataset.state, card.querySelector('.reason')?.innerText ?? ''])"
        )
        assert cards and {state for _, state, _ in cards} <= {"full", "empty"}
        silent = [name for name, state, said in cards if state == "empty" and len(said) < 5]
        assert silent == []
        assert barriers(poor_tab) == []
    assert poor_tab.complaints == []
