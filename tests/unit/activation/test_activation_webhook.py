"""A webhook gets every row at least once, from a server that drops the first tries."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from dagster_project.activation import webhook
from dagster_project.activation.webhook import DeliveryFailed, check_url, post


class Receiver(ThreadingHTTPServer):
    answers: list[int]
    taken: list[tuple[str, dict]]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/in"


class Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        answer = self.server.answers.pop(0) if self.server.answers else 200
        if answer == 200:
            self.server.taken.append((self.headers["Idempotency-Key"], body))
        if answer:
            self.send_response(answer)
            self.send_header("Location", "http://127.0.0.1:9/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()
        else:
            self.connection.close()

    def log_message(self, *args: object) -> None:
        del args


@pytest.fixture
def receiver(monkeypatch) -> Iterator[Receiver]:
    monkeypatch.setattr(webhook, "WAIT_SECONDS", 0)
    server = Receiver(("127.0.0.1", 0), Handler)
    server.answers, server.taken = [], []
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


ROWS = [{"member_id": f"m{n}"} for n in range(1201)]
EXPORT = {"export_id": "e1", "audience": "a"}


def test_parts_arrive_in_order_though_the_first_tries_are_dropped(receiver):
    receiver.answers = [0, 503, 429]
    post(receiver.url, EXPORT, ROWS)
    assert [key for key, _ in receiver.taken] == ["e1-1", "e1-2", "e1-3"]
    assert [row for _, body in receiver.taken for row in body["rows"]] == ROWS
    assert {(body["export_id"], body["audience"]) for _, body in receiver.taken} == {("e1", "a")}


@pytest.mark.parametrize(
    ("answers", "why"),
    [([200, 400], "status 400"), ([200, 302], "status 302"), ([200, 500, 500, 500, 500], "500")],
)
def test_who_got_it_is_known_when_a_part_is_refused(receiver, answers, why):
    receiver.answers = answers
    with pytest.raises(DeliveryFailed, match=why) as told:
        post(receiver.url, EXPORT, ROWS)
    assert told.value.delivered == webhook.ROWS_A_PART
    assert [key for key, _ in receiver.taken] == ["e1-1"]


def test_nobody_there():
    with pytest.raises(DeliveryFailed) as told:
        webhook.WAIT_SECONDS, kept = 0, webhook.WAIT_SECONDS
        try:
            post("http://127.0.0.1:9/", EXPORT, ROWS[:1])
        finally:
            webhook.WAIT_SECONDS = kept
    assert told.value.delivered == 0


@pytest.mark.parametrize(
    "url",
    ["https://shop.example/in", "http://127.0.0.1:80/x", "http://[::1]/", "http://localhost/"],
)
def test_a_safe_url(url):
    check_url(url)


@pytest.mark.parametrize(
    "url", ["http://shop.example/", "http://127.0.0.1.evil.example/", "http:///"]
)
def test_personal_data_are_not_sent_in_the_open(url):
    with pytest.raises(ValueError, match="https only"):
        check_url(url)
