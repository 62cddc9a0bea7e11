"""The steps from a file's values to a visible batch of raw."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from dagster_project.formats.quoting import sql_path, sql_text
from dagster_project.ingest import record_sql
from dagster_project.ingest.batches import DATA, MANIFEST, Batch, is_released
from dagster_project.ingest.bench import UNFINISHED, Bench
from dagster_project.ingest.budget import budget_of, count_filled, over_budget
from dagster_project.ingest.cells import Values
from dagster_project.ingest.held import FileHeld, safe_names
from dagster_project.ingest.notices import drift, shorter
from dagster_project.ingest.profile import batch_times, profile_batch
from dagster_project.ingest.sealing import seal_bad, seal_good
from dagster_project.release.durable import rename_durably, sync_tree


class Loading:
    """The steps from a file's values (the relation ``typed``) to a visible batch."""

    def __init__(self, bench: Bench, values: Values, earlier_size: int | None = None):
        self._con, self._home, self._bench = bench.con, bench.home, bench
        self._values, self._typed, self._identity = values, values.typed, values.identity
        self._delivered, self._cells = values.delivered, values.cells
        self._fields = record_sql.fields_of(self._delivered.entity, self._cells)
        self._earlier_size = earlier_size
        self._aside = bench.home.raw / f"{UNFINISHED}{self._identity}"
        self._loaded = self._bad = 0
        self._causes: list[dict[str, Any]] = []

    def _with_problems(self) -> str:
        """The records that could be taken apart, with what is wrong with each or NULL."""
        problem = record_sql.problem_case(
            self._delivered.entity, self._fields, self._bench.too_late
        )
        sound = "file_row not in (select file_row from malformed)"
        malformed = self._con.execute("select count(*) from malformed").fetchall()[0][0]
        where = f"where {sound}" if malformed else ""
        return f"(select *, {problem} as problem from {self._typed} {where})"

    def find_problems(self) -> None:
        """Makes the temporary table ``bad(file_row, reason, column_name)`` where rows are missing.

        Call it after ``write``.
        """
        if self._loaded == self._cells.rows_read:
            return
        self._con.execute(f"""
            create or replace temp table bad as
            select file_row, reason, cast(null as varchar) as column_name from malformed
            union all
            select file_row, split_part(problem, ':', 1), split_part(problem, ':', 2)
            from {self._with_problems()} where problem is not null""")
        self._causes = self._count_causes()
        self._bad = sum(one["rows"] for one in self._causes)

    def check_budget(self) -> None:
        """Lets a file pass whose bad rows its feed allows, or that a person has released.

        Raises:
            FileHeld: too much of it cannot be read; its bad rows are in the vault.
        """
        if not self._bad:
            return
        causes = self._causes
        filled = count_filled(self._con, self._typed, self._fields, causes)
        budget = budget_of(self._delivered.channel, self._delivered.entity.name)
        held = over_budget(budget, self._cells.rows_read, self._bad, causes, filled)
        if held is None or is_released(self._home, self._identity):
            return
        seal_bad(self._bench, self._values)
        shutil.rmtree(self._aside)
        held.facts = {
            "sha256": self._cells.sha256,
            "batch_id": self._identity,
            "rows_read": self._cells.rows_read,
            "rows_bad": self._bad,
            "quarantine": causes,
        }
        raise held

    def fill_vault(self) -> None:
        """Seals the personal values of good rows and the originals of bad ones."""
        good = "file_row not in (select file_row from bad)" if self._bad else "true"
        seal_good(self._bench, self._values, good)
        if self._bad:
            seal_bad(self._bench, self._values)

    def write(self) -> None:
        """Writes the records without a problem aside."""
        shutil.rmtree(self._aside, ignore_errors=True)
        self._aside.mkdir(parents=True)
        lead = [
            f"{sql_text(self._delivered.channel)} as channel",
            f"{sql_text(self._identity)} as batch_id",
            f"timestamp '{self._bench.now.isoformat(sep=' ')}' as delivered_at",
            f"{sql_text(self._delivered.file)} as delivery_file",
            "file_row",
        ]
        columns = lead + record_sql.raw_select(self._delivered.entity, self._cells)
        data = self._aside / DATA
        self._con.execute(
            f"copy (select {', '.join(columns)} from {self._with_problems()} "
            f"where problem is null) to {sql_path(data)} (format parquet, compression zstd)"
        )
        self._loaded = pq.read_metadata(data).num_rows

    def commit(self, target: Path) -> Batch:
        """Writes the manifest beside the data and makes both visible by one rename.

        Raises:
            FileHeld: the records written and quarantined are not as many as were read.
        """
        aside, rows = self._aside, self._loaded
        if rows + self._bad != self._cells.rows_read:
            raise FileHeld(
                "count_mismatch", f"{self._cells.rows_read} records read, {rows} loaded and "
                f"{self._bad} quarantined", "keep the file and report it: no record may be lost",
            )  # fmt: skip
        batch = self._manifest()
        content = dict(vars(batch))
        for name in ("ingested_at", "max_at", "max_order_at"):
            content[name] = content[name] and content[name].isoformat()
        (aside / MANIFEST).write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
        sync_tree(aside)
        target.parent.mkdir(parents=True, exist_ok=True)
        rename_durably(aside, target)
        return batch

    def _manifest(self) -> Batch:
        delivered, cells, entity = self._delivered, self._cells, self._delivered.entity
        source, rows = f"read_parquet({sql_path(self._aside / DATA)})", self._loaded
        times = batch_times(self._con, source, entity, rows)
        unknown = safe_names(list(cells.unknown))
        missing = [one.name for one in entity.fields if one.name not in cells.fields]
        before = self._bench.newest.get((delivered.channel, delivered.format.name, entity.name))
        return Batch(
            batch_id=self._identity,
            format=delivered.format.name,
            entity=entity.name,
            channel=delivered.channel,
            file=delivered.file,
            sha256=cells.sha256,
            bytes=cells.bytes,
            rows_read=cells.rows_read,
            rows_loaded=rows,
            rows_quarantined=self._bad,
            ingested_at=self._bench.now,
            max_at=times.latest,
            max_order_at=times.latest_order,
            span_days=times.span_days,
            schema_version=delivered.format.schema_version,
            quarantine=self._causes,
            unknown_columns=unknown,
            missing_columns=missing,
            columns=[name for name, _ in entity.raw_columns()],
            profile=profile_batch(self._con, source, entity, rows),
            notices=drift(delivered, unknown, missing, before)
            + shorter(delivered, cells.bytes, self._earlier_size),
        )

    def _count_causes(self) -> list[dict[str, Any]]:
        """What is wrong with the bad rows: {reason, column, rows}."""
        found = self._con.execute(
            "select reason, column_name, count(*) from bad group by reason, column_name "
            "order by reason, column_name nulls first"
        ).fetchall()
        return [{"reason": why, "column": column, "rows": rows} for why, column, rows in found]
