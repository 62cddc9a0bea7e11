"""A database's tables and queries, page by page, through SQLAlchemy.

Pages follow the cursor column and the key (``where (cursor, key) > last``), so that nothing is
skipped or read twice within a pull whatever is written meanwhile. A row that is committed late
with an early cursor is found by ``overlap_seconds``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from dagster_project.connectors.config import ConnectorError, Feed, Source
from dagster_project.connectors.land import plain_value
from dagster_project.settings import secret


@dataclass(frozen=True)
class Page:
    """Rows as they land, and what the state keeps once they have."""

    rows: list[dict[str, Any]]
    state: dict[str, Any]


def connect(source: Source) -> sa.Engine:
    """The engine of a source.

    Raises:
        ConnectorError: its URL is not set, or its driver is not installed.
    """
    url = secret(source.database or "")
    if not url:
        raise ConnectorError(f"{source.channel}: set the variable {source.database} to its URL")
    try:
        return sa.create_engine(url)
    except (sa.exc.ArgumentError, ImportError) as error:
        raise ConnectorError(
            f"{source.channel}: {source.database} is no URL SQLAlchemy can use here "
            f"({type(error).__name__}): is the database's driver installed?"
        ) from error


def read_pages(
    engine: sa.Engine, source: Source, feed: Feed, state: dict[str, Any]
) -> Iterator[Page]:
    """The pages of a feed behind its state. Without a cursor: the whole, every time.

    Raises:
        ConnectorError: the table, a column or the database is not to be had, or a row has no
            cursor and would never be read.
    """
    zone = ZoneInfo(source.time_zone) if source.time_zone else None
    try:
        with engine.connect() as con:
            if feed.cursor:
                yield from _behind(con, feed, state, zone)
            else:
                yield from _whole(con, feed, zone)
    except sa.exc.SQLAlchemyError as error:
        # the error's own text may hold values
        raise ConnectorError(
            f"{source.channel}.{feed.entity}: the database refuses: {type(error).__name__}"
        ) from None


def _behind(
    con: sa.Connection, feed: Feed, state: dict[str, Any], zone: ZoneInfo | None
) -> Iterator[Page]:
    relation, cursor, key = _relation(feed), sa.column(feed.cursor), sa.column(feed.key)
    lost = sa.select(sa.func.count()).select_from(relation).where(cursor.is_(None))
    if missing := con.execute(lost).scalar():
        raise ConnectorError(
            f"{feed.entity}: {missing} rows have no {feed.cursor}: choose a cursor that all have"
        )
    place = _start(feed, state, cursor, key)
    while True:
        query = sa.select(sa.text("*")).select_from(relation).where(*place)
        query = query.order_by(cursor, key).limit(feed.page_rows)
        rows = con.execute(query).mappings().all()
        if rows:
            at, of = rows[-1][feed.cursor], rows[-1][feed.key]
            yield Page([_row(feed, one, zone) for one in rows], {"cursor": at, "key": of})
            place = [sa.or_(cursor > at, sa.and_(cursor == at, key > of))]
        if len(rows) < feed.page_rows:
            return


def _start(
    feed: Feed, state: dict[str, Any], cursor: sa.ColumnClause, key: sa.ColumnClause
) -> list[sa.ColumnElement[bool]]:
    """Where a pull begins: behind the last row, or a while before it."""
    if "cursor" not in state:
        return []
    at = state["cursor"]
    if feed.overlap_seconds and isinstance(at, datetime):
        return [cursor >= at - timedelta(seconds=feed.overlap_seconds)]
    return [sa.or_(cursor > at, sa.and_(cursor == at, key > state["key"]))]


def _whole(con: sa.Connection, feed: Feed, zone: ZoneInfo | None) -> Iterator[Page]:
    query = sa.select(sa.text("*")).select_from(_relation(feed))
    streamed = con.execution_options(stream_results=True).execute(query).mappings()
    for rows in streamed.partitions(feed.page_rows):
        yield Page([_row(feed, one, zone) for one in rows], {})


def _relation(feed: Feed) -> sa.FromClause:
    if feed.query:
        return sa.text(f"({feed.query}) as asked")
    schema, _, name = (feed.table or "").rpartition(".")
    return sa.table(name, schema=schema or None)


def _row(feed: Feed, found: Mapping[str, Any], zone: ZoneInfo | None) -> dict[str, Any]:
    """A row in our columns; one its source has deleted says so as the feed's policy does."""
    row = {
        ours: plain_value(found[theirs], zone)
        for ours, theirs in (feed.columns or {name: name for name in found}).items()
    }
    if feed.deleted:
        row.pop(feed.deleted["column"], None)
        if found[feed.deleted["column"]]:
            row |= feed.deleted["set"]
    return row
