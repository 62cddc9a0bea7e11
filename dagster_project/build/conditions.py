"""Conditions of rule files: data that becomes SQL, checked before anything is built.

A condition must be one expression of plain parts (no query, no clock, no aggregate), fit the
columns its table promises in its contract, and give what its place wants: true or false, a number,
a day, a text. Tags and audiences are written in it.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import duckdb

CLASSES = {
    "COLUMN_REF", "CONSTANT", "COMPARISON", "CONJUNCTION", "OPERATOR", "BETWEEN", "CASE", "CAST",
    "FUNCTION", "TYPE",
}  # fmt: skip
FUNCTIONS = {
    "lower", "upper", "trim", "length", "substr", "substring", "concat", "abs", "round", "floor",
    "ceil", "ceiling", "least", "greatest", "coalesce", "nullif", "~~", "!~~", "+", "-", "*", "||",
}  # fmt: skip
CLOCKS = {"current_date", "current_time", "current_timestamp", "localtime", "localtimestamp"}
# What a place wants: how DuckDB's types of it begin, and how a message says it is not there.
WANTED = {
    "boolean": (("BOOLEAN",), "not true or false"),
    "number": (
        ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "DECIMAL", "FLOAT", "DOUBLE"),
        "not a number",
    ),
    "day": (("DATE",), "not a day"),
    "text": (("VARCHAR",), "not a text"),
    "anything": (("",), ""),
}
# One row of values, so that a comparison of the wrong types fails here and not in a run.
EXAMPLES = {"varchar": "'1'", "date": "date '2000-01-01'", "boolean": "true"}
Row = Mapping[str, str]


class ConditionError(ValueError):
    """A row of a rule file is wrong; the message names line, row, column and what to do."""


def read_rows(path: Path, key: str) -> list[Row]:
    """The rows of a rule file, each with its ``line``, in the order of their keys."""
    with path.open(encoding="utf-8", newline="") as stream:
        rows = [
            {**row, "line": str(number)} for number, row in enumerate(csv.DictReader(stream), 2)
        ]
    return sorted(rows, key=lambda row: row[key])


def stored_rows(database: Path, seed: str, key: str) -> list[Row]:
    """The rows of a rule file as a database's rules have them; none before seeds are built."""
    if not database.exists():
        return []
    with duckdb.connect(str(database), read_only=True) as con:
        try:
            cursor = con.execute(f"select * from rules.{seed} order by {key}")
        except duckdb.CatalogException:
            return []
        names = [column[0] for column in cursor.description or []]
        return [
            {n: "" if v is None else str(v) for n, v in zip(names, cells, strict=True)}
            for cells in cursor.fetchall()
        ]


def lay_relations(con: duckdb.DuckDBPyConnection, manifest: Any, names: Iterable[str]) -> None:
    """Make the relations conditions look at, of one row each, as their contracts promise them."""
    for name in names:
        node = next(n for n in manifest.nodes.values() if n.name == name)
        kinds = {c.name: c.data_type for c in node.columns.values()}
        cells = (f'cast({EXAMPLES.get(k, "1")} as {k}) as "{n}"' for n, k in kinds.items())
        con.execute(f"create table {name} as select {', '.join(cells)}")


@dataclass(frozen=True)
class RuleFile:
    """A file of rules with conditions.

    Attributes:
        name: the file's name.
        thing: what one row is, as a message calls it.
        key: the column of the row's code.
        relations: the tables its conditions may look at.
        problems: what else is wrong with a row, nothing where it is sound.
        error: raised for the first wrong row.
    """

    name: str
    thing: str
    key: str
    relations: tuple[str, ...]
    problems: Callable[[duckdb.DuckDBPyConnection, Row], Iterator[str]]
    error: type[ConditionError]

    def check(self, rows: list[Row], manifest: Any) -> None:
        """Check every row against the columns its table promises; raises ``error``."""
        with duckdb.connect() as con:
            lay_relations(con, manifest, self.relations)
            seen: set[str] = set()
            for row in rows:
                code = row[self.key]
                for problem in chain(code_problems(row, self.key, seen), self.problems(con, row)):
                    line = f" line {row['line']}" if "line" in row else ""
                    raise self.error(f"{self.name}{line} ({self.thing} {code!r}): {problem}")
                seen.add(code)


def code_problems(row: Row, key: str, seen: set[str]) -> Iterator[str]:
    """Whether a row's code can stand in SQL and stands once."""
    code = row[key]
    if not code.replace("_", "").isalnum() or not code.isascii() or code in seen:
        yield f"{key}: write a code of letters, digits and _ that no other row has"


def expression_problems(
    con: duckdb.DuckDBPyConnection, relation: str, column: str, text: str, wanted: str
) -> Iterator[str]:
    """What is wrong with the expression in a column of a rule file; nothing where it is sound."""
    for what in (*_shape(con, text), *_fit(con, relation, text, wanted)):
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
        yield "a comment may not stand in a condition"
    for part in _parts(select):
        name = part.get("function_name")
        if part["class"] not in CLASSES or (name and name.lower() not in FUNCTIONS):
            yield f"{name or part['class'].lower()} may not stand in a condition"
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


def _fit(con: duckdb.DuckDBPyConnection, relation: str, text: str, wanted: str) -> Iterator[str]:
    """Whether an expression knows its columns and gives what its place wants."""
    try:
        con.execute(f"create or replace temp table found as select ({text}\n) as x from {relation}")
    except duckdb.Error as error:
        yield str(error).split("\n\nLINE")[0].replace("\n", " ")
        return
    kind = con.execute("select typeof(x) from found").fetchall()[0][0]
    begins, instead = WANTED[wanted]
    if not kind.startswith(begins):
        yield f"{text!r} is {kind.lower()}, {instead}"


def columns_of(con: duckdb.DuckDBPyConnection, text: str) -> list[str]:
    """The columns a sound expression looks at, in alphabetical order."""
    found = con.execute("select json_serialize_sql(?)", [f"select {text}"]).fetchall()[0][0]
    parts = _parts(json.loads(found)["statements"][0]["node"]["select_list"])
    return sorted({name for part in parts for name in part.get("column_names", [])})
