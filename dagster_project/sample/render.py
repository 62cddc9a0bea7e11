"""Tables as the bytes of a file: times, booleans and money in a channel's own words."""

from __future__ import annotations

import gzip
import io

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from dagster_project.sample.shapes import EPOCH_MS, LOCAL, MIXED, OFFSET, UTC, Shape
from dagster_project.sample.text import either, joined

UTC_OFFSET = 8 * 3_600  # Asia/Shanghai has had no summer time since 1991
GZIP_LEVEL = 1


def _utc(column: pa.Array) -> pa.Array:
    seconds = pc.subtract(column.cast(pa.int64()), UTC_OFFSET)
    return seconds.cast(pa.timestamp("s"))


def _iso(column: pa.Array, zone: str) -> pa.Array:
    return joined(pc.replace_substring(column.cast(pa.string()), " ", "T"), zone)


def time_words(column: pa.Array, form: str) -> pa.Array:
    """Local timestamps in a channel's form; mixed: three forms in turn."""
    if form == EPOCH_MS:
        return pc.multiply(_utc(column).cast(pa.int64()), 1_000)
    if form == UTC:
        return _iso(_utc(column), "Z")
    if form == OFFSET:
        return _iso(column, "+08:00")
    plain = column.cast(pa.string())
    if form == LOCAL:
        return plain
    turn = np.arange(len(column)) % 3
    slashes = pc.replace_substring(plain, "-", "/")
    return either(turn == 0, plain, either(turn == 1, slashes, _iso(column, "+08:00")))


def date_words(column: pa.Array, form: str) -> pa.Array:
    """Dates as ISO; mixed: ISO, slashes and eight digits in turn."""
    plain = column.cast(pa.string())
    if form != MIXED:
        return plain
    turn = np.arange(len(column)) % 3
    slashes = pc.replace_substring(plain, "-", "/")
    digits = pc.replace_substring(plain, "-", "")
    return either(turn == 0, plain, either(turn == 1, slashes, digits))


def in_words(table: pa.Table, shape: Shape) -> pa.Table:
    """The table with times, dates and booleans as the channel writes them."""
    columns = []
    for column in table.combine_chunks().columns:
        values = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
        if pa.types.is_timestamp(values.type):
            values = time_words(values, shape.times)
        elif pa.types.is_date(values.type):
            values = date_words(values, shape.times)
        elif pa.types.is_boolean(values.type) and shape.booleans != ("false", "true"):
            values = pc.if_else(values, *(pa.scalar(word) for word in reversed(shape.booleans)))
        columns.append(values)
    return pa.table(columns, names=table.column_names)


def typed(table: pa.Table) -> pa.Table:
    """The table for Parquet: times as UTC instants."""
    columns = []
    for column in table.columns:
        values = column.combine_chunks()
        if pa.types.is_timestamp(values.type):
            values = _utc(values).cast(pa.timestamp("us")).cast(pa.timestamp("us", "UTC"))
        columns.append(values)
    return pa.table(columns, names=table.column_names)


def csv_bytes(table: pa.Table, delimiter: str, header: bool) -> bytes:
    """The table as delimited UTF-8 text."""
    buffer = io.BytesIO()
    options = csv.WriteOptions(
        include_header=header, delimiter=delimiter, quoting_style="needed", quoting_header="none"
    )
    csv.write_csv(table, buffer, options)
    return buffer.getvalue()


def json_bytes(table: pa.Table) -> bytes:
    """The table as JSON lines; NULL fields are left out."""
    if not len(table):
        return b""
    members = []
    for name, column in zip(table.column_names, table.columns, strict=True):
        values = column.combine_chunks()
        if pa.types.is_string(values.type):
            values = pc.replace_substring(pc.replace_substring(values, "\\", "\\\\"), '"', '\\"')
            members.append(joined(f'"{name}":"', values, '"'))
        else:
            members.append(joined(f'"{name}":', values.cast(pa.string())))
    lines = pc.binary_join_element_wise(*members, ",", null_handling="skip")
    lines = joined("{", lines, "}\n")
    return b"".join(chunk.buffers()[2].to_pybytes() for chunk in pa.chunked_array([lines]).chunks)


def lines_of(table: pa.Table, shape: Shape, header: bool) -> bytes:
    """The table in the shape's text format, UTF-8, not compressed."""
    if shape.kind.startswith("json"):
        return json_bytes(table)
    return csv_bytes(table, "\t" if shape.kind == "tsv" else ",", header)


def finished(data: bytes, shape: Shape, is_first: bool) -> bytes:
    """The bytes as they go to disk: encoding, byte-order mark, compression."""
    if shape.encoding != "utf-8":
        data = data.decode("utf-8").encode(shape.encoding)
    if shape.has_bom and is_first:
        data = b"\xef\xbb\xbf" + data
    if shape.kind.endswith(".gz"):
        data = gzip.compress(data, GZIP_LEVEL, mtime=0)
    return data
