"""SQL literals and names made of delivered texts and paths, so that none can be SQL itself."""

from __future__ import annotations

from pathlib import Path


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
