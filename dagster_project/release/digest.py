"""One figure for the content of a relation: equal content, equal digest.

Every row becomes one text (columns in the order of their names, each value led by its length), the
text an MD5, and the MD5s are summed: the order of rows, columns, files and threads has no say.
Only casts to text, ``md5`` and integer sums are used, so versions of DuckDB agree.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

import duckdb

MONEY_TYPES = ("DECIMAL(18,2)", "DECIMAL(38,2)")
FLOAT_TYPES = ("DOUBLE", "FLOAT")
# 15 hex digits of the MD5 fit a bigint; two of them leave 120 bits.
HEX_DIGITS = 15


@dataclass(frozen=True)
class Measure:
    """What one relation holds: ``totals`` are the sums of its money columns."""

    rows: int
    digest: str
    totals: Mapping[str, Decimal] = field(default_factory=dict)


def quoted(name: str) -> str:
    """A quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def quoted_relation(relation: str) -> str:
    """A quoted dotted name: ``core.fct_order`` or ``database.core.fct_order``."""
    return ".".join(quoted(part) for part in relation.split("."))


def text_literal(text: str | object) -> str:
    """A quoted SQL string, for the statements that take no parameters."""
    return "'" + str(text).replace("'", "''") + "'"


def columns_of(con: duckdb.DuckDBPyConnection, relation: str) -> dict[str, str]:
    """Column names and their types, in the order of the relation."""
    rows = con.execute(f"describe {quoted_relation(relation)}").fetchall()
    return {name: kind for name, kind, *_ in rows}


def money_columns(columns: Mapping[str, str]) -> list[str]:
    """The columns that hold money in the reporting currency."""
    return [name for name, kind in columns.items() if kind in MONEY_TYPES]


def _as_text(name: str, kind: str) -> str:
    """Arguments of ``concat``, which leaves out what is null: ``~`` or length, colon, value."""
    column = quoted(name)
    if kind in FLOAT_TYPES:
        # 0.0 and -0.0 are equal and must read the same.
        column = f"({column} + 0.0)"
    elif kind == "TIMESTAMP WITH TIME ZONE":
        # The text of such a time depends on the session's zone.
        column = f"epoch_us({column})"
    text = f"cast({column} as varchar)"
    length = f"cast(length({text}) as varchar)"
    return f"coalesce({length}, '~'), if({column} is null, null, ':'), {text}"


def measure(con: duckdb.DuckDBPyConnection, relation: str) -> Measure:
    """Rows, digest and money totals of a relation, in one scan.

    Raises:
        duckdb.CatalogException: there is no such relation.
    """
    columns = columns_of(con, relation)
    money = money_columns(columns)
    row_text = f"concat({', '.join(_as_text(name, columns[name]) for name in sorted(columns))})"
    parts = [
        f"sum(cast('0x' || substr(row_md5, {start}, {HEX_DIGITS}) as bigint))"
        for start in (1, 1 + HEX_DIGITS)
    ]
    sums = [f"sum({quoted(name)})" for name in money]
    kept = "".join(f", {quoted(name)}" for name in money)
    row = con.execute(
        f"select count(*), {', '.join(parts + sums)} "
        f"from (select md5({row_text}) as row_md5{kept} from {quoted_relation(relation)})"
    ).fetchall()[0]
    rows, low, high = row[0], row[1] or 0, row[2] or 0
    canonical = "\n".join([*sorted(columns), str(rows), str(low), str(high)])
    return Measure(
        rows=rows,
        digest=hashlib.sha256(canonical.encode("utf-8")).hexdigest()[:32],
        totals={
            name: total if total is not None else Decimal("0.00")
            for name, total in zip(money, row[3:], strict=True)
        },
    )


def fingerprint(con: duckdb.DuckDBPyConnection, relation: str) -> tuple[int, int | None]:
    """Rows and the sum of the engine's own hashes of them: quick, and good within one process.

    Other versions of DuckDB may hash otherwise; what is kept is ``measure``.
    """
    query = f"select count(*), sum(hash(relation)) from {quoted_relation(relation)} as relation"
    return con.execute(query).fetchall()[0]


def digest(con: duckdb.DuckDBPyConnection, relation: str) -> str:
    """The digest of a relation's content: 32 hex digits, blind to the order of rows and columns."""
    return measure(con, relation).digest
