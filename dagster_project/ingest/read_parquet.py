"""Parquet to cells: every value as the text another file would show."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq

from dagster_project.formats.quoting import sql_name, sql_path
from dagster_project.ingest.cells import Cells, Desk, checked_count, run_reader, write_cells
from dagster_project.ingest.discover import Delivered
from dagster_project.ingest.held import FileHeld
from dagster_project.ingest.intake import take_in_bytes

_EXACT = 10**15


def read_parquet(desk: Desk, delivered: Delivered) -> Cells:
    """Takes in a Parquet file.

    Raises:
        FileHeld: the file is refused as a whole.
    """

    sha256, size = take_in_bytes(delivered.source, desk.content)
    try:
        counted = pq.read_metadata(desk.content).num_rows
    except (pa.ArrowInvalid, OSError) as error:
        raise FileHeld("unreadable", "this is no Parquet file", "export it again") from error
    source = f"read_parquet({sql_path(desk.content)})"
    described = run_reader(desk, f"describe select * from {source}").fetchall()
    columns = [(name, _text(sql_name(name), kind)) for name, kind, *_ in described]
    query, fields, unknown = write_cells(desk, delivered, source, columns)
    return Cells(query, sha256, size, checked_count(desk, counted), fields, unknown)


def _text(column: str, kind: str) -> str:
    """The SQL of a value's text; a whole number in a float column has no decimal point."""
    if kind in {"DOUBLE", "FLOAT"}:
        return (
            f"case when {column} = trunc({column}) and abs({column}) < {_EXACT} "
            f"then cast(cast({column} as bigint) as varchar) else cast({column} as varchar) end"
        )
    if kind.startswith(("STRUCT", "MAP")) or kind.endswith("]"):
        return f"cast(to_json({column}) as varchar)"
    return f"cast({column} as varchar)"
