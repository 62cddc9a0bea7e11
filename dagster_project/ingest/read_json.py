"""JSON lines and JSON documents to cells."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from dataclasses import replace

from dagster_project.ingest.cells import Cells, Desk, checked_count, run_reader, write_cells
from dagster_project.ingest.discover import Delivered
from dagster_project.ingest.intake import take_in_text
from dagster_project.ingest.json_paths import columns_of, records_of
from dagster_project.ingest.read_csv import line_source
from dagster_project.ingest.split_json import MAX_RECORD, JsonDocument, JsonLines


def read_json(desk: Desk, delivered: Delivered) -> Cells:
    """Takes in a jsonl file, or a json file of an array, of one object or of lines.

    Raises:
        FileHeld: the file is refused as a whole.
    """

    def split(chunks: Iterator[bytes]) -> int:
        first = next(chunks, b"")
        while not first.strip() and (more := next(chunks, None)) is not None:
            first += more
        with desk.content.open("wb") as out:
            is_lines = delivered.kind == "jsonl" or _begins_with_a_line(first)
            splitter = JsonLines(out) if is_lines else JsonDocument(out)
            splitter.run(itertools.chain([first], chunks))
        return splitter.records

    sha256, size, records = take_in_text(delivered.source, delivered.encodings, split)
    entity = delivered.entity
    relation = records_of(line_source(desk.content, 2 * MAX_RECORD), entity)
    if entity.record or entity.rows:
        records = run_reader(desk, f"select count(*) from {relation}").fetchall()[0][0]
    columns = columns_of(desk, relation, delivered.format, entity)
    if not records:
        columns = [(one.name, "line") for one in entity.fields]
    # the columns have the names of the fields by now: a further name would bind them again
    named = replace(entity, fields=tuple(replace(one, aliases=()) for one in entity.fields))
    bare = replace(delivered, entity=named)
    query, fields, unknown = write_cells(desk, bare, relation, columns)
    run_reader(
        desk,
        f"""
        insert into malformed
        select file_row, 'malformed_json', '{{"":' || to_json(line) || '}}' from (
            select *, row_number() over () as file_row from {relation})
        where not is_object""",
    )
    return Cells(query, sha256, size, checked_count(desk, records), fields, unknown)


def _begins_with_a_line(content: bytes) -> bool:
    """Whether the first line that is not blank is a whole JSON object and more may follow it."""
    first = content.lstrip().split(b"\n", 1)[0]
    try:
        return isinstance(json.loads(first), dict)
    except ValueError:
        return False
