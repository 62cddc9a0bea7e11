"""A service's records, page by page, over HTTP.

``paging``:

=========================  =========================================================================
{by: link}                 the answer's Link header names the next page (Shopify)
{by: token, field: …,      the answer holds a token for the next page, sent as a parameter
parameter: …}
{by: page, parameter: …,   numbered pages of so many records (Youzan). With ``since`` the pull
size: …}                   walks: behind a page with newer records it asks again for page one from
                           there, so that a record which is changed meanwhile, and moves to the
                           end, pushes none over the edge of a page. The service must sort by that
                           field, and send records at that very time again.
none                       one answer is all there is
=========================  =========================================================================

429, 5xx and broken connections are tried again, later and later, or when ``Retry-After`` says.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from dagster_project.connectors.config import ConnectorError, Feed, Source
from dagster_project.connectors.database import Page
from dagster_project.connectors.land import at, shaped
from dagster_project.settings import secret

AGAIN = (429, 500, 502, 503, 504)
TIMEOUT = (10, 60)


class Service:
    """Asks a service, patiently, and no faster than it allows."""

    def __init__(self, source: Source, sleep: Callable[[float], object] = time.sleep):
        self._source, self._sleep, self._last = source, sleep, 0.0
        self._session = requests.Session()
        retry = Retry(
            total=source.attempts, backoff_factor=source.backoff_seconds, status_forcelist=AGAIN,
            allowed_methods=["GET"], respect_retry_after_header=True,
        )  # fmt: skip
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, HTTPAdapter(max_retries=retry))
        for header, variable in source.headers.items():
            value = secret(variable)
            if not value:
                raise ConnectorError(f"{source.channel}: set the variable {variable}")
            self._session.headers[header] = value

    def get(self, url: str, params: dict[str, Any]) -> tuple[Any, str | None]:
        """The JSON of an answer, and the address its Link header names as the next.

        Raises:
            ConnectorError: it never came whole, or is no JSON; the message names no parameters.
        """
        place = f"{self._source.channel}: {url.partition('?')[0]}"
        for attempt in range(self._source.attempts + 1):
            self._wait(attempt)
            try:
                answer = self._session.get(url, params=params or None, timeout=TIMEOUT)
                if answer.status_code >= 400:
                    raise ConnectorError(f"{place}: the service answers {answer.status_code}")
                # a number is the text it was sent as: money may have more digits than a double
                return answer.json(parse_float=str), answer.links.get("next", {}).get("url")
            except ConnectorError:
                raise
            except (requests.exceptions.ChunkedEncodingError, ValueError) as error:
                # the connection broke in the middle of an answer, or the answer was cut
                broken = type(error).__name__
            except requests.exceptions.RequestException as error:
                raise ConnectorError(f"{place}: {type(error).__name__}") from None
        raise ConnectorError(f"{place}: no whole answer: {broken}")

    def _wait(self, attempt: int) -> None:
        pause = self._source.backoff_seconds * (2**attempt - 1)
        if self._source.per_second:
            pause = max(pause, self._last + 1 / self._source.per_second - time.monotonic())
        if pause > 0:
            self._sleep(pause)
        self._last = time.monotonic()


def read_pages(
    service: Service, source: Source, feed: Feed, state: dict[str, Any]
) -> Iterator[Page]:
    """The pages of a feed behind its state; a pull that died goes on where it was.

    Raises:
        ConnectorError: the service does not answer, or not in the order ``since`` needs.
    """
    walk = _Walk(feed, state)
    while True:
        url, params = walk.request((source.service or "").rstrip("/") + (feed.path or ""))
        answer, link = service.get(url, params)
        records = at(answer, feed.records)
        if not isinstance(records, list):
            raise ConnectorError(
                f"{source.channel}.{feed.entity}: no list of records at {feed.records!r}"
            )
        walk.advance(records, link, answer)
        rows = [row for record in records for row in shaped(feed, record)]
        yield Page(rows, walk.state())
        if walk.is_done:
            return


class _Walk:
    """Where a pull is: what it asks next, and what of that is kept."""

    def __init__(self, feed: Feed, state: dict[str, Any]):
        self._feed, self._by = feed, feed.paging.get("by")
        self._since: str | None = state.get("since")
        self._newest: str | None = state.get("newest", self._since)
        self._next: str | None = state.get("next")
        self._page: int = state.get("page", 1)
        self.is_done = False

    def request(self, url: str) -> tuple[str, dict[str, Any]]:
        """The address and parameters of the next page."""
        if self._by == "link" and self._next:
            return self._next, {}
        params = dict(self._feed.params)
        if self._feed.since and self._since is not None:
            params[self._feed.since["parameter"]] = self._since
        if self._by == "token" and self._next:
            params[self._feed.paging["parameter"]] = self._next
        if self._by == "page":
            params[self._feed.paging["parameter"]] = self._page
        return url, params

    def advance(self, records: list[Any], link: str | None, answer: Any) -> None:
        """Takes note of a page."""
        times = [str(one) for record in records if (one := self._time(record)) is not None]
        if self._feed.since and self._by == "page" and times != sorted(times):
            raise ConnectorError(
                f"{self._feed.entity}: the service does not sort by {self._feed.since['field']}: "
                "records would be skipped"
            )
        self._newest = max([*times, *([self._newest] if self._newest else [])], default=None)
        if self._by == "page":
            self.is_done = len(records) < int(self._feed.paging["size"])
            moved = bool(self._feed.since) and self._newest != self._since
            self._since, self._page = (self._newest, 1) if moved else (self._since, self._page + 1)
            return
        self._next = link if self._by == "link" else None
        if self._by == "token":
            self._next = at(answer, self._feed.paging["field"]) or None
        self.is_done = not self._next

    def state(self) -> dict[str, Any]:
        """What the state keeps: at the end only from when the next pull asks."""
        if self.is_done:
            return {"since": self._newest} if self._feed.since else {}
        return {
            "since": self._since, "newest": self._newest, "next": self._next, "page": self._page,
        }  # fmt: skip

    def _time(self, record: Any) -> Any:
        return at(record, self._feed.since.get("field")) if self._feed.since else None
