"""Delimited text to cells."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator

from dagster_project.formats.quoting import sql_path, sql_text
from dagster_project.ingest.cells import (
    STREAM,
    Cells,
    Desk,
    checked_count,
    is_large,
    name_cells,
    run_reader,
    write_cells,
)
from dagster_project.ingest.dialect import Dialect, read_header
from dagster_project.ingest.discover import Delivered
from dagster_project.ingest.held import FileHeld
from dagster_project.ingest.intake import take_in_text
from dagster_project.ingest.split_csv import MAX_RECORD, CsvSplitter
from dagster_project.ingest.stream_csv import CsvStream


def read_csv(desk: Desk, delivered: Delivered) -> Cells:
    """Takes in a csv or tsv file.

    Raises:
        FileHeld: the file is refused as a whole.
    """

    def split(chunks: Iterator[bytes]) -> tuple[Dialect, CsvSplitter]:
        header, content = _behind_header(chunks)
        dialect = read_header(header, delivered.entity, delivered.format.name)
        with desk.content.open("wb") as out, desk.rejects.open("w", encoding="utf-8") as rejects:

            def reject(row: int, reason: str, text: bytes) -> None:
                content = json.dumps({"": text.decode("utf-8", "replace")}, ensure_ascii=False)
                rejects.write(json.dumps([row, reason, content]) + "\n")

            splitter = CsvSplitter(dialect, out, reject)
            splitter.run(content)
        return dialect, splitter

    sha256, size, (dialect, splitter) = take_in_text(delivered.source, delivered.encodings, split)
    columns = [(name, f"c{position}") for position, name in enumerate(dialect.header)]
    rows = splitter.records
    if desk.rejects.stat().st_size:
        run_reader(
            desk, "insert into malformed select json_extract_string(line, '$[0]'), "
            "json_extract_string(line, '$[1]'), json_extract_string(line, '$[2]') "
            f"from {line_source(desk.rejects, 8 * MAX_RECORD)}"
        )  # fmt: skip
    if is_large(rows):
        selected, fields, unknown = name_cells(delivered, columns)
        stream = CsvStream(desk.content, dialect, splitter.has_quoted_line_ends)
        desk.con.register(STREAM, stream)
        query = f"select file_row, {selected} from {STREAM}"
    else:
        source = _source(desk, dialect, parallel=not splitter.has_quoted_line_ends)
        query, fields, unknown = write_cells(desk, delivered, source, columns)
        checked_count(desk, rows)
    return Cells(query, sha256, size, rows, fields, unknown)


def line_source(path, longest: int) -> str:
    """A relation of the lines of a file, as one column ``line``."""
    return (
        f"read_csv({sql_path(path)}, columns = {{'line': 'varchar'}}, delim = '\x1f', quote = '', "
        "escape = '', header = false, auto_detect = false, new_line = '\\n', "
        f"max_line_size = {longest})"
    )


def _source(desk: Desk, dialect: Dialect, parallel: bool) -> str:
    columns = ", ".join(f"'c{position}': 'varchar'" for position in range(len(dialect.header)))
    return (
        f"read_csv({sql_path(desk.content)}, columns = {{{columns}}}, "
        f"delim = {sql_text(dialect.delimiter)}, quote = {sql_text(dialect.quote)}, "
        f"escape = {sql_text(dialect.quote)}, header = false, auto_detect = false, "
        f"new_line = '\\n', strict_mode = true, null_padding = false, parallel = {parallel}, "
        f"max_line_size = {2 * MAX_RECORD})"
    )


def _behind_header(chunks: Iterator[bytes]) -> tuple[str, Iterator[bytes]]:
    """The header record, and the content behind it. Line ends of a lone CR become LF."""
    head = b""
    for chunk in chunks:
        head += chunk
        if b"\n" not in head and b"\r" in head[:-1]:
            chunks = (one.replace(b"\r", b"\n") for one in chunks)
            head = head.replace(b"\r", b"\n")
        start = len(head) - len(head.lstrip(b"\r\n"))
        end = _record_end(head, start)
        if end:
            header = head[start:end].decode().rstrip("\r\n")
            return header, itertools.chain([head[end:]], chunks)
        if len(head) > MAX_RECORD:
            raise FileHeld("missing_column", "no header was found", "write column names first")
    return head.decode().strip("\r\n"), iter(())


def _record_end(head: bytes, start: int) -> int:
    """The end of the first record: the first line end outside quotes; 0 where it is not there."""
    end = head.find(b"\n", start)
    while end >= 0 and head.count(b'"', start, end) % 2:
        end = head.find(b"\n", end + 1)
    return end + 1
