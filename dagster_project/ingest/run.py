"""Landing to raw: every delivered file once, one after the other; safe to kill anywhere."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from dagster_project.ingest.batches import Batch
from dagster_project.ingest.bench import UNFINISHED, Bench
from dagster_project.ingest.cell_sql import install_cell_macros
from dagster_project.ingest.discover import Delivered, find_delivered
from dagster_project.ingest.held import FileHeld, HeldFile, write_held
from dagster_project.ingest.load import load_file
from dagster_project.privacy.keyring import compact_keyring, load_keyring
from dagster_project.privacy.keys import load_keys
from dagster_project.privacy.sql import install_privacy_macros
from dagster_project.release.durable import write_durably
from dagster_project.settings import Home, Settings


@dataclass(frozen=True)
class FileReport:
    """What became of one file: status ``loaded``, ``known`` (the same bytes again) or ``held``."""

    file: str
    format: str
    entity: str
    status: str
    rows_read: int = 0
    rows_loaded: int = 0
    rows_quarantined: int = 0
    reason: str | None = None

    def __str__(self) -> str:
        """One line for a log."""
        if self.status == "loaded":
            return f"{self.file}: {self.rows_loaded} loaded, {self.rows_quarantined} quarantined"
        return f"{self.file}: {self.status}{f' ({self.reason})' if self.reason else ''}"


@dataclass(frozen=True)
class IngestReport:
    """What became of every file of landing, by path."""

    files: list[FileReport] = field(default_factory=list)
    held: list[HeldFile] = field(default_factory=list)
    loaded: list[Batch] = field(default_factory=list)


def ingest_landing(
    home: Home,
    settings: Settings,
    now: datetime,
    *,
    landing: Path | None = None,
    on_file: Callable[[FileReport], object] = lambda report: None,
) -> IngestReport:
    """Loads what is new in landing.

    Args:
        now: the start of the run; naive means UTC. All batches of the run carry it.
        landing: another folder than the home's.
        on_file: called after each file.

    Raises:
        FormatError: a format or ``channels.yml`` is wrong.
        MasterKeyError: the home's key cannot be used.
    """
    now = now.astimezone(UTC).replace(tzinfo=None) if now.tzinfo else now
    keys = load_keys(home)
    clean_leftovers(home)
    for folder in (home.incoming, home.raw):
        folder.mkdir(parents=True, exist_ok=True)
    found, misplaced = find_delivered(home, landing or home.landing)
    report, seen = IngestReport(held=misplaced), SeenFiles(home)
    with duckdb.connect(config=_config(home, settings)) as con:
        install_cell_macros(con, settings.time_zone)
        install_privacy_macros(con, keys)
        load_keyring(con, home)
        bench = Bench(con, home, settings, keys, now)
        for delivered in found:
            one = _ingest_file(bench, delivered, seen, report)
            report.files.append(one)
            on_file(one)
    seen.save()
    write_held(home, report.held)
    clean_leftovers(home)
    return report


def clean_leftovers(home: Home) -> None:
    """Removes what a killed run left behind; no reader has ever seen any of it."""
    shutil.rmtree(home.incoming, ignore_errors=True)
    for pattern in (
        f"raw/{UNFINISHED}*",
        "raw/*.part",
        "raw/_*/*.part",
        "vault/**/.tmp-*",
        "keys/.tmp-*",
    ):
        for path in home.root.glob(pattern):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    compact_keyring(home)


class SeenFiles:
    """A cache: which batch a landing file of this size and time was. Losing it costs time only."""

    def __init__(self, home: Home):
        self._path, self._raw = home.raw / "_seen.json", home.raw
        try:
            self._known = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            self._known = {}

    def has(self, delivered: Delivered) -> bool:
        """Whether exactly this file is a batch already."""
        batch = self._known.get(self._place(delivered), {}).get(self._mark(delivered))
        return batch is not None and (self._raw / batch).is_dir()

    def add(self, delivered: Delivered, identity: str) -> None:
        """Notes the batch of a file."""
        batch = f"{delivered.format.name}/{delivered.entity.name}/{identity}"
        self._known[self._place(delivered)] = {self._mark(delivered): batch}

    def save(self) -> None:
        """Writes the cache."""
        write_durably(self._path, json.dumps(self._known))

    @staticmethod
    def _place(delivered: Delivered) -> str:
        return f"{delivered.path}#{delivered.entity.name}"

    @staticmethod
    def _mark(delivered: Delivered) -> str:
        stat = delivered.path.stat()
        place = f"{delivered.channel}/{delivered.format.name}/{delivered.entity.name}"
        return f"{place} {stat.st_size} {stat.st_mtime_ns}"


def _ingest_file(
    bench: Bench, delivered: Delivered, seen: SeenFiles, report: IngestReport
) -> FileReport:
    place = (delivered.file, delivered.format.name, delivered.entity.name)
    if seen.has(delivered):
        return FileReport(*place, "known")
    try:
        identity, batch = load_file(bench, delivered)
    except FileHeld as held:
        report.held.append(
            HeldFile(
                delivered.channel,
                delivered.entity.name,
                delivered.file,
                None,
                held.reason,
                held.detail,
                held.remedy,
                held.columns,
            )  # fmt: skip
        )
        return FileReport(*place, "held", reason=held.reason)
    seen.add(delivered, identity)
    if batch is None:
        return FileReport(*place, "known")
    report.loaded.append(batch)
    return FileReport(*place, "loaded", batch.rows_read, batch.rows_loaded, batch.rows_quarantined)


def _config(home: Home, settings: Settings) -> dict[str, str | int]:
    config: dict[str, str | int] = {
        "threads": settings.threads,
        "temp_directory": str(home.incoming / "spill"),
        # pushed through the views, a filter repeats their expressions once for every use
        "disabled_optimizers": "filter_pushdown",
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
    }
    return config | ({"memory_limit": settings.memory_limit} if settings.memory_limit else {})
