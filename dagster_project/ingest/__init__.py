"""Ingest: landing files become typed, tokenised, immutable batches of raw."""

from dagster_project.ingest.batches import (
    Batch,
    UnknownBatch,
    batch_folder,
    list_batches,
    withdraw_batch,
)
from dagster_project.ingest.held import HeldFile
from dagster_project.ingest.one_file import FileReport
from dagster_project.ingest.relations import create_raw_relations
from dagster_project.ingest.run import IngestReport, clean_leftovers, ingest_landing

__all__ = [
    "Batch",
    "FileReport",
    "HeldFile",
    "IngestReport",
    "UnknownBatch",
    "batch_folder",
    "clean_leftovers",
    "create_raw_relations",
    "ingest_landing",
    "list_batches",
    "withdraw_batch",
]
