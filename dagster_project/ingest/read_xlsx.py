"""Excel workbooks to cells."""

from __future__ import annotations

import itertools
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pyarrow as pa
import pyarrow.parquet as pq
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from dagster_project.formats.quoting import sql_path
from dagster_project.ingest.archive import check_proportion
from dagster_project.ingest.cells import Cells, Desk, checked_count, write_cells
from dagster_project.ingest.dialect import plain
from dagster_project.ingest.discover import Delivered
from dagster_project.ingest.held import FileHeld
from dagster_project.ingest.intake import take_in_bytes

_ROWS = 50_000
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_LINKS = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"


def read_xlsx(desk: Desk, delivered: Delivered) -> Cells:
    """Takes in one sheet of a workbook: the format's, else the first. Empty rows are no records.

    Raises:
        FileHeld: the file is refused as a whole.
    """

    sha256, size = take_in_bytes(delivered.source, desk.content)
    try:
        check_proportion(desk.content)
        sheet = _sheet(CalamineWorkbook.from_path(str(desk.content)), delivered.entity.sheet)
        rows = (row for row in map(_texts, sheet.iter_rows()) if any(one for one in row))
        header = next(rows, [])
        table = desk.folder / "sheet"
        _write(table, len(header), rows)
        counted = _count_rows(desk.content, sheet.name) - bool(header)
    except (CalamineError, zipfile.BadZipFile, ElementTree.ParseError, KeyError) as error:
        raise FileHeld("unreadable", "this is no readable workbook", "export it again") from error
    columns = [(name or "", f"c{position}") for position, name in enumerate(header)]
    source = f"read_parquet({sql_path(table)})"
    query, fields, unknown = write_cells(desk, delivered, source, columns)
    read = checked_count(desk, counted)
    return Cells(query, sha256, size, read, fields, unknown, is_sheet=True)


def _sheet(book: CalamineWorkbook, name: str | None) -> CalamineSheet:
    if name is None:
        return book.get_sheet_by_index(0)
    wanted = {plain(one) for one in name.split("|")}
    found = next((one for one in book.sheet_names if plain(one) in wanted), None)
    if found is None:
        raise FileHeld("missing_sheet", f"the workbook has no sheet {name}", "name the sheet so")
    return book.get_sheet_by_name(found)


def _texts(row: list[Any]) -> list[str | None]:
    return [cell_text(one) for one in row]


def cell_text(value: Any) -> str | None:
    """The text of a cell as a file of text would show it."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _write(path: Path, width: int, rows: Iterator[list[str | None]]) -> None:
    """Rows as Parquet of text, in portions; cells beyond the header are dropped when empty."""
    schema = pa.schema([(f"c{position}", pa.string()) for position in range(width)])
    with pq.ParquetWriter(path, schema) as writer:
        while portion := list(itertools.islice(rows, _ROWS)):
            if any(cell for row in portion for cell in row[width:]):
                raise FileHeld(
                    "missing_column", "cells stand beyond the last column name",
                    "give every column a name",
                )  # fmt: skip
            filled = [row[:width] + [None] * (width - len(row)) for row in portion]
            arrays = [pa.array(column, pa.string()) for column in zip(*filled, strict=True)]
            writer.write_table(pa.table(arrays, schema=schema))


def _count_rows(path: Path, sheet: str) -> int:
    """The rows of a sheet with a value, counted in its XML: a second opinion on the reader."""
    with zipfile.ZipFile(path) as book:
        links = ElementTree.fromstring(book.read("xl/_rels/workbook.xml.rels"))
        targets = {one.get("Id"): one.get("Target") for one in links}
        names = ElementTree.fromstring(book.read("xl/workbook.xml")).iter(f"{_MAIN}sheet")
        target = targets[next(one.get(f"{_LINKS}id") for one in names if one.get("name") == sheet)]
        inside = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        count = 0
        with book.open(inside) as file:
            for _, element in ElementTree.iterparse(file):
                if element.tag == f"{_MAIN}row":
                    count += any(_has_value(cell) for cell in element)
                    element.clear()
    return count


def _has_value(cell: ElementTree.Element) -> bool:
    return any(one.tag in {f"{_MAIN}v", f"{_MAIN}t"} and one.text for one in cell.iter())
