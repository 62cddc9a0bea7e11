"""``member-warehouse source …``: databases and services that are asked, not waited for."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from dagster_project.console.output import AsJson, errors, out, print_json, show
from dagster_project.settings import home_from_environment

app = typer.Typer(help="Databases and services as sources.", no_args_is_help=True)


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """List the feeds of sources.yml and how far each has been read."""
    from dagster_project.connectors import read_sources
    from dagster_project.connectors.state import FeedState

    with errors():
        home = home_from_environment()
        rows = [
            {
                "channel": source.channel,
                "entity": feed.entity,
                "asks": source.service or f"database ({source.database})",
                "read_until": state.values.get("cursor") or state.values.get("since"),
                "files": state.pages,
            }
            for source in read_sources(home).values()
            for feed in source.feeds
            for state in [FeedState(home, source.channel, feed.entity)]
        ]
        columns = ("channel", "entity", "asks", "read_until", "files")
        show(rows, columns, as_json, "no sources.yml in this home: see docs/connectors.md")


@app.command()
def pull(
    channel: Annotated[str | None, typer.Argument(help="Default: all sources.")] = None,
    as_json: AsJson = False,
) -> None:
    """Bring what is new at the sources into landing; `run` (or the sensor) takes it from there."""
    from dagster_project.connectors import pull_source, read_sources
    from dagster_project.connectors.pull import FeedReport

    with errors():
        home = home_from_environment()
        sources = read_sources(home)
        if channel is not None and channel not in sources:
            raise ValueError(f"sources.yml has no {channel!r}; it has {sorted(sources)}")
        reports: list[FeedReport] = []

        def tell(one: FeedReport) -> None:
            reports.append(one)
            if not as_json:
                out.print(str(one), markup=False)

        for name, source in sources.items():
            if channel in (None, name):
                pull_source(home, source, tell)
        if as_json:
            print_json([asdict(one) for one in reports])
        elif not reports:
            out.print("no feed was asked: see docs/connectors.md")
