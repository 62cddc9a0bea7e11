"""Real receivers on this machine that drop the first tries: an HTTP robot and a mail server."""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Robot(ThreadingHTTPServer):
    """Answers by ``moods`` in turn, then with ``good``; keeps what it took and the keys it saw."""

    def __init__(self, moods: list[tuple[int, bytes]], good: bytes):
        super().__init__(("127.0.0.1", 0), _Robot)
        self.moods, self.good = moods, good
        self.taken: list[Any] = []
        self.keys: list[str | None] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/send?key=secret-of-the-robot"


class _Robot(BaseHTTPRequestHandler):
    server: Robot

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.keys.append(self.headers["Idempotency-Key"])
        status, answer = self.server.moods.pop(0) if self.server.moods else (200, self.server.good)
        if status == 0:  # hang up without a word
            self.close_connection = True
            return
        if answer == self.server.good:
            self.server.taken.append(json.loads(body))
        self.send_response(status)
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        """Tests are quiet."""


class MailServer(socketserver.ThreadingTCPServer):
    """Speaks SMTP; refuses the first ``refusals`` mails with 451, keeps the others."""

    allow_reuse_address = True

    def __init__(self, refusals: int):
        super().__init__(("127.0.0.1", 0), _Mail)
        self.refusals = refusals
        self.mails: list[str] = []

    @property
    def address(self) -> str:
        return f"smtp://127.0.0.1:{self.server_address[1]}?from=dw@example.com&to=ops@example.com"


class _Mail(socketserver.StreamRequestHandler):
    server: MailServer

    def _say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")

    def handle(self) -> None:
        self._say("220 here")
        while line := self.rfile.readline():
            word = line.decode().strip().upper()
            if word.startswith("DATA"):
                if self.server.refusals:
                    self.server.refusals -= 1
                    self._say("451 later")
                    continue
                self._say("354 go on")
                lines = []
                while (text := self.rfile.readline()) not in {b".\r\n", b""}:
                    lines.append(text.decode())
                self.server.mails.append("".join(lines))
            elif word.startswith("QUIT"):
                self._say("221 bye")
                return
            self._say("250 ok")


@contextmanager
def serving(server: Any) -> Iterator[Any]:
    """The server, answering while the block runs."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
