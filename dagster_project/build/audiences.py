"""The audiences of audience_rules.csv as dbt gets them; the check of them before a build."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb

from dagster_project.build.conditions import (
    ConditionError,
    Row,
    RuleFile,
    expression_problems,
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
    FILE.check(rows, manifest)


def _problems(con: duckdb.DuckDBPyConnection, row: Row) -> Iterator[str]:
    for column in ("condition", "reason"):
        if not row[column]:
            yield f"{column}: write {'whom it holds' if column == 'condition' else 'why'}"
    for column, wanted in EXPRESSIONS.items():
        if text := row[column]:
            yield from expression_problems(con, RELATION, column, text, wanted)


FILE = RuleFile(AUDIENCES.name, "audience", "audience_code", (RELATION,), _problems, AudienceError)
