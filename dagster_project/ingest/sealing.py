"""The vault's share of a file: the personal values of its good rows, the originals of bad ones."""

from __future__ import annotations

from dagster_project.formats.quoting import sql_text
from dagster_project.ingest import record_sql
from dagster_project.ingest.bench import Bench
from dagster_project.ingest.cells import Values
from dagster_project.privacy.vault import quarantine_path, records_path, seal_rows


def seal_good(bench: Bench, values: Values, good: str) -> None:
    """Seals the values that raw does not keep, of the rows that pass the test ``good``."""
    delivered, cells, identity = values.delivered, values.cells, values.identity
    entity = delivered.entity
    fields = record_sql.fields_of(entity, cells)
    content = record_sql.personal_content(fields, cells)
    if content is None:
        return
    subject = record_sql.subject_of(entity, fields, delivered.channel, _row(identity))
    has_content = record_sql.has_personal_content(fields, cells)
    path = records_path(bench.home, delivered.format.name, entity.name, identity)
    seal_rows(bench.con, bench.home, bench.keys, path, f"""
        select file_row, null as reason, null as column_name,
            {subject} as subject, {content} as content
        from {values.typed} where {good} and ({has_content})""")  # fmt: skip


def seal_bad(bench: Bench, values: Values) -> None:
    """Seals the originals of the rows of the table ``bad``."""
    delivered, cells, identity = values.delivered, values.cells, values.identity
    fields = record_sql.fields_of(delivered.entity, cells)
    whole = record_sql.whole_content(fields, cells)
    subject = record_sql.subject_of(delivered.entity, fields, delivered.channel, _row(identity))
    path = quarantine_path(bench.home, identity)
    seal_rows(bench.con, bench.home, bench.keys, path, f"""
        select bad.file_row, bad.reason, bad.column_name, delivered.subject,
            coalesce(malformed.content, delivered.content, '{{}}') as content
        from bad
        join (select file_row, {subject} as subject, {whole} as content from {values.typed})
            as delivered on delivered.file_row = bad.file_row
        left join malformed on malformed.file_row = bad.file_row""")  # fmt: skip


def _row(identity: str) -> str:
    """What a row without customer and key is called (SQL text)."""
    return f"{sql_text(identity + '#')} || file_row"
