"""One pull: every feed of a source, page after page, into landing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from dagster_project.connectors import database, rest
from dagster_project.connectors.config import ConnectorError, Feed, Source
from dagster_project.connectors.land import land_page
from dagster_project.connectors.state import FeedState
from dagster_project.formats import channel_bindings, formats_of
from dagster_project.settings import Home


@dataclass(frozen=True)
class FeedReport:
    """What a pull brought of one feed."""

    channel: str
    entity: str
    pages: int
    rows: int

    def __str__(self) -> str:
        """One line for a log."""
        return f"{self.channel}.{self.entity}: {self.rows} rows in {self.pages} files"


Open = Callable[[Source, Feed, dict], Iterator[database.Page]]


def pull_source(
    home: Home, source: Source, on_feed: Callable[[FeedReport], object] = lambda report: None
) -> list[FeedReport]:
    """Brings what is new at a source into landing. Killed anywhere, the next pull goes on.

    Raises:
        ConnectorError: a feed names no entity of the channel's format, or the source fails;
            the pages that came before stay.
    """
    forms = formats_of(source.channel, channel_bindings(home))
    known = sorted({entity for form in forms for entity in form.entities})
    for feed in source.feeds:
        if feed.entity not in known:
            raise ConnectorError(
                f"{source.channel}: the format {forms[0].name} has no entity {feed.entity}; "
                f"there are {known}"
            )
    reports = []
    read = _opened(source)
    for feed in source.feeds:
        report = _pull_feed(home, source, feed, read)
        reports.append(report)
        on_feed(report)
    return reports


def _opened(source: Source) -> Open:
    if source.database:
        engine = database.connect(source)
        return lambda one, feed, state: database.read_pages(engine, one, feed, state)
    service = rest.Service(source)
    return lambda one, feed, state: rest.read_pages(service, one, feed, state)


def _pull_feed(home: Home, source: Source, feed: Feed, read: Open) -> FeedReport:
    state = FeedState(home, source.channel, feed.entity)
    pages, rows = 0, 0
    for page in read(source, feed, state.values):
        if page.rows:
            land_page(home, source.channel, feed.entity, state.pages + 1, page.rows)
            pages, rows = pages + 1, rows + len(page.rows)
        state.save(state.pages + bool(page.rows), **page.state)
    return FeedReport(source.channel, feed.entity, pages, rows)
