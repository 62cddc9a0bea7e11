"""How far a feed has been read: a small file, written after each page that is safely in landing.

A pull that dies between page and state reads that page again; its file has the same name, and what
was read twice changes nothing downstream.
"""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from dagster_project.release.durable import write_durably
from dagster_project.settings import Home

_TYPES = {"datetime": datetime.fromisoformat, "date": date.fromisoformat, "Decimal": Decimal}


class FeedState:
    """The state of one feed: ``values`` survive, ``pages`` numbers the files."""

    def __init__(self, home: Home, channel: str, entity: str):
        self._path: Path = home.connectors / f"{channel}.{entity}.json"
        self.values: dict[str, Any] = {}
        self.pages = 0
        if self._path.is_file():
            content = json.loads(self._path.read_text(encoding="utf-8"))
            self.values = {name: _revived(one) for name, one in content["values"].items()}
            self.pages = content["pages"]

    def save(self, pages: int, **values: Any) -> None:
        """Keeps values in place of the earlier ones."""
        self.values, self.pages = values, pages
        self._path.parent.mkdir(parents=True, exist_ok=True)
        content = {"pages": pages, "values": {name: _kept(one) for name, one in values.items()}}
        write_durably(self._path, json.dumps(content, ensure_ascii=False, indent=1))


def _kept(value: Any) -> Any:
    kind = type(value).__name__
    return {"type": kind, "text": str(value)} if kind in _TYPES else value


def _revived(value: Any) -> Any:
    return _TYPES[value["type"]](value["text"]) if isinstance(value, dict) else value
