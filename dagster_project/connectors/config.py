"""``sources.yml`` of a home: which databases and services are asked for what.

::

    sources:
      erp:                                # the channel
        database: ERP_URL                 # the variable that holds SQLAlchemy's URL
        time_zone: UTC                    # of times without a zone; default: as they are
        feeds:
          customers:                      # the entity of the channel's format
            table: crm.members            # or `query: select …`
            cursor: updated_at            # pull only what is newer; without: everything each time
            key: id                       # settles equal cursors
            overlap_seconds: 300          # read again what was written late
            deleted: {column: is_deleted, set: {status: cancelled}}
            columns: {customer_id: id}    # our name: theirs; without: all, as they are called
      shop:
        service: https://shop.example/api
        headers: {X-Token: SHOP_TOKEN}    # header: the variable that holds it
        per_second: 2
        feeds:
          orders:
            path: /orders.json
            params: {status: any, limit: 250}
            records: orders               # where in the answer the records stand
            paging: {by: link}            # link, token, or page; see rest.py
            since: {parameter: updated_at_min, field: updated_at}
            columns: {order_id: id, customer_id: customer.id}
          order_lines:
            rows: line_items              # a row of ours for each of these in a record
            columns: {order_id: ^.id, line_no: id, line_amount: price * quantity - discount}

No secret stands in the file: variables are named, and read when a source is asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from dagster_project.formats.loader import FormatError, read_mapping
from dagster_project.settings import Home

SOURCES = "sources.yml"


class ConnectorError(ValueError):
    """A source is described wrongly, cannot be reached, or answers what cannot be trusted."""


@dataclass(frozen=True)
class Feed:
    """What is asked of a source for one entity; the options are shown at the top of this module."""

    entity: str
    table: str | None = None
    query: str | None = None
    cursor: str | None = None
    key: str | None = None
    overlap_seconds: int = 0
    page_rows: int = 50_000
    deleted: Mapping[str, Any] = field(default_factory=dict)
    path: str | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    records: str = ""
    rows: str | None = None
    paging: Mapping[str, Any] = field(default_factory=dict)
    since: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Source:
    """One database (``database`` names the variable of its URL) or service of a channel."""

    channel: str
    feeds: tuple[Feed, ...]
    database: str | None = None
    time_zone: str | None = None
    service: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    per_second: float = 0
    attempts: int = 6
    backoff_seconds: float = 0.5


def read_sources(home: Home) -> dict[str, Source]:
    """The sources of a home by channel; none where there is no ``sources.yml``.

    Raises:
        ConnectorError: the file is wrong; the message names source, feed and option.
    """
    path = home.root / SOURCES
    if not path.is_file():
        return {}
    try:
        content = read_mapping(path).get("sources")
    except FormatError as error:
        raise ConnectorError(str(error)) from error
    if not isinstance(content, dict):
        raise ConnectorError(f"{SOURCES}: expected `sources: {{<channel>: …}}`")
    return {str(name): _source(str(name), said) for name, said in content.items()}


def _source(name: str, said: Any) -> Source:
    where = f"{SOURCES}: {name}"
    options = _known(said, Source, where, {"channel"})
    feeds = options.pop("feeds", None)
    if not isinstance(feeds, dict) or not feeds:
        raise ConnectorError(f"{where}: name its `feeds`")
    if bool(options.get("database")) == bool(options.get("service")):
        raise ConnectorError(f"{where}: give either `database` or `service`")
    read = tuple(_feed(str(one), spec, where) for one, spec in feeds.items())
    for feed in read:
        if options.get("database") and bool(feed.table) == bool(feed.query):
            raise ConnectorError(f"{where}.{feed.entity}: give either `table` or `query`")
        if options.get("service") and not feed.path:
            raise ConnectorError(f"{where}.{feed.entity}: give a `path`")
    return Source(channel=name, feeds=read, **options)


def _feed(name: str, said: Any, where: str) -> Feed:
    where = f"{where}.{name}"
    feed = Feed(entity=name, **_known(said, Feed, where, {"entity"}))
    if feed.cursor and not feed.key:
        raise ConnectorError(f"{where}: a `cursor` needs a `key` that settles equal values")
    if feed.since and set(feed.since) != {"parameter", "field"}:
        raise ConnectorError(f"{where}: `since` needs `parameter` and `field`")
    if feed.deleted and set(feed.deleted) != {"column", "set"}:
        raise ConnectorError(f"{where}: `deleted` needs `column` and `set`")
    return feed


def _known(said: Any, kind: type, where: str, but: set[str]) -> dict[str, Any]:
    if not isinstance(said, dict):
        raise ConnectorError(f"{where}: expected a mapping")
    known = {one.name for one in fields(kind)} - but
    unknown = sorted(map(str, set(said) - known))
    if unknown:
        raise ConnectorError(f"{where}: unknown {unknown}; known: {sorted(known)}")
    return dict(said)
