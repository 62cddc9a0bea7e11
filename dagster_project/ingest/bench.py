"""What loading a file needs, made once for an ingest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

import duckdb

from dagster_project.privacy.keys import Keys
from dagster_project.settings import Home, Settings

UNFINISHED = ".tmp-"


@dataclass(frozen=True)
class Bench:
    """What loading a file needs: the ingest's connection, home, keys and its naive UTC start."""

    con: duckdb.DuckDBPyConnection
    home: Home
    settings: Settings
    keys: Keys
    now: datetime

    @property
    def too_late(self) -> datetime:
        """The first instant (naive UTC) after the business day following the delivery."""
        zone = self.settings.zone
        day = self.now.replace(tzinfo=UTC).astimezone(zone).date() + timedelta(days=2)
        return datetime.combine(day, time.min, zone).astimezone(UTC).replace(tzinfo=None)
