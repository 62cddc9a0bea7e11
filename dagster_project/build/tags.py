"""The tags of tags.csv as dbt gets them; the check of their conditions before anything is built.

A condition is data that becomes SQL. It must be one expression of plain parts (no query, no clock,
no aggregate), fit the columns its table promises in its contract, and be true or false.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb

from dagster_project.settings import RULES_DIR

TAGS = RULES_DIR / "tags.csv"
RELATIONS = ("member_profile", "member_profile_monthly", "member_preference")
CONDITIONS = ("condition", "eligible")
EXPRESSIONS = (*CONDITIONS, "value", "share", "support")
NUMBERS = ("share", "support")
CLASSES = {
    "COLUMN_REF", "CONSTANT", "COMPARISON", "CONJUNCTION", "OPERATOR", "BETWEEN", "CASE", "CAST",
    "FUNCTION", "TYPE",
}  # fmt: skip
FUNCTIONS = {
    "lower", "upper", "trim", "length", "substr", "substring", "concat", "abs", "round", "floor",
    "ceil", "ceiling", "least", "greatest", "coalesce", "nullif", "~~", "!~~", "+", "-", "*", "||",
}  # fmt: skip
CLOCKS = {"current_date", "current_time", "current_timestamp", "localtime", "localtimestamp"}
NUMERIC = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "DECIMAL", "FLOAT", "DOUBLE")
# One row of values, so that a comparison of the wrong types fails here and not in a run.
EXAMPLES = {"varchar": "'1'", "date": "date '2000-01-01'", "boolean": "true"}
Row = Mapping[str, str]


class TagError(ValueError):
    """A row of tags.csv is wrong; the message names line, tag, column and what to do."""


def read_tags(path: Path = TAGS) -> list[Row]:
    """The rows of the registry, in the order of their codes."""
    with path.open(encoding="utf-8", newline="") as stream:
        rows = [
            {**row, "line": str(number)} for number, row in enumerate(csv.DictReader(stream), 2)
        ]
    return sorted(rows, key=lambda row: row["tag_code"])


def stored_tags(database: Path) -> list[Row]:
    """The rows of the registry as a database's rules have them; none before seeds are built."""
    if not database.exists():
        return []
    with duckdb.connect(str(database), read_only=True) as con:
        try:
            cursor = con.execute("select * from rules.tags order by tag_code")
        except duckdb.CatalogException:
            return []
        names = [column[0] for column in cursor.description or []]
        return [
            {n: "" if v is None else str(v) for n, v in zip(names, cells, strict=True)}
            for cells in cursor.fetchall()
        ]


def check_tags(rows: list[Row], manifest: Any) -> None:
    """Check every row against the columns its table promises.

    Raises:
        TagError: the first wrong row.
    """
    with duckdb.connect() as con:
        for name in RELATIONS:
            node = next(n for n in manifest.nodes.values() if n.name == name)
            kinds = {c.name: c.data_type for c in node.columns.values()}
            cells = (f'cast({EXAMPLES.get(k, "1")} as {k}) as "{n}"' for n, k in kinds.items())
            con.execute(f"create table {name} as select {', '.join(cells)}")
        seen: set[str] = set()
        for row in rows:
            for problem in _problems(con, row, seen):
                line = f" line {row['line']}" if "line" in row else ""
                raise TagError(f"tags.csv{line} (tag {row['tag_code']!r}): {problem}")
            seen.add(row["tag_code"])


def _problems(con: duckdb.DuckDBPyConnection, row: Row, seen: set[str]) -> Iterator[str]:
    code = row["tag_code"]
    if not code.replace("_", "").isalnum() or not code.isascii() or code in seen:
        yield "tag_code: write a code of letters, digits and _ that no other row has"
    if row["relation"] not in RELATIONS:
        yield f"relation: {row['relation']!r} is none of {', '.join(RELATIONS)}"
    if not row["condition"]:
        yield "condition: write whom the tag is given to"
    for column in EXPRESSIONS:
        if text := row[column]:
            for what in (*_shape(con, text), *_fit(con, row["relation"], column, text)):
                yield f"{column}: {what}"


def _shape(con: duckdb.DuckDBPyConnection, text: str) -> Iterator[str]:
    """Whether a text is one plain expression, by DuckDB's own parser."""
    found = con.execute("select json_serialize_sql(?)", [f"select {text}"]).fetchall()[0][0]
    tree = json.loads(found)
    if tree["error"]:
        yield f"{text!r} is no SQL expression: {tree['error_message'].splitlines()[0]}"
        return
    query = tree["statements"][0]["node"]
    select = query.get("select_list", [])
    is_one = len(tree["statements"]) == 1 and len(select) == 1 and not select[0]["alias"]
    if not is_one or query["from_table"]["type"] != "EMPTY" or query["where_clause"]:
        yield f"{text!r} is more than one expression"
    if "--" in text or "/*" in text:
        yield "a comment may not stand in a tag"
    for part in _parts(select):
        name = part.get("function_name")
        if part["class"] not in CLASSES or (name and name.lower() not in FUNCTIONS):
            yield f"{name or part['class'].lower()} may not stand in a tag"
        if len(names := part.get("column_names", [])) > 1 or CLOCKS & {n.lower() for n in names}:
            yield f"{'.'.join(names)} is no column of the relation"


def _parts(tree: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(tree, dict):
        if "class" in tree:
            yield tree
        for value in tree.values():
            yield from _parts(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from _parts(value)


def _fit(con: duckdb.DuckDBPyConnection, relation: str, column: str, text: str) -> Iterator[str]:
    """Whether an expression knows its columns and gives what its column must be."""
    try:
        con.execute(f"create or replace temp table found as select ({text}\n) as x from {relation}")
    except duckdb.Error as error:
        yield str(error).split("\n\nLINE")[0].replace("\n", " ")
        return
    kind = con.execute("select typeof(x) from found").fetchall()[0][0]
    if column in CONDITIONS and kind != "BOOLEAN":
        yield f"{text!r} is {kind.lower()}, not true or false"
    if column in NUMBERS and not kind.startswith(NUMERIC):
        yield f"{text!r} is {kind.lower()}, not a number"
