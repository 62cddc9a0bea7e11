"""The vault: the personal values of records, each record sealed under its subject's own key.

``vault/records/<format>/<entity>/<batch>.parquet`` and ``vault/quarantine/<batch>.parquet`` hold
(file_row, reason, column_name, subject, key_id, sealed). ``sealed`` is AES-256-GCM over a JSON
object of the values as delivered: 12 bytes of nonce, then the ciphertext, bound to file and row.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from cryptography.exceptions import InvalidTag

from dagster_project.formats.quoting import sql_path
from dagster_project.privacy.keyring import NONCE_BYTES, load_keyring, unwrapping, with_keys
from dagster_project.privacy.keys import Keys
from dagster_project.release.durable import rename_durably, sync_file
from dagster_project.settings import Home

_ROWS = 50_000
_SCHEMA = pa.schema(
    [
        ("file_row", pa.int64()),
        ("reason", pa.string()),
        ("column_name", pa.string()),
        ("subject", pa.string()),
        ("key_id", pa.binary()),
        ("sealed", pa.binary()),
    ]
)


class VaultDamaged(RuntimeError):
    """A sealed record does not open with its own key: it was changed or moved."""


@dataclass(frozen=True)
class VaultRecord:
    """The opened values of one record, by field; ``reason`` and ``column`` only in quarantine."""

    batch_id: str
    file_row: int
    subject: str
    values: dict[str, str] = field(repr=False)
    reason: str | None = None
    column: str | None = None


def records_path(home: Home, format_name: str, entity: str, batch_id: str) -> Path:
    """The vault file of a batch's records."""
    return home.vault / "records" / format_name / entity / f"{batch_id}.parquet"


def quarantine_path(home: Home, batch_id: str) -> Path:
    """The vault file of a batch's quarantined originals."""
    return home.vault / "quarantine" / f"{batch_id}.parquet"


def seal_rows(
    con: duckdb.DuckDBPyConnection, home: Home, keys: Keys, path: Path, query: str
) -> int:
    """Seals the rows of a query into a vault file, in place of any earlier one.

    Args:
        con: a connection with the keyring loaded.
        path: the file to write, named after its batch; it appears when it is complete.
        query: file_row, reason, column_name, subject, content (JSON text).

    Returns the number of rows. No file is left where there are none.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    aside, count = path.with_name(f".tmp-{path.name}"), 0
    with con.cursor() as second, pq.ParquetWriter(aside, _SCHEMA) as writer:
        for rows in con.sql(query).to_arrow_reader(_ROWS):
            writer.write_table(_seal(keys, path.stem, with_keys(second, home, keys, rows)))
            count += rows.num_rows
    if count:
        sync_file(aside)
        rename_durably(aside, path)
    else:
        aside.unlink()
        path.unlink(missing_ok=True)
    return count


def read_vault(
    home: Home, keys: Keys, files: Iterable[Path], subjects: Iterable[str] | None = None
) -> Iterator[VaultRecord]:
    """Opens vault files; a record whose key was erased is left out, as if it had never been.

    Args:
        files: of ``records_path`` or ``quarantine_path``; missing ones are skipped.
        subjects: only these (None: all).

    Raises:
        VaultDamaged: a record does not open under its own key.
    """
    for table in open_vault(home, keys, files, subjects):
        for row in table.to_pylist():
            values = json.loads(row.pop("content"))
            yield VaultRecord(values=values, **row)


def open_vault(
    home: Home, keys: Keys, files: Iterable[Path], subjects: Iterable[str] | None = None
) -> Iterator[pa.Table]:
    """The same as tables: batch_id, file_row, subject, reason, column, content (JSON text)."""
    with duckdb.connect() as con:
        wanted, named = "true", None
        if subjects is not None:
            con.register("named", pa.table({"subject": pa.array(list(subjects), pa.string())}))
            con.execute("create table wanted as select distinct subject from named")
            named = "select subject from wanted"
            wanted = f"subject in ({named})"
        load_keyring(con, home, named)
        for path in files:
            if path.exists():
                reader = con.sql(f"""
                    select sealed_rows.*, wrapped
                    from read_parquet({sql_path(path)}) as sealed_rows
                    join vault_keys using (subject, key_id) where {wanted}
                    order by file_row""").to_arrow_reader(_ROWS)
                for batch in reader:
                    yield _open(keys, path.stem, batch)


def _seal(keys: Keys, batch_id: str, rows: pa.Table) -> pa.Table:
    column = {name: rows.column(name).to_pylist() for name in rows.schema.names}
    unwrap = unwrapping(keys)
    nonces = os.urandom(NONCE_BYTES * rows.num_rows)
    sealed, opened = [], {}
    for number, subject in enumerate(column["subject"]):
        key = opened.get(subject)
        if key is None:
            key = opened[subject] = unwrap(subject, column["wrapped"][number])
        nonce = nonces[number * NONCE_BYTES : (number + 1) * NONCE_BYTES]
        bound = _bound(batch_id, column["file_row"][number])
        sealed.append(nonce + key.encrypt(nonce, column["content"][number].encode(), bound))
    kept = [rows.column(name) for name in _SCHEMA.names[:-1]]
    arrays = [one.cast(kind) for one, kind in zip(kept, _SCHEMA.types[:-1], strict=True)]
    return pa.table([*arrays, pa.array(sealed, pa.binary())], schema=_SCHEMA)


def _open(keys: Keys, batch_id: str, rows: pa.RecordBatch) -> pa.Table:
    """Columns, not rows: there may be a million."""
    unwrap = unwrapping(keys)
    names = ("subject", "wrapped", "file_row", "sealed")
    columns = [rows.column(name).to_pylist() for name in names]
    contents = []
    for subject, wrapped, file_row, sealed in zip(*columns, strict=True):
        key, bound = unwrap(subject, wrapped), _bound(batch_id, file_row)
        try:
            contents.append(key.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound))
        except InvalidTag as error:
            raise VaultDamaged(f"vault record {batch_id}, row {file_row}") from error
    return pa.table({
        "batch_id": pa.repeat(batch_id, len(contents)),
        "file_row": rows.column("file_row"),
        "subject": rows.column("subject"),
        "reason": rows.column("reason"),
        "column": rows.column("column_name"),
        "content": pa.array(contents, pa.string()),
    })  # fmt: skip


def _bound(batch_id: str, file_row: int) -> bytes:
    return f"{batch_id}:{file_row}".encode()
