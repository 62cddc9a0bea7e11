"""One file of landing, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass

from dagster_project.ingest.arrival import Arrival
from dagster_project.ingest.batches import Batch
from dagster_project.ingest.bench import Bench
from dagster_project.ingest.discover import Delivered
from dagster_project.ingest.held import FileHeld, FileWaits, HeldFile
from dagster_project.ingest.load import load_as_it_fits
from dagster_project.ingest.notices import Notice
from dagster_project.ingest.seen import SeenFiles


@dataclass(frozen=True)
class FileReport:
    """What became of one file: ``loaded``, ``known`` (the same bytes again), ``held`` as a whole,
    or ``waiting`` for a later run."""

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
class Outcome:
    """The report on a file, with its batch, or why it was held or waits."""

    report: FileReport
    batch: Batch | None = None
    held: HeldFile | None = None
    notice: Notice | None = None


def ingest_file(
    bench: Bench, delivered: Delivered, seen: SeenFiles, arrival: Arrival
) -> Outcome | None:
    """Loads a file that is no batch yet; None where what it was inside of holds nothing inside."""
    if seen.reads_otherwise(delivered):
        return None
    place = (delivered.file, delivered.format.name, delivered.entity.name)
    if seen.has(delivered):
        return Outcome(FileReport(*place, "known"))
    try:
        arrival.check(delivered)
        delivered, identity, batch = load_as_it_fits(bench, delivered, seen)
    except FileHeld as held:
        report = FileReport(*place, "held", reason=held.reason)
        return Outcome(report, held=_held(delivered, held))
    except FileWaits as waits:
        note = (delivered.channel, delivered.entity.name, delivered.file)
        report = FileReport(*place, "waiting", reason=waits.reason)
        return Outcome(report, notice=Notice(*note, waits.reason, waits.detail))
    seen.add(delivered, identity)
    place = (delivered.file, delivered.format.name, delivered.entity.name)
    if batch is None:
        return Outcome(FileReport(*place, "known"))
    bench.newest[batch.channel, batch.format, batch.entity] = batch
    counts = (batch.rows_read, batch.rows_loaded, batch.rows_quarantined)
    return Outcome(FileReport(*place, "loaded", *counts), batch)


def _held(delivered: Delivered, held: FileHeld) -> HeldFile:
    return HeldFile(
        channel=delivered.channel,
        file=delivered.file,
        reason=held.reason,
        detail=held.detail,
        remedy=held.remedy,
        columns=held.columns,
        **{
            "sha256": None,
            "format": delivered.format.name,
            "entity": delivered.entity.name,
            **held.facts,
        },
    )
