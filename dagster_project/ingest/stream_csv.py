"""A large CSV as cells that stream by: each query over them reads the file again, in blocks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv

from dagster_project.ingest.dialect import Dialect
from dagster_project.ingest.split_csv import MAX_RECORD

_BLOCK = 4 * MAX_RECORD


class CsvStream:
    """The records a ``CsvSplitter`` passed on, as an Arrow stream that can be opened many times.

    Columns: ``file_row`` (from 1), then ``c0``, ``c1``, … as text, in the order of the file.

    Args:
        path: the splitter's output: well-formed records, no header.
        has_quoted_line_ends: whether cells hold line ends.
    """

    def __init__(self, path: Path, dialect: Dialect, has_quoted_line_ends: bool):
        self._path, self._dialect = path, dialect
        self._names = [f"c{position}" for position in range(len(dialect.header))]
        self._has_line_ends = has_quoted_line_ends
        texts = [(name, pa.string()) for name in self._names]
        self._schema = pa.schema([("file_row", pa.int64()), *texts])

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        """A new stream from the first record (the Arrow PyCapsule interface)."""
        reader = pa.RecordBatchReader.from_batches(self._schema, self._batches())
        return reader.__arrow_c_stream__(requested_schema)

    def _batches(self) -> Iterator[pa.RecordBatch]:
        types = dict.fromkeys(self._names, pa.string())
        reader = pacsv.open_csv(
            self._path,
            pacsv.ReadOptions(use_threads=False, block_size=_BLOCK, column_names=self._names),
            pacsv.ParseOptions(
                delimiter=self._dialect.delimiter,
                quote_char=self._dialect.quote,
                newlines_in_values=self._has_line_ends,
            ),
            pacsv.ConvertOptions(column_types=types, strings_can_be_null=False),
        )
        first = 1
        try:
            for batch in reader:
                numbers = pa.array(np.arange(first, first + batch.num_rows))
                yield pa.RecordBatch.from_arrays([numbers, *batch.columns], schema=self._schema)
                first += batch.num_rows
        except pa.ArrowInvalid:  # its message would show values
            raise RuntimeError(f"a record behind record {first - 1} is not well-formed") from None
