"""A delivery of the brand in which every platform writes its own export."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from tempfile import mkdtemp

import numpy as np
import pyarrow as pa

from dagster_project.sample.deliver import Delivery
from dagster_project.sample.native import (
    app_events,
    online_retail,
    pos,
    shopify,
    tmall,
    wechat,
    woocommerce,
    youzan,
)
from dagster_project.sample.native.ids import write_ids
from dagster_project.sample.native.names import ENTITIES, PLATFORMS, renamed
from dagster_project.sample.native.store import Store, entity_of
from dagster_project.sample.native.writer import Writer
from dagster_project.sample.plan import Plan
from dagster_project.sample.shapes import Shape
from dagster_project.sample.truth import Truth

TRUTH, IDS = "native.json", "native_ids.parquet"
_PLATFORMS = (shopify, tmall, youzan, wechat, pos, app_events, woocommerce, online_retail)


class NativeDelivery(Delivery):
    """Keeps what the platforms know, writes the rest in the contract's files as it comes.

    Persons, orders, lines, refunds and the app's events reach the landing folder when the
    delivery ends, one export a platform; ``native.json`` in the truth says what is wrong in them,
    ``native_ids.parquet`` who is who.
    """

    def __init__(self, plan: Plan, folder: Path, truth: Truth) -> None:
        super().__init__(plan, folder, truth)
        self._scratch = Path(mkdtemp(prefix="native-", dir=truth.folder))
        self._store = Store(self._scratch / "store.duckdb")

    def __exit__(self, *error: object) -> None:
        super().__exit__(*error)
        self._store.close()
        shutil.rmtree(self._scratch)

    def add(
        self, channel: str, entity: str, table: pa.Table, day: np.ndarray | None = None
    ) -> None:
        """Keep a platform's table; deliver any other."""
        known = entity_of(entity)
        if known in ENTITIES.get(channel, ()):
            self._store.put(channel, known, table)
        else:
            super().add(channel, entity, renamed(table), day)

    def _append(self, file: str, entity: str, table: pa.Table, shape: Shape) -> None:
        super()._append(_placed(file), entity, table, shape)

    def add_file(self, file: str, data: bytes, rows: int) -> None:
        """Deliver a finished file."""
        super().add_file(_placed(file), data, rows)

    def finish(self) -> None:
        """Write every platform's exports and what is planted in them."""
        self._store.close_books()
        writer = Writer(self._store.con, self.folder, self._scratch)
        for platform in _PLATFORMS:
            platform.deliver(writer)
        for told in writer.told:
            self.rows[told["file"]] += next(iter(told["rows"].values()))
        write_ids(self._store.con, self.truth.folder / IDS)
        text = json.dumps(writer.told, ensure_ascii=False, indent=1)
        (self.truth.folder / TRUTH).write_text(text + "\n", encoding="utf-8")


def _placed(file: str) -> str:
    channel, name = file.split("/", 1)
    return f"{PLATFORMS.get(channel, channel)}/{name}"
