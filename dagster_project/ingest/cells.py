"""A delivered file as cells of text: one Parquet in ``incoming``, whatever kind the file was.

(A CSV too large for memory is not written again: its cells stream by, see stream_csv.py.)

Columns are called ``f:<field>`` for the format's fields and ``u:<n>`` for unknown ones; the order
of rows is the file's. A malformed record keeps its place as an empty row and is a row of the
temporary table ``malformed(file_row, reason, content)``, ``content`` being JSON of its text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from dagster_project.formats.quoting import sql_name, sql_path
from dagster_project.ingest.dialect import check_columns
from dagster_project.ingest.discover import Delivered
from dagster_project.ingest.held import FileHeld

MOST_ROWS_IN_MEMORY = 250_000
STREAM = "streamed_cells"


@dataclass(frozen=True)
class Cells:
    """A file taken in. ``fields`` are those delivered; ``unknown`` the other columns' names.

    ``query`` selects its cells and ``file_row``, the number of their record from 1.
    """

    query: str
    sha256: str
    bytes: int
    rows_read: int
    fields: tuple[str, ...]
    unknown: tuple[str, ...]
    is_sheet: bool = False


@dataclass(frozen=True)
class Values:
    """A file whose values are read: ``typed`` is their relation, ``identity`` the batch's id."""

    delivered: Delivered
    cells: Cells
    identity: str
    typed: str


@dataclass(frozen=True)
class Desk:
    """Where one file is taken apart: a connection, and a folder of ours that is emptied after."""

    con: duckdb.DuckDBPyConnection
    folder: Path
    content: Path = field(init=False)
    cells: Path = field(init=False)
    rejects: Path = field(init=False)

    def __post_init__(self) -> None:
        for name, file in (("content", "content"), ("cells", "cells"), ("rejects", "rejects")):
            object.__setattr__(self, name, self.folder / file)
        self.con.execute(
            "create or replace temp table malformed "
            "(file_row bigint, reason varchar, content varchar)"
        )


def is_large(rows: int) -> bool:
    """Whether so many records are read as they stream by, not from memory."""
    return rows > MOST_ROWS_IN_MEMORY


Column = tuple[str, str]


def name_cells(
    delivered: Delivered, columns: Iterable[Column]
) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """The select list of a file's cells, the fields found and the names of the other columns.

    Args:
        columns: (name in the file, SQL of its text) in the file's order.
    """
    columns = list(columns)
    names = tuple(name for name, _ in columns)
    bound = check_columns(names, delivered.entity, delivered.format.name)
    fields = tuple(one.name for one in delivered.entity.fields if one.name in bound)
    others = [position for position in range(len(names)) if position not in bound.values()]
    selected = [f"{columns[bound[one]][1]} as {sql_name(f'f:{one}')}" for one in fields]
    selected += [
        f"{columns[position][1]} as {sql_name(f'u:{number}')}"
        for number, position in enumerate(others)
    ]
    return ", ".join(selected), fields, tuple(names[position] for position in others)


def write_cells(desk: Desk, delivered: Delivered, source: str, columns: Iterable[Column]) -> tuple:
    """Writes the cells of a relation (SQL); as ``name_cells``, with the query of what is written.

    Returns (query, fields, unknown).
    """
    selected, fields, unknown = name_cells(delivered, columns)
    run_reader(
        desk, f"copy (select {selected} from {source}) to {sql_path(desk.cells)} "
        "(format parquet, compression snappy, dictionary_size_limit 1)"
    )  # fmt: skip
    return written_cells(desk), fields, unknown


def written_cells(desk: Desk) -> str:
    """The query of the cells that were written."""
    return (
        "select * exclude (file_row_number), file_row_number + 1 as file_row "
        f"from read_parquet({sql_path(desk.cells)}, file_row_number = true)"
    )


def run_reader(desk: Desk, sql: str) -> duckdb.DuckDBPyConnection:
    """Runs a statement that reads the delivered content.

    Raises:
        FileHeld: the engine refuses the content. Its message would show values: it is dropped.
    """
    try:
        return desk.con.execute(sql)
    except (duckdb.InvalidInputException, duckdb.ConversionException, duckdb.IOException) as error:
        raise FileHeld(
            "unreadable", f"the content cannot be read: {type(error).__name__}",
            "deliver it again, complete",
        ) from None  # fmt: skip


def checked_count(desk: Desk, counted: int) -> int:
    """The rows of the cells, which must be as many as were counted in the file's bytes.

    Raises:
        FileHeld: the two counts differ.
    """
    rows = pq.read_metadata(desk.cells).num_rows
    if rows != counted:
        raise FileHeld(
            "count_mismatch", f"the file has {counted} records but {rows} were read",
            "keep the file and report it: no record may be lost",
        )  # fmt: skip
    return rows


Reader = Callable[[Desk, Delivered], Cells]
