"""Small file operations that survive a kill: everything appears by one rename."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any


def fsync_path(path: Path) -> None:
    """Forces a file, or the entries of a folder, to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def put_in_place(temporary: Path, final: Path) -> None:
    """Makes a finished file or folder visible under its name, durably."""
    final.parent.mkdir(parents=True, exist_ok=True)
    if temporary.is_dir():
        for path in temporary.iterdir():
            fsync_path(path)
    fsync_path(temporary)
    temporary.replace(final)
    fsync_path(final.parent)


def write_json(path: Path, content: Any) -> None:
    """Writes JSON under a temporary name, then puts it in place."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".tmp-{path.name}")
    temporary.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
    put_in_place(temporary, path)


def sql_text(value: object) -> str:
    """A SQL text literal."""
    return "'" + str(value).replace("'", "''") + "'"


def sql_path(path: Path) -> str:
    """A SQL literal of exactly this path for DuckDB's readers, which would expand globs."""
    escaped = "".join(f"[{one}]" if one in "*?[" else one for one in str(path))
    return sql_text(escaped)


def sql_name(name: str) -> str:
    """A quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'
