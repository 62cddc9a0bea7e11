"""The tags of tags.csv as dbt gets them; the check of their conditions before anything is built."""

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

TAGS = RULES_DIR / "tags.csv"
RELATIONS = ("member_profile", "member_profile_monthly", "member_preference")
EXPRESSIONS = {
    "condition": "boolean",
    "eligible": "boolean",
    "value": "anything",
    "share": "number",
    "support": "number",
}


class TagError(ConditionError):
    """A row of tags.csv is wrong; the message names line, tag, column and what to do."""


def read_tags(path: Path = TAGS) -> list[Row]:
    """The rows of the registry, in the order of their codes."""
    return read_rows(path, "tag_code")


def stored_tags(database: Path) -> list[Row]:
    """The rows of the registry as a database's rules have them; none before seeds are built."""
    return stored_rows(database, "tags", "tag_code")


def check_tags(rows: list[Row], manifest: Any) -> None:
    """Check every row against the columns its table promises.

    Raises:
        TagError: the first wrong row.
    """
    FILE.check(rows, manifest)


def _problems(con: duckdb.DuckDBPyConnection, row: Row) -> Iterator[str]:
    if row["relation"] not in RELATIONS:
        yield f"relation: {row['relation']!r} is none of {', '.join(RELATIONS)}"
    if not row["condition"]:
        yield "condition: write whom the tag is given to"
    for column, wanted in EXPRESSIONS.items():
        if text := row[column]:
            yield from expression_problems(con, row["relation"], column, text, wanted)


FILE = RuleFile(TAGS.name, "tag", "tag_code", RELATIONS, _problems, TagError)
