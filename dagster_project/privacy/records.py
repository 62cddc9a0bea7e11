"""Reads the vault by subject or batch: for exports, erasure and fuzzy linking only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow as pa

from dagster_project.privacy.keys import Keys
from dagster_project.privacy.vault import VaultRecord, open_vault, quarantine_path, read_vault
from dagster_project.settings import Home


def read_records(
    home: Home,
    keys: Keys,
    subjects: Iterable[str] | None = None,
    *,
    entities: Iterable[str] | None = None,
    batches: Iterable[str] | None = None,
) -> Iterator[VaultRecord]:
    """The personal values of records, oldest file name first; erased ones are left out.

    Args:
        subjects: ``channel|customer_id`` as in raw, or ``channel|entity:key`` (None: all).
        entities: only records of these entities (None: all).
        batches: only these batches (None: every batch; the caller leaves withdrawn ones out by
            giving the ids it wants).

    Raises:
        VaultDamaged: a record does not open under its own key.
    """
    return read_vault(home, keys, _files(home, entities, batches), subjects)


def open_records(
    home: Home, keys: Keys, subjects: Iterable[str], batches: Iterable[str]
) -> Iterator[pa.Table]:
    """``read_records`` as tables: batch_id, file_row, subject, content (JSON text) …"""
    return open_vault(home, keys, _files(home, None, batches), subjects)


def _files(home: Home, entities: Iterable[str] | None, batches: Iterable[str] | None) -> list[Path]:
    folders = None if entities is None else set(entities)
    ids = None if batches is None else set(batches)
    return [
        path
        for path in sorted((home.vault / "records").glob("*/*/[!.]*.parquet"))
        if (folders is None or path.parent.name in folders) and (ids is None or path.stem in ids)
    ]


def read_quarantine(home: Home, keys: Keys, batch_id: str) -> Iterator[VaultRecord]:
    """The quarantined rows of a batch with reason, column and original text.

    ``values`` holds the cells as delivered by field, or ``{"": text}`` where a row could not be
    taken apart.
    """
    return read_vault(home, keys, [quarantine_path(home, batch_id)])
