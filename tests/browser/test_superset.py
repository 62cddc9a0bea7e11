"""Superset on a published brand, in a real browser: what ``make bi`` shows.

Its figures are those of SQL, its console is silent, it asks nobody, and it keeps answering while
ten releases are published under it.
"""

from __future__ import annotations

import stat
import threading
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import psutil
import pytest

from dagster_project.release import ReleaseManifest, current, open_release, prune, publish
from dagster_project.settings import Home
from tests.browser.chromium import Tab, open_tab
from tests.browser.superset import PYTHON, Reader, Server, copy_of, log_in, show, superset

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not PYTHON.exists(),
        reason="no Superset here: `make bi` makes its environment, .venv-bi, which is large",
    ),
]
KPI = """select month, value as {0} from marts.kpi_monthly
    where slice = 'all' and is_complete and kpi = '{0}'"""
# Dashboard, chart and what it must have got, under the names it is sent with.
EXPECTED = {
    "overview": {
        "Members 会员总数": KPI.format("members"),
        "Active 活跃会员": KPI.format("active_members"),
        "Repurchase 复购率": KPI.format("repurchase_rate"),
        "Net revenue 净收入": KPI.format("net_revenue"),
        "Orders 订单数": """
            select date_trunc('month', ordered_on) as month, count(*) as orders
            from core.fct_order, ops.release
            where is_valid and date_trunc('month', ordered_on) < date_trunc('month', as_of + 1)
            group by 1""",
        "Order value 客单价": KPI.format("aov"),
        "Net revenue of all days 累计净收入": """
            select channel_name || ' ' || channel_name_zh as channel_label,
                sum(net_revenue) as net_revenue
            from core.fct_order inner join core.dim_channel using (channel)
            where is_valid group by 1""",
        "Lifecycle stages 生命周期阶段": """
            select stage || ' ' || stage_zh as stage_label, count(*) as members
            from marts.member_lifecycle group by 1""",
        "Quality gates 质量关卡": """
            select gate, severity, count(*) as checks,
                count(case when success then 1 end) as passed,
                avg(case when success then 1 else 0 end) as passed_rate
            from ops.quality_result group by 1, 2""",
        "This release 本次发布": "select release_id, as_of, created_at from ops.release",
    },
    "value": {
        "RFM grid: recency by frequency RFM网格：近度×频度": """
            select f_score, r_score, count(*) as members from marts.member_rfm group by 1, 2""",
        "Segments 客群": """
            select segment || ' ' || segment_zh as segment_label, count(*) as members
            from marts.member_rfm group by 1""",
        "How much the best members bring 帕累托曲线": """
            select decile, cumulative_net_revenue_share as cumulative_revenue,
                cumulative_margin_amount_share as cumulative_margin
            from marts.contribution where slice = 'all'""",
        "Expected and past margin by value tier 价值层级的毛利": """
            select value_tier || ' ' || value_tier_zh as tier_label, sum(clv_365d) as clv_365d,
                sum(historic_margin) as historic_margin
            from marts.member_clv group by 1""",
        "CLV backtest CLV回测": """
            select decile, predicted_orders, actual_orders from marts.clv_backtest
            where decile <> 0""",
        "Cohort retention 群组留存": """
            select month_number, strftime(cohort_month, '%Y-%m') as cohort_label, retention_rate
            from marts.cohort_retention
            where channel = 'all' and is_complete and month_number <> 0""",
    },
}


@pytest.fixture(scope="module")
def server(demo: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("superset")
    with superset(copy_of(demo, folder / "home"), folder / "log") as server:
        yield server


@pytest.fixture(scope="module")
def tab(server: Server) -> Iterator[Tab]:
    with open_tab() as tab:
        # As high as the dashboards: Superset draws only what is in sight.
        tab.size(1440, 2400)
        log_in(tab, server)
        yield tab


def _plain(value: Any) -> Any:
    """Times as Superset sends them, figures as floats."""
    if isinstance(value, date):
        moment = value if isinstance(value, datetime) else datetime(*value.timetuple()[:3])
        return float(int(moment.replace(tzinfo=UTC).timestamp() * 1000))
    try:
        return float(value)
    except (TypeError, ValueError):
        return value


def _rows(rows: Iterable[Iterable[Any]]) -> list[list[Any]]:
    return sorted(([_plain(value) for value in row] for row in rows), key=str)


@pytest.mark.parametrize("dashboard", EXPECTED)
def test_figures_are_those_of_sql(dashboard: str, server: Server, tab: Tab):
    shown = show(tab, server, dashboard)
    for title, query in EXPECTED[dashboard].items():
        with closing(open_release(server.home)) as con:
            cursor = con.execute(query)
            names = [column[0] for column in cursor.description or []]
            expected = _rows(cursor.fetchall())
        # A heat map gets a shade beside its figures.
        got = _rows([row[name] for name in names] for row in shown[title])
        assert len(got) == len(expected) > 0, title
        for row, right in zip(got, expected, strict=True):
            assert row == [pytest.approx(one) for one in right], title
    assert tab.complaints == []


@pytest.mark.parametrize("dashboard", ["programme", "marketing"])
def test_every_chart_is_drawn(dashboard: str, server: Server, tab: Tab):
    assert all(show(tab, server, dashboard).values())
    assert tab.complaints == []


def test_what_a_person_reads_is_what_was_sent(server: Server, tab: Tab):
    show(tab, server, "overview")
    said = dict(tab.evaluate(
        "[...document.querySelectorAll('.chart-slice')].filter(one => "
        "one.querySelector('.header-line')).map(one => [one.dataset.testChartName, "
        "one.querySelector('.header-line').textContent])"))  # fmt: skip
    with closing(open_release(server.home)) as con:
        for title in ("Members 会员总数", "Orders 订单数"):
            *_, (_, newest) = sorted(con.execute(EXPECTED["overview"][title]).fetchall())
            assert said[title] == f"{newest:,.0f}"


def test_its_own_pages_speak_chinese(server: Server, tab: Tab):
    tab.call("Page.navigate", url=f"{server.address}/lang/zh")
    tab.call("Page.navigate", url=f"{server.address}/dashboard/list/")
    tab.wait("!!document.body && document.body.innerText.includes('会员计划')")
    assert "看板" in tab.evaluate("document.body.innerText")
    tab.call("Page.navigate", url=f"{server.address}/lang/en")
    assert tab.complaints == []


def test_no_request_leaves_the_machine(server: Server, tab: Tab):
    asked = [urlsplit(address) for address in tab.requests]
    there = urlsplit(server.address).netloc
    outside = {one.netloc for one in asked if one.scheme not in ("data", "blob", "about")}
    assert outside == {there}
    processes = [psutil.Process(server.process.pid)]
    processes += processes[0].children(recursive=True)
    listening = {
        found.laddr.ip
        for process in processes
        for found in process.net_connections("inet")
        if found.status == psutil.CONN_LISTEN
    }
    assert listening == {"127.0.0.1"}


def test_nobody_else_learns_the_password(server: Server):
    folder = server.home.root / "bi"
    assert {stat.S_IMODE(path.stat().st_mode) & 0o077 for path in (folder, *folder.iterdir())} == {
        0
    }
    assert server.password not in server.log.read_text("utf-8")
    assert len(server.password) >= 32


def test_nobody_changes_a_release_or_reads_other_files(server: Server):
    reader, secret = Reader(server), server.home.root / "bi" / "admin_password"
    assert reader.run("select release_id from ops.release").ok
    for statement in (
        "update ops.release set release_id = 'changed'",
        "create table ops.other as select 1 as one",
        f"select content from read_text('{secret}')",
        "set enable_external_access = true",
    ):
        answer = reader.run(statement)
        assert not answer.ok, statement
        assert server.password not in answer.text
    found = current(server.home)
    assert found is not None
    sizes = {name: told["bytes"] for name, told in found.facts["files"].items()}
    assert {name: (found.path / name).stat().st_size for name in sizes} == sizes


def _read_on(server: Server, done: threading.Event, seen: list[list[str]]) -> None:
    """Ask which release it is, again and again; an answer that fails ends the thread's list."""
    reader, mine = Reader(server), []
    dataset = reader.dataset("release")
    while not done.is_set():
        (row,) = reader.ask(dataset, ["release_id"], [])
        mine.append(row["release_id"])
    seen.append(mine)


def test_it_answers_while_ten_releases_are_published(demo: Home, server: Server):
    """The last test: what it publishes is only what its readers ask for."""
    first = current(server.home)
    assert first is not None
    base = ReleaseManifest(
        created_at=datetime.fromisoformat(str(first.facts["created_at"])),
        as_of=date.fromisoformat(first.as_of),
        code_version="test",
    )
    order, seen, done = [first.id], [], threading.Event()
    readers = [threading.Thread(target=_read_on, args=(server, done, seen)) for _ in range(3)]
    for one in readers:
        one.start()
    reader = Reader(server)
    dataset = reader.dataset("release")
    try:
        for number in range(1, 11):
            manifest = replace(base, created_at=base.created_at + timedelta(hours=number))
            made = publish(server.home, demo.state_database, manifest, schemas=("ops",))
            order.append(made.id)
            # The one before is gone from the disk: who has it open reads on, nobody opens it.
            prune(server.home, keep=1)
            assert reader.ask(dataset, ["release_id"], []) == [{"release_id": made.id}]
    finally:
        done.set()
        for one in readers:
            one.join()
    assert len(seen) == len(readers) and all(seen)
    for mine in seen:
        assert mine == sorted(mine, key=order.index)
