"""What is true about a sample: persons, traps, planted rows, parameters. Never in the landing."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from dagster_project.sample.traps import Role, Roles

PERSONS = pa.schema(
    [
        ("person_id", pa.int64()),
        ("channel", pa.string()),
        ("customer_id", pa.string()),
        ("order_id", pa.string()),
    ]
)
ORDERS = pa.schema(
    [
        ("person_id", pa.int64()),
        ("channel", pa.string()),
        ("order_id", pa.string()),
        ("ordered_at", pa.timestamp("s")),
        ("cause", pa.string()),
    ]
)
TRAPS = pa.schema(
    [
        ("trap", pa.string()),
        ("trap_id", pa.int64()),
        ("person_id", pa.int64()),
        ("channel", pa.string()),
        ("customer_id", pa.string()),
        ("order_id", pa.string()),
    ]
)


class Truth:
    """Collects the truth while the files are written. Use as a context manager."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.counts: Counter[str] = Counter()
        self.cells: dict[str, dict[str, int]] = defaultdict(dict)
        self.bad_rows: list[dict[str, object]] = []
        self.gaming: list[dict[str, object]] = []
        self.programme: list[dict[str, object]] = []
        self._writers = {
            name: pq.ParquetWriter(folder / f"{name}.parquet", schema)
            for name, schema in (
                ("persons", PERSONS),
                ("orders", ORDERS),
                ("identity_traps", TRAPS),
            )
        }

    def __enter__(self) -> Truth:
        return self

    def __exit__(self, *_: object) -> None:
        for writer in self._writers.values():
            writer.close()

    def records(
        self, index: np.ndarray, roles: tuple[Roles, np.ndarray], names: tuple[str, pa.Array, bool]
    ) -> None:
        """Source records and whose they are, and those of them that belong to a trap.

        Args:
            index: person numbers.
            roles: the chunk's roles and the place of each person in the chunk.
            names: channel, ids, and whether the ids are order ids of guests.
        """
        channel, ids, is_guest = names
        nothing = pa.nulls(len(index), pa.string())
        columns = {
            "person_id": pa.array(index),
            "channel": pa.repeat(pa.scalar(channel), len(index)),
            "customer_id": nothing if is_guest else ids,
            "order_id": ids if is_guest else nothing,
        }
        table = pa.table(columns, schema=PERSONS)
        self._writers["persons"].write_table(table)
        role, concerned = roles[0].pair_role[roles[1]], roles[0].concerned()[roles[1]]
        labels = pa.array([Role(code).name.lower() for code in range(len(Role))])
        trap = table.append_column("trap", labels.take(pa.array(role.astype(np.int64))))
        trap = trap.append_column("trap_id", pa.array(index // 2)).filter(pa.array(concerned))
        self._writers["identity_traps"].write_table(trap.select(TRAPS.names).cast(TRAPS))
        self.counts["source_records"] += len(index)

    def orders(self, table: pa.Table) -> None:
        """Orders and whose they are."""
        self._writers["orders"].write_table(table.cast(ORDERS))

    def dirty_cells(self, file: str, counts: dict[str, int]) -> None:
        """Badly written cells of a file, by kind."""
        for kind, count in counts.items():
            if count:
                self.cells[kind][file] = self.cells[kind].get(file, 0) + count

    def bad_row(self, file: str, row: int, reason: str, column: str) -> None:
        """A row that must be quarantined; ``row`` 1 is the first data row."""
        self.bad_rows.append({"file": file, "row": row, "reason": reason, "column": column or None})

    def write(self, parameters: dict[str, object], rows: dict[str, int]) -> None:
        """``planted.json`` and ``parameters.json``."""
        planted = {
            "counts": dict(sorted(self.counts.items())),
            "cells": {
                kind: dict(sorted(files.items())) for kind, files in sorted(self.cells.items())
            },
            "bad_rows": self.bad_rows,
            "gaming": self.gaming,
            "programme": self.programme,
            "rows": dict(sorted(rows.items())),
        }
        for name, values in (("planted", planted), ("parameters", parameters)):
            text = json.dumps(values, ensure_ascii=False, indent=1, sort_keys=False)
            (self.folder / f"{name}.json").write_text(text + "\n", encoding="utf-8")
