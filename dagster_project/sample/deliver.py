"""Puts tables into files: splits them by quarter or day, plants the dirt, appends the bytes."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from dagster_project.sample import dirt, render
from dagster_project.sample.later import as_known_then
from dagster_project.sample.plan import Plan
from dagster_project.sample.shapes import Shape, shape_of
from dagster_project.sample.truth import Truth

REPEATS = 3  # a stream of random numbers


class Delivery:
    """Writes the files of one sample, stretch by stretch. Use as a context manager."""

    def __init__(self, plan: Plan, folder: Path, truth: Truth) -> None:
        self.plan, self.folder, self.truth = plan, folder, truth
        self.rows: dict[str, int] = defaultdict(int)
        self._turn = 0
        self._parquet: dict[str, pq.ParquetWriter] = {}
        days = [plan.start + timedelta(days=number) for number in range(plan.days)]
        self._quarters = np.array([day.year * 4 + (day.month - 1) // 3 for day in days])
        self._days = days

    def __enter__(self) -> Delivery:
        return self

    def __exit__(self, *_: object) -> None:
        for writer in self._parquet.values():
            writer.close()

    def add(
        self, channel: str, entity: str, table: pa.Table, day: np.ndarray | None = None
    ) -> None:
        """Deliver a table; ``day``: each row's business day since the start (None = base file)."""
        if day is None:
            self._put(channel, entity, table, np.zeros(len(table), np.int64))
            return
        for rows, days in as_known_then(self.plan, entity, table, day):
            self._put(channel, entity, rows, np.clip(days, 0, self.plan.days - 1))

    def _put(self, channel: str, entity: str, table: pa.Table, day: np.ndarray) -> None:
        """Sort rows into the files of their days; ``day`` lies within the plan."""
        if not len(table):
            return
        shape = shape_of(channel, entity)
        bucket = self._buckets(day, shape)
        sequence = np.argsort(bucket, kind="stable")
        bucket = bucket[sequence]
        if np.any(np.diff(sequence) != 1):
            table = table.take(pa.array(sequence))
        codes, firsts = np.unique(bucket, return_index=True)
        for code, first, last in zip(codes, firsts, [*firsts[1:], len(bucket)], strict=True):
            file = f"{channel}/{entity}{self._label(int(code))}.{shape.kind}"
            self._append(file, entity, table.slice(first, last - first), shape)

    def _buckets(self, day: np.ndarray, shape: Shape) -> np.ndarray:
        """0 = the base file, a quarter's number, or 1,000,000 + the day of a daily file."""
        base = self._quarters[day] if shape.is_quarterly else np.zeros(len(day), np.int64)
        daily = day >= self.plan.days - self.plan.daily_days
        return np.where(daily, 1_000_000 + day, base)

    def _label(self, bucket: int) -> str:
        if bucket >= 1_000_000:
            return f"_{self._days[bucket - 1_000_000]}"
        return f"_{bucket // 4}-q{bucket % 4 + 1}" if bucket else ""

    def _append(self, file: str, entity: str, table: pa.Table, shape: Shape) -> None:
        path = self.folder / file
        is_first = file not in self.rows
        if is_first:
            path.parent.mkdir(parents=True, exist_ok=True)
        if shape.kind == "parquet":
            self._append_parquet(file, render.typed(table))
            self.rows[file] += len(table)
            return
        words = dirt.soil(render.in_words(table, shape), shape)
        if shape.repeats_rows:
            words = self._with_repeats(words, path.parent.name)
        self.truth.dirty_cells(file, dirt.soiled(words))
        data = render.finished(self._lines(file, entity, words, shape), shape, is_first)
        with path.open("ab") as stream:
            stream.write(data)

    def _with_repeats(self, table: pa.Table, channel: str) -> pa.Table:
        """The table and, after it, some of its rows once more: an export that ran twice."""
        share = self.plan.behaviour.duplicate_customer_share
        rng = self.plan.generator(REPEATS, len(self.rows), self._turn)
        count = round(len(table) * share / (1 - share))
        again = np.sort(rng.permutation(len(table))[:count])
        self.truth.counts[f"duplicate_customers_{channel}"] += count
        return pa.concat_tables([table, table.take(pa.array(again))])

    def _lines(self, file: str, entity: str, table: pa.Table, shape: Shape) -> bytes:
        """The text of a stretch with its bad rows in place; counts the rows."""
        bad = dirt.bad_rows(entity, table, shape, self._turn)
        self._turn += len(bad)
        parts: list[bytes] = []
        header = self.rows[file] == 0
        for first, length, follower in dirt.stretches(len(table), bad):
            parts.append(render.lines_of(table.slice(first, length), shape, header))
            header = False
            self.rows[file] += length
            if follower is None:
                continue
            piece = dirt.bad_piece(entity, table.slice(follower.place, 1), follower)
            line = render.lines_of(piece, shape, header=False)
            parts.append(dirt.broken(line, follower.reason))
            self.rows[file] += 1
            self.truth.bad_row(file, self.rows[file], follower.reason, follower.column)
        return b"".join(parts)

    def _append_parquet(self, file: str, table: pa.Table) -> None:
        writer = self._parquet.get(file)
        if writer is None:
            writer = self._parquet[file] = pq.ParquetWriter(self.folder / file, table.schema)
        writer.write_table(table)

    def finish(self) -> None:
        """Write what is still held back: nothing here."""

    def add_file(self, file: str, data: bytes, rows: int) -> None:
        """Deliver a finished file."""
        path = self.folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        self.rows[file] += rows
