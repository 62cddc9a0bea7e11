"""``member-warehouse report``: where the report of a release is; to open it, to write it anew."""

from __future__ import annotations

import functools
import webbrowser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Annotated

import typer

from dagster_project.console.output import AsJson, answer, errors
from dagster_project.release import Release, ReleaseError, current, find_release
from dagster_project.release.report import REPORT, write_report
from dagster_project.settings import Home, home_from_environment

LOOPBACK = "127.0.0.1"


def report(  # noqa: PLR0913, PLR0917 (the options of one verb)
    release: Annotated[str | None, typer.Option(help="A release id; default the current.")] = None,
    to: Annotated[Path | None, typer.Option(help="Write the report to this file.")] = None,
    open_: Annotated[bool, typer.Option("--open", help="Open it in the browser.")] = False,
    serve: Annotated[bool, typer.Option("--serve", help="Serve it on loopback.")] = False,
    port: Annotated[int, typer.Option(help="For --serve; 0 takes any free one.")] = 8010,
    as_json: AsJson = False,
) -> None:
    """Show the report of a release: one file, read by any browser, without a network."""
    with errors():
        home = home_from_environment()
        if serve:
            find_report(home, None)
            _serve(home, port, open_, as_json)
            return
        found = _release(home, release)
        path = find_report(home, release) if to is None else write_report(found.database, to)
        answer({"release_id": found.id, "report": path}, str(path), as_json)
        if open_:
            webbrowser.open(path.resolve().as_uri())


def find_report(home: Home, release_id: str | None) -> Path:
    """The report of a release.

    Raises:
        ReleaseError: nothing is published, or the release was made before there were reports.
    """
    found = _release(home, release_id)
    path = found.path / REPORT
    if not path.is_file():
        raise ReleaseError(
            f"release {found.id} carries no report: `member-warehouse report --release {found.id} "
            f"--to FILE` writes one"
        )
    return path


def _release(home: Home, release_id: str | None) -> Release:
    found = find_release(home, release_id) if release_id else current(home)
    if found is None:
        raise ReleaseError("nothing is published yet: `member-warehouse run` makes a release")
    return found


class _CurrentReport(SimpleHTTPRequestHandler):
    """Answers every request with the report of the release that is current then."""

    def __init__(self, home: Home, *args: object) -> None:
        self._home = home
        super().__init__(*args)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        if self.path.partition("?")[0] not in ("/", f"/{REPORT}"):
            self.send_error(404)
            return
        content = find_report(self._home, None).read_bytes()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-cache")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the console belongs to the command."""


def make_server(home: Home, port: int) -> ThreadingHTTPServer:
    """A server of the current report on loopback; it has no other page and writes nothing."""
    return ThreadingHTTPServer((LOOPBACK, port), functools.partial(_CurrentReport, home))


def _serve(home: Home, port: int, open_it: bool, as_json: bool) -> None:
    with make_server(home, port) as server:
        address = f"http://{LOOPBACK}:{server.server_port}/"
        answer({"address": address}, f"the current report: {address} (stop with Ctrl-C)", as_json)
        if open_it:
            webbrowser.open(address)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return
