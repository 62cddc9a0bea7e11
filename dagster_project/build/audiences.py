"""The audiences of audience_rules.csv as dbt gets them; the check of them before a build."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb

from dagster_project.build.conditions import (
    ConditionError,
    Row,
    code_problems,
    expression_problems,
    lay_relations,
    read_rows,
    stored_rows,
)
from dagster_project.settings import RULES_DIR

AUDIENCES = RULES_DIR / "audience_rules.csv"
RELATION = "member_profile"
EXPRESSIONS = {"condition": "boolean", "reason": "text", "since": "day"}


class AudienceError(ConditionError):
    """A row of audience_rules.csv is wrong; the message names line, audience, column and why."""


def read_audiences(path: Path = AUDIENCES) -> list[Row]:
    """The audiences, in the order of their codes."""
    return read_rows(path, "audience_code")


def stored_audiences(database: Path) -> list[Row]:
    """The audiences as a database's rules have them; none before seeds are built."""
    return stored_rows(database, "audience_rules", "audience_code")


def check_audiences(rows: list[Row], manifest: Any) -> None:
    """Check every row against the columns the profile promises.

    Raises:
        AudienceError: the first wrong row.
    """
    with duckdb.connect() as con:
        lay_relations(con, manifest, (RELATION,))
        seen: set[str] = set()
        for row in rows:
            for problem in _problems(con, row, seen):
                line = f" line {row['line']}" if "line" in row else ""
                code = row["audience_code"]
                raise AudienceError(f"audience_rules.csv{line} (audience {code!r}): {problem}")
            seen.add(row["audience_code"])


def _problems(con: duckdb.DuckDBPyConnection, row: Row, seen: set[str]) -> Iterator[str]:
    yield from code_problems(row, "audience_code", seen)
    for column in ("condition", "reason"):
        if not row[column]:
            yield f"{column}: write {'whom it holds' if column == 'condition' else 'why'}"
    for column, wanted in EXPRESSIONS.items():
        if text := row[column]:
            yield from expression_problems(con, RELATION, column, text, wanted)
