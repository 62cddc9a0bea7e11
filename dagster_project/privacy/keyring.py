"""The data keys of the vault: one random key per source customer, wrapped by the home's key.

``vault/keys/*.parquet`` holds (subject, key_id, wrapped). Taking a subject's rows out of every
file erases the person: what was sealed under the key can never be opened again.
A *subject* is ``channel|customer_id`` (as in raw, so never a plain identifier), or for a record
without customer ``channel|entity:key``.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from dagster_project.formats.quoting import sql_path
from dagster_project.privacy.keys import Keys
from dagster_project.release.durable import rename_durably, sync_file
from dagster_project.settings import Home

NONCE_BYTES = 12
KEY_ID_BYTES = 8
COMPACT_FROM = 64
_ROWS = 50_000
_SCHEMA = pa.schema([("subject", pa.string()), ("key_id", pa.binary()), ("wrapped", pa.binary())])


def keys_folder(home: Home) -> Path:
    """Where the wrapped data keys are."""
    return home.vault / "keys"


def load_keyring(con: duckdb.DuckDBPyConnection, home: Home, subjects: str | None = None) -> None:
    """Makes the table ``vault_keys(subject, key_id, wrapped)`` of the data keys.

    Args:
        con: a connection to a database in memory; its cursors see the table too.
        subjects: a query with a column subject: only their keys (None: all).
    """
    con.execute("create or replace table vault_keys (subject varchar, key_id blob, wrapped blob)")
    files = _files(home)
    if files:
        listed = ", ".join(map(sql_path, files))
        chosen = f"where subject in (select subject from ({subjects}))" if subjects else ""
        con.execute(
            f"insert into vault_keys select distinct * from read_parquet([{listed}]) {chosen}"
        )


def with_keys(
    con: duckdb.DuckDBPyConnection, home: Home, keys: Keys, rows: pa.RecordBatch
) -> pa.Table:
    """Rows (with a column ``subject``) and the data key of each: its key_id, and wrapped.

    Subjects without a key get one. The new keys are on the disk before this returns; nothing may
    be sealed under them earlier.
    """
    con.register("to_seal", rows)
    try:
        _add_keys(con, home, keys)
        return con.sql("select * from to_seal join vault_keys using (subject)").to_arrow_table()
    finally:
        con.unregister("to_seal")


def _add_keys(con: duckdb.DuckDBPyConnection, home: Home, keys: Keys) -> None:
    """Makes data keys for those subjects of ``to_seal`` that have none yet."""
    missing = con.sql(
        "select distinct subject from to_seal anti join vault_keys using (subject)"
    ).to_arrow_table()
    if not missing.num_rows:
        return
    path = keys_folder(home) / f"{secrets.token_hex(12)}.parquet"
    tables = (_wrap(keys, one.column(0).to_pylist()) for one in missing.to_batches(_ROWS))
    _write(path, tables)
    con.execute(f"insert into vault_keys select * from read_parquet({sql_path(path)})")


def unwrapping(keys: Keys) -> Callable[[str, bytes], AESGCM]:
    """What opens a subject's wrapped data key, ready to seal and to open."""
    opened = AESGCM(keys.key_encryption_key)

    def unwrap(subject: str, wrapped: bytes) -> AESGCM:
        nonce, sealed = wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:]
        return AESGCM(opened.decrypt(nonce, sealed, subject.encode()))

    return unwrap


def erase_subjects(home: Home, subjects: Iterable[str]) -> int:
    """Destroys the data keys of subjects. Returns how many there were; again returns 0.

    Each file is replaced by one without those rows; a kill in between leaves the rest to the
    next call. Backups of ``vault/keys`` must be forgotten as well: see docs/privacy.md.
    """
    wanted = pa.array(sorted(set(subjects)), pa.string())
    erased: set[str] = set()
    for path in _files(home):
        table = pq.read_table(path)
        hit = pa.compute.is_in(table["subject"], value_set=wanted)
        found = table.filter(hit)
        if found.num_rows:
            erased |= set(found["subject"].to_pylist())
            _write(path, [table.filter(pa.compute.invert(hit))])
    return len(erased)


def compact_keyring(home: Home) -> None:
    """Joins many small key files into one; a kill in between leaves keys twice, harmlessly."""
    files = _files(home)
    if len(files) < COMPACT_FROM:
        return
    target = keys_folder(home) / f"{secrets.token_hex(12)}.parquet"
    _write(target, (pq.read_table(path) for path in files))
    for path in files:
        path.unlink()
    sync_file(keys_folder(home))


def _files(home: Home) -> list[Path]:
    return sorted(keys_folder(home).glob("[!.]*.parquet"))


def _wrap(keys: Keys, subjects: list[str]) -> pa.Table:
    """Fresh random keys for subjects, each bound to its subject."""
    seal = AESGCM(keys.key_encryption_key).encrypt
    fresh = os.urandom(len(subjects) * (32 + NONCE_BYTES + KEY_ID_BYTES))
    wrapped, ids = [], []
    for number, subject in enumerate(subjects):
        start = number * (32 + NONCE_BYTES + KEY_ID_BYTES)
        key, rest = (
            fresh[start : start + 32],
            fresh[start + 32 : start + 32 + NONCE_BYTES + KEY_ID_BYTES],
        )
        nonce = rest[:NONCE_BYTES]
        wrapped.append(nonce + seal(nonce, key, subject.encode()))
        ids.append(rest[NONCE_BYTES:])
    return pa.table([subjects, ids, wrapped], schema=_SCHEMA)


def _write(path: Path, tables: Iterable[pa.Table] | Iterator[pa.Table]) -> None:
    """Writes a key file under a temporary name, then puts it in place of any other."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    aside = path.with_name(f".tmp-{path.name}")
    with pq.ParquetWriter(aside, _SCHEMA) as writer:
        for table in tables:
            writer.write_table(table)
    sync_file(aside)
    rename_durably(aside, path)
