"""A PostgreSQL of our own, and an HTTP service that misbehaves on purpose."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

DRIVERS = {"psycopg": "psycopg", "psycopg2": "psycopg2", "pg8000": "pg8000"}


@contextmanager
def postgresql(folder: Path) -> Iterator[str]:
    """The URL of a fresh server on a socket in a folder; a skipped test where there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    programs = (
        found[-1] if found else shutil.which("initdb") and Path(shutil.which("initdb")).parent
    )
    driver = next((one for one in DRIVERS if importlib.util.find_spec(one)), None)
    if not programs:
        pytest.skip("PostgreSQL is not installed here")
    if driver is None:
        pytest.skip("no driver for PostgreSQL is installed (psycopg, psycopg2 or pg8000)")
    # the server refuses to run as root
    as_user = ["runuser", "-u", "nobody", "--"] if os.geteuid() == 0 else []
    if as_user:
        for place in (folder, *folder.parents[:3]):
            place.chmod(place.stat().st_mode | 0o005)
        shutil.chown(folder, "nobody")
    data, port = folder / "data", "54329"

    def run(*words: object) -> None:
        subprocess.run([*as_user, *words], cwd="/", check=True, capture_output=True)

    options = ["-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-sync"]
    run(programs / "initdb", "-D", data, *options)
    server = f"-c listen_addresses='' -k {folder} -p {port} -c fsync=off"
    control = [programs / "pg_ctl", "-D", data, "-w"]
    run(*control, "-o", server, "-l", folder / "log", "start")
    try:
        host = f"unix_sock={folder}/.s.PGSQL.{port}" if driver == "pg8000" else f"host={folder}"
        yield f"postgresql+{DRIVERS[driver]}://postgres@/postgres?{host}&port={port}"
    finally:
        run(*control, "-m", "immediate", "stop")


class Service:
    """Answers as its table of handlers says (text as it is), and keeps what it was asked.

    ``faults`` are used up one a request before any handler: a status, or ``cut`` for an answer
    that ends in the middle, or ``drop`` for a connection closed without one.
    """

    def __init__(self) -> None:
        self.handlers: dict[str, Callable[[dict[str, str], str], Any]] = {}
        self.faults: list[int | str] = []
        self.asked: list[tuple[str, dict[str, str], dict[str, str]]] = []
        self.url = ""

    @contextmanager
    def running(self) -> Iterator[Service]:
        """Serves on a free port of this machine."""
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                params = {name: found[-1] for name, found in parse_qs(parts.query).items()}
                service.asked.append((parts.path, params, dict(self.headers)))
                fault = service.faults.pop(0) if service.faults else None
                if fault == "drop":
                    self.close_connection = True
                    return
                if isinstance(fault, int):
                    self.send_response(fault)
                    self.send_header("Retry-After", "0")
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                    return
                answer, headers = service.handlers[parts.path](params, service.url)
                content = (answer if isinstance(answer, str) else json.dumps(answer)).encode()
                self.send_response(200)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content[: len(content) // 2] if fault == "cut" else content)
                self.close_connection = fault == "cut"

            def log_message(self, *args: Any) -> None:
                """Says nothing."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()
            thread.join()
