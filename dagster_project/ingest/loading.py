"""The steps from a file's open views to a visible batch of raw."""

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
from dagster_project.ingest.cells import Cells
from dagster_project.ingest.discover import Delivered
from dagster_project.ingest.held import FileHeld, safe_names
from dagster_project.ingest.notices import drift, shorter
from dagster_project.ingest.profile import batch_times, profile_batch
from dagster_project.privacy.vault import quarantine_path, records_path, seal_rows
from dagster_project.release.durable import rename_durably, sync_tree


class Loading:
    """The steps from open views to a visible batch."""

    def __init__(
        self,
        bench: Bench,
        delivered: Delivered,
        cells: Cells,
        identity: str,
        earlier_size: int | None = None,
    ):
        self._earlier_size = earlier_size
        self._con, self._home, self._bench = bench.con, bench.home, bench
        self._delivered, self._cells, self._identity = delivered, cells, identity
        self._fields = record_sql.fields_of(delivered.entity, cells)
        self._good = "true"
        self._bad = 0
        self._causes: list[dict[str, Any]] = []

    def find_problems(self) -> None:
        """Makes the temporary table ``bad(file_row, reason, column_name)``."""
        problem = record_sql.problem_case(
            self._delivered.entity, self._fields, self._bench.too_late
        )
        sound = "file_row not in (select file_row from malformed)"
        malformed = self._con.execute("select count(*) from malformed").fetchall()[0][0]
        self._con.execute(f"""
            create or replace temp table bad as
            select file_row, reason, cast(null as varchar) as column_name from malformed
            union all
            select file_row, split_part(problem, ':', 1), split_part(problem, ':', 2)
            from (select file_row, {problem} as problem from typed
                where {sound if malformed else "true"})
            where problem is not null""")
        self._causes = self._count_causes()
        self._bad = sum(one["rows"] for one in self._causes)
        if self._bad:
            self._good = "file_row not in (select file_row from bad)"

    def check_budget(self) -> None:
        """Lets a file pass whose bad rows its feed allows, or that a person has released.

        Raises:
            FileHeld: too much of it cannot be read; its bad rows are in the vault.
        """
        causes = self._causes
        filled = count_filled(self._con, self._fields, causes)
        budget = budget_of(self._delivered.channel, self._delivered.entity.name)
        held = over_budget(budget, self._cells.rows_read, self._bad, causes, filled)
        if held is None or is_released(self._home, self._identity):
            return
        self._seal_bad()
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
        entity, channel = self._delivered.entity, self._delivered.channel
        form, con = self._delivered.format.name, self._con
        row = f"{sql_text(self._identity + '#')} || file_row"
        content = record_sql.personal_content(self._fields, self._cells)
        if content is not None:
            subject = record_sql.subject_of(entity, self._fields, channel, row)
            has_content = record_sql.has_personal_content(self._fields, self._cells)
            path = records_path(self._home, form, entity.name, self._identity)
            seal_rows(con, self._home, self._bench.keys, path, f"""
                select file_row, null as reason, null as column_name,
                    {subject} as subject, {content} as content
                from typed where {self._good} and ({has_content})""")  # fmt: skip
        self._seal_bad()

    def _seal_bad(self) -> None:
        """Seals the originals of bad rows."""
        entity, channel, con = self._delivered.entity, self._delivered.channel, self._con
        row = f"{sql_text(self._identity + '#')} || file_row"
        if self._bad:
            whole = record_sql.whole_content(self._fields, self._cells)
            subject = record_sql.subject_of(entity, self._fields, channel, row)
            path = quarantine_path(self._home, self._identity)
            seal_rows(con, self._home, self._bench.keys, path, f"""
                select bad.file_row, bad.reason, bad.column_name, delivered.subject,
                    coalesce(malformed.content, delivered.content, '{{}}') as content
                from bad
                join (select file_row, {subject} as subject, {whole} as content from typed)
                    as delivered on delivered.file_row = bad.file_row
                left join malformed on malformed.file_row = bad.file_row""")  # fmt: skip

    def commit(self, target: Path) -> Batch:
        """Writes data and manifest aside and makes them visible by one rename.

        Raises:
            FileHeld: the records written and quarantined are not as many as were read.
        """
        aside = self._home.raw / f"{UNFINISHED}{self._identity}"
        shutil.rmtree(aside, ignore_errors=True)
        aside.mkdir(parents=True)
        data = aside / DATA
        self._write(data)
        source = f"read_parquet({sql_path(data)})"
        rows = pq.read_metadata(data).num_rows
        if rows + self._bad != self._cells.rows_read:
            raise FileHeld(
                "count_mismatch", f"{self._cells.rows_read} records read, {rows} loaded and "
                f"{self._bad} quarantined", "keep the file and report it: no record may be lost",
            )  # fmt: skip
        batch = self._manifest(source, rows)
        content = dict(vars(batch))
        for name in ("ingested_at", "max_at", "max_order_at"):
            content[name] = content[name] and content[name].isoformat()
        (aside / MANIFEST).write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
        sync_tree(aside)
        target.parent.mkdir(parents=True, exist_ok=True)
        rename_durably(aside, target)
        return batch

    def _write(self, path: Path) -> None:
        lead = [
            f"{sql_text(self._delivered.channel)} as channel",
            f"{sql_text(self._identity)} as batch_id",
            f"timestamp '{self._bench.now.isoformat(sep=' ')}' as delivered_at",
            f"{sql_text(self._delivered.file)} as delivery_file",
            "file_row",
        ]
        columns = lead + record_sql.raw_select(self._delivered.entity, self._cells)
        self._con.execute(
            f"copy (select {', '.join(columns)} from typed where {self._good}) "
            f"to {sql_path(path)} (format parquet, compression zstd)"
        )

    def _manifest(self, source: str, rows: int) -> Batch:
        delivered, cells, entity = self._delivered, self._cells, self._delivered.entity
        times = batch_times(self._con, source, entity)
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
