"""What a user asks of a run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class RefreshRequest:
    """The choices of one run.

    Attributes:
        landing: where the channels delivered; None for the home's own landing folder.
        as_of: the day to see; None for the last business day with an order.
        full_refresh: build all anew from raw.
        make_current: publish as current even when the state knows a later day.
    """

    landing: Path | None = None
    as_of: date | None = None
    full_refresh: bool = False
    make_current: bool = False

    def run_config(self) -> dict[str, Any]:
        """The same as configuration of Dagster's ``ingest`` step."""
        config: dict[str, Any] = {
            "as_of": self.as_of.isoformat() if self.as_of else "auto",
            "full_refresh": self.full_refresh,
            "make_current": self.make_current,
        }
        if self.landing:
            config["landing"] = str(self.landing.resolve())
        return {"ops": {"ingest": {"config": config}}}
