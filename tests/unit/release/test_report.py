"""The report: small groups hidden, gaps explained, nothing asked of anybody, all of it labelled."""

import json
import re
from contextlib import closing
from dataclasses import replace
from html.parser import HTMLParser

import duckdb
import pytest

from dagster_project.release.report import build_report, load_catalogue
from dagster_project.release.report.catalogue import Catalogue, CatalogueError, Column, Page, Text
from dagster_project.release.report.catalogue import _chart as read_chart
from dagster_project.release.report.content import read_facts, read_panel
from dagster_project.release.report.words import alternative, why_nothing

ENTRY = {
    "id": "one",
    "title": "Members by city",
    "title_zh": "城市",
    "reading": "How many.",
    "reading_zh": "多少。",
    "tables": ["marts.city"],
    "sql": "select *, before - members as change from marts.city order by members",
    "guard": ["members"],
    "veils": {"before": ["before", "change"]},
    "needs": ["customers"],
    "draw": {"mark": "hbar", "y": "city", "x": "members"},
}
SHARED = {
    "city": Column("city", Text("City", "城市")),
    **{
        name: Column(name, Text(name, name), "count")
        for name in ("members", "spend", "before", "change")
    },
}


def chart(**changes):
    return read_chart({**ENTRY, **changes}, SHARED, "test")


@pytest.fixture
def con():
    with closing(duckdb.connect()) as con:
        con.execute("create schema marts")
        con.execute("create schema ops")
        con.execute("create table marts.city (city text, members int, spend int, before int)")
        yield con


def fill(con, *rows):
    con.executemany("insert into marts.city values (?, ?, ?, ?)", rows)


def panel_of(con, one):
    return read_panel(con, one, read_facts(con), load_catalogue().words)


def test_groups_below_the_limit_show_no_figure(con):
    fill(con, ("a", 4, 40, 9), ("b", 5, 50, 9), ("c", 0, 0, 9), ("d", 6, 60, 4))
    panel = panel_of(con, chart())
    rows = {row[0]: row[1:] for row in panel.rows}
    assert rows == {
        "a": [None] * 4,
        "b": [5, 50, 9, 4],
        "c": [0, 0, 9, 9],
        "d": [6, 60, None, None],
    }
    assert [panel.rows[number][0] for number in panel.hidden] == ["a"]


def test_the_limit_is_the_releases_rule(con):
    con.execute("create table ops.report_rule as select 7 as min_cell_members, 'UTC' as time_zone")
    fill(con, ("b", 6, 50, 9), ("d", 7, 60, 9))
    assert [row[1] for row in panel_of(con, chart()).rows] == [None, 7]


def test_no_figure_of_a_small_group_reaches_the_file(con):
    fill(con, ("a", 4, 7654321, 9), ("b", 5, 1234567, 9))
    text = build_report(con, _only(chart()))
    assert "1234567" in text and "7654321" not in text


@pytest.mark.parametrize(
    "changes", [{"guard": None}, {"no_guard": "both"}, {"draw": {"mark": "pie"}}]
)
def test_a_chart_says_whom_it_counts_and_how_it_is_drawn(changes):
    with pytest.raises(CatalogueError, match="chart one"):
        chart(**changes)


def test_every_text_stands_in_both_languages():
    with pytest.raises(CatalogueError, match="title_zh"):
        read_chart({k: v for k, v in ENTRY.items() if k != "title_zh"}, SHARED, "test")


def test_gaps_are_explained(con):
    words = load_catalogue().words
    empty = panel_of(con, chart())
    assert (empty.state, why_nothing(empty, words).en) == (
        "empty",
        "No rows yet in marts.city. It fills once the channels deliver: customers. "
        "See docs/landing-contract.md.",
    )
    known = why_nothing(empty, words, {"customers"})
    assert "customers" in known.en and "deliver:" not in known.en
    missing = panel_of(con, chart(tables=["marts.city", "marts.gone"]))
    assert missing.state == "missing" and "marts.gone" in why_nothing(missing, words).zh
    broken = panel_of(con, chart(sql="select nothing from marts.city"))
    assert broken.state == "broken" and "nothing" in why_nothing(broken, words).en


def test_the_alternative_names_the_extremes(con):
    fill(con, ("low", 5, 1, 9), ("mid", 50, 1, 9), ("high", 12000, 1, 9))
    said = alternative(panel_of(con, chart()))
    assert "from 5 (low) to 12,000 (high)" in said.en
    assert "1.2万" in said.zh


class _Reader(HTMLParser):
    """Ids, headings, addresses and labels of a page."""

    def __init__(self):
        super().__init__()
        self.ids, self.headings, self.addresses, self.labelled = [], [], [], []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if "id" in given:
            self.ids.append(given["id"])
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        self.addresses += [given[n] for n in ("src", "href", "action", "data") if n in given]
        if "aria-labelledby" in given:
            self.labelled.append(given["aria-labelledby"])


def _only(one):
    known = load_catalogue()
    text = Text("Page", "页")
    return Catalogue((Page("page", text, text, (one,)),), known.words, known.theme)


@pytest.fixture
def html(con):
    fill(con, ("</script><b>", 5, 1, 9), ("b", 9, 1, 9))
    catalogue = load_catalogue()
    pages = [*catalogue.pages, *_only(chart()).pages]
    return build_report(con, replace(catalogue, pages=pages))


def test_the_page_asks_nothing_of_anybody(html):
    reader = _Reader()
    reader.feed(html)
    assert all(a.startswith(("#", "data:")) for a in reader.addresses)
    policy = re.search('Content-Security-Policy" content="([^"]+)"', html).group(1)
    assert "default-src 'none'" in policy and "connect-src" not in policy and "http" not in policy
    style = html[html.index("<style>") : html.index("</style>")]
    assert "url(" not in style and "@import" not in style


def test_the_page_is_well_formed(html):
    reader = _Reader()
    reader.feed(html)
    assert len(reader.ids) == len(set(reader.ids))
    assert set(reader.labelled) <= set(reader.ids)
    steps = zip(reader.headings, reader.headings[1:], strict=False)
    assert reader.headings[0] == 1 and all(after - before <= 1 for before, after in steps)
    assert html.count("<title>") == 1 and '<html lang="en"' in html


def test_values_do_not_end_the_script(html):
    inside = re.search('id="data">(.*?)</script>', html, re.S).group(1)
    rows = json.loads(inside)["charts"]["one"]["rows"]
    assert ["</script><b>", 5, 1, 9, 4] in rows


def test_the_catalogue_is_whole():
    catalogue = load_catalogue()
    assert [page.id for page in catalogue.pages] == [
        "overview", "members", "value", "cohorts", "lifecycle",
        "programme", "marketing", "voice", "mining", "quality",
    ]  # fmt: skip
    known = set(catalogue.words["entity"])
    assert {need for one in catalogue.charts for need in one.needs} <= known
    groups = {c.words for one in catalogue.charts for c in one.columns.values() if c.words}
    assert groups <= set(catalogue.words)
