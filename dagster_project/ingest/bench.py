"""What loading a file needs, made once for an ingest."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta

import duckdb

from dagster_project.ingest.batches import Batch
from dagster_project.privacy.keys import Keys
from dagster_project.settings import Home, Settings

UNFINISHED = ".tmp-"


@dataclass(frozen=True)
class Bench:
    """What loading a file needs: the ingest's connection, home, keys and its naive UTC start.

    ``newest`` is the batch that came last, by channel, format and entity.
    """

    con: duckdb.DuckDBPyConnection
    home: Home
    settings: Settings
    keys: Keys
    now: datetime
    newest: dict[tuple[str, str, str], Batch] = field(default_factory=dict)

    @property
    def too_late(self) -> datetime:
        """The first instant (naive UTC) after the business day following the delivery."""
        zone = self.settings.zone
        day = self.now.replace(tzinfo=UTC).astimezone(zone).date() + timedelta(days=2)
        return datetime.combine(day, time.min, zone).astimezone(UTC).replace(tzinfo=None)
