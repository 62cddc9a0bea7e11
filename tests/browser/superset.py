"""A Superset on a copy of a brand's releases, and its pages in a browser."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
import requests

from dagster_project.release import current
from dagster_project.release.switch import point_current
from dagster_project.settings import Home
from tests.browser.chromium import PATIENCE_SECONDS, Tab
from tests.conftest import REPOSITORY

PYTHON = REPOSITORY / ".venv-bi" / "bin" / "python"
SERVE = REPOSITORY / "dashboards" / "superset" / "serve.py"
DRAWN = """document.querySelectorAll('.chart-slice').length > 0
    && document.querySelectorAll('.chart-slice').length
        === document.querySelectorAll('[data-test=slice-container]').length
    && !document.querySelector('.chart-slice .loading')"""
# What a chart shows: rows of a table, or pixels of its canvas that are not empty.
MARKS = """[...document.querySelectorAll('.chart-slice')].map(one => [
    one.dataset.testChartName,
    one.querySelectorAll('tbody tr').length + one.querySelectorAll('.header-line').length
    + [...one.querySelectorAll('canvas')].map(canvas => canvas.getContext('2d')
        .getImageData(0, 0, canvas.width, canvas.height).data.filter(value => value > 0).length)
        .reduce((sum, value) => sum + value, 0)])"""


@dataclass(frozen=True)
class Server:
    """A running Superset: the home it reads, its address and its process."""

    home: Home
    address: str
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def password(self) -> str:
        """The password of ``admin``."""
        return (self.home.root / "bi" / "admin_password").read_text(encoding="utf-8")


def copy_of(home: Home, root: Path) -> Home:
    """A home of the same releases, without anything else."""
    copy, seen = Home(root), current(home)
    assert seen is not None
    shutil.copytree(home.releases, copy.releases)
    point_current(copy, seen.id)
    return copy


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return found.getsockname()[1]


def _is_up(address: str) -> bool:
    try:
        return requests.get(f"{address}/health", timeout=PATIENCE_SECONDS).ok
    except requests.ConnectionError:
        return False


@contextmanager
def superset(home: Home, log: Path) -> Iterator[Server]:
    """Start Superset as ``make bi`` does; it ends with the block."""
    port = _free_port()
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [PYTHON, SERVE, home.root, "--port", str(port)], stdout=stream, stderr=stream
        )
    try:
        until = time.monotonic() + 3 * PATIENCE_SECONDS
        while not _is_up(f"http://127.0.0.1:{port}"):
            if process.poll() is not None or time.monotonic() > until:
                pytest.fail("Superset did not start:\n" + log.read_text("utf-8")[-3000:])
            time.sleep(0.5)
        yield Server(home, f"http://127.0.0.1:{port}", process, log)
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE_SECONDS)


def log_in(tab: Tab, server: Server) -> None:
    """Write name and password into the page, as a person does."""
    tab.call("Page.navigate", url=f"{server.address}/login/")
    tab.wait("!!document.querySelector('input#username') && !!document.querySelector('#password')")
    tab.type("input#username", "admin")
    tab.type("input#password", server.password)
    tab.key("Enter")
    # Going on before the answer is there would call the request off.
    tab.wait("location.pathname === '/superset/welcome/' && document.readyState === 'complete'")


def show(tab: Tab, server: Server, dashboard: str) -> dict[str, list[dict[str, Any]]]:
    """Open a dashboard, wait until it is drawn; returns the rows each chart got, by its title."""
    tab.call("Page.navigate", url=f"{server.address}/superset/dashboard/{dashboard}/")
    tab.wait(f"location.pathname.includes('{dashboard}') && {DRAWN}")
    # Charts grow when they appear: they are drawn when no pixel is missing any more.
    tab.wait(f"({MARKS}).every(([_, marks]) => marks > 0)")
    named = "one => [one.dataset.testChartId, one.dataset.testChartName]"
    names = dict(tab.evaluate(f"[...document.querySelectorAll('.chart-slice')].map({named})"))
    rows = {}
    for address in tab.answers():
        plain = unquote(address)
        for chart, title in names.items():
            if "/api/v1/chart/data" in plain and f'"slice_id":{chart}}}' in plain:
                rows[title] = json.loads(tab.answer(address))["result"][0]["data"]
    assert {*rows} == {*names.values()}
    return rows


class Reader:
    """Asks Superset for figures over its API, as a program does."""

    def __init__(self, server: Server) -> None:
        self._server, self._session = server, requests.Session()
        given = {"username": "admin", "password": server.password, "provider": "db"}
        token = self._call("POST", "security/login", json=given)["access_token"]
        self._session.headers["Authorization"] = f"Bearer {token}"
        # A connection left idle is closed by the server at the moment it may be used again.
        self._session.headers["Connection"] = "close"

    def _call(self, method: str, path: str, **given: Any) -> Any:
        answer = self._session.request(
            method, f"{self._server.address}/api/v1/{path}", timeout=PATIENCE_SECONDS, **given
        )
        assert answer.ok, answer.text[:500]
        return answer.json()

    def dataset(self, name: str) -> int:
        """The number Superset gave to a dataset."""
        found = self._call("GET", "dataset/?q=(page_size:100)")["result"]
        return next(one["id"] for one in found if one["table_name"] == name)

    def run(self, sql: str) -> requests.Response:
        """What SQL Lab answers to a statement."""
        database = self._call("GET", "database/")["result"][0]["id"]
        token = self._call("GET", "security/csrf_token/")["result"]
        return self._session.post(
            f"{self._server.address}/api/v1/sqllab/execute/",
            json={"database_id": database, "sql": sql, "runAsync": False},
            headers={"X-CSRFToken": token, "Referer": self._server.address},
            timeout=PATIENCE_SECONDS,
        )

    def ask(self, dataset: int, columns: list[str], metrics: list[str]) -> list[dict[str, Any]]:
        """Rows of a dataset."""
        query = {"columns": columns, "metrics": metrics, "row_limit": 1000}
        context = {"datasource": {"id": dataset, "type": "table"}, "queries": [query]}
        return self._call("POST", "chart/data", json=context)["result"][0]["data"]
