"""A home in a temporary folder, files delivered to it, and what became of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from dagster_project.ingest import IngestReport, create_raw_relations, ingest_landing
from dagster_project.settings import KEY_VARIABLE, LANDING_VARIABLE, Home, Settings

NOW = datetime(2024, 6, 1, 2, 0)


@dataclass
class Warehouse:
    home: Home
    settings: Settings

    def deliver(self, file: str, content: str | bytes) -> Path:
        path = self.home.landing / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def ingest(self, now: datetime = NOW, **options) -> IngestReport:
        return ingest_landing(self.home, self.settings, now, **options)

    def query(self, sql: str, open_batches: set[str] | None = None) -> list[tuple]:
        with duckdb.connect() as con:
            create_raw_relations(con, self.home, open_batches)
            return con.execute(sql).fetchall()

    def reasons(self) -> list[tuple]:
        return self.query(
            "select reason, column_name, sum(row_count)::int from raw.quarantine "
            "group by all order by all"
        )

    def held(self) -> dict[str, str]:
        return dict(self.query("select file, reason from raw.held_file"))


@pytest.fixture
def warehouse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Warehouse:
    monkeypatch.delenv(KEY_VARIABLE, raising=False)
    monkeypatch.delenv(LANDING_VARIABLE, raising=False)
    return Warehouse(Home(tmp_path / "home"), Settings(settle_seconds=0))
