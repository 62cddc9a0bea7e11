"""Landing to raw: every delivered file once; safe to kill anywhere."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from dagster_project.ingest.abreast import outcomes
from dagster_project.ingest.arrival import Arrival
from dagster_project.ingest.batches import Batch, list_batches
from dagster_project.ingest.bench import UNFINISHED, Bench
from dagster_project.ingest.cell_sql import install_cell_macros
from dagster_project.ingest.discover import find_delivered
from dagster_project.ingest.held import HeldFile, write_held
from dagster_project.ingest.notices import Notice, write_notices
from dagster_project.ingest.one_file import FileReport, Outcome, ingest_file
from dagster_project.ingest.seen import SeenFiles
from dagster_project.privacy.keyring import compact_keyring, load_keyring
from dagster_project.privacy.keys import load_keys
from dagster_project.privacy.sql import install_privacy_macros
from dagster_project.settings import Home, Settings


@dataclass(frozen=True)
class IngestReport:
    """What became of every file of landing, by path."""

    files: list[FileReport] = field(default_factory=list)
    held: list[HeldFile] = field(default_factory=list)
    loaded: list[Batch] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)

    def add(self, outcome: Outcome) -> None:
        """Takes down what became of a file."""
        self.files.append(outcome.report)
        if outcome.batch:
            self.loaded.append(outcome.batch)
        if outcome.held:
            self.held.append(outcome.held)
        if outcome.notice:
            self.notices.append(outcome.notice)


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
        on_file: called after each file, in the order of their paths.

    Raises:
        FormatError: a format or ``channels.yml`` is wrong.
        MasterKeyError: the home's key cannot be used.
    """
    now = now.astimezone(UTC).replace(tzinfo=None) if now.tzinfo else now
    keys = load_keys(home)
    clean_leftovers(home)
    for folder in (home.incoming, home.raw):
        folder.mkdir(parents=True, exist_ok=True)
    landing = landing or home.landing
    found, misplaced = find_delivered(home, landing)
    seen = SeenFiles(home)
    report = IngestReport(held=misplaced, notices=_vanished(seen.forget_missing(landing, found)))
    arrival = Arrival((one for one in found if not seen.has(one)), settings.settle_seconds)
    with duckdb.connect(config=_config(home, settings)) as con, ExitStack() as opened:
        load_keyring(con, home)
        first = Bench(con, home, settings, keys, now, _newest(home))
        workers = min(settings.threads, len({one.channel for one in found if not seen.has(one)}))
        benches = _benches(first, workers, opened)
        for one in outcomes(benches, found, lambda *file: ingest_file(*file, seen, arrival)):
            report.add(one)
            on_file(one.report)
    _keep(home, seen, report)
    return report


def _benches(first: Bench, number: int, opened: ExitStack) -> list[Bench]:
    """A bench a worker, at least one: each has a connection of its own to the same database."""
    cursors = [opened.enter_context(first.con.cursor()) for _ in range(1, number)]
    for con in (first.con, *cursors):
        install_cell_macros(con, first.settings.time_zone)
        install_privacy_macros(con, first.keys)
    return [first, *(replace(first, con=con) for con in cursors)]


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


def _keep(home: Home, seen: SeenFiles, report: IngestReport) -> None:
    """Writes down what the next run and the gates ask for."""
    seen.save()
    write_held(home, report.held)
    write_notices(home, report.notices)
    clean_leftovers(home)


def _newest(home: Home) -> dict[tuple[str, str, str], Batch]:
    """The batch that came last, by channel, format and entity."""
    ordered = sorted(list_batches(home), key=lambda one: (one.ingested_at, one.file, one.batch_id))
    return {(one.channel, one.format, one.entity): one for one in ordered}


def _vanished(files: list[str]) -> list[Notice]:
    text = "it was in landing and is not there any more; what was loaded of it stays"
    return [Notice(one.split("/", 1)[0], None, one, "vanished", text) for one in files]


def _config(home: Home, settings: Settings) -> dict[str, str | int]:
    return {
        "threads": settings.threads,
        "memory_limit": settings.memory_limit,
        "temp_directory": str(home.incoming / "spill"),
        # a filter pushed through the views repeats their expressions once for every use;
        # a short list of words (`in`) is compared faster than joined
        "disabled_optimizers": "filter_pushdown,in_clause",
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
    }
