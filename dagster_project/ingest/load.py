"""One delivered file becomes one immutable batch of raw, its personal values a vault file."""

from __future__ import annotations

import hashlib
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from dagster_project.formats.quoting import sql_text
from dagster_project.ingest import record_sql
from dagster_project.ingest.batches import Batch
from dagster_project.ingest.bench import Bench
from dagster_project.ingest.cells import STREAM, Cells, Desk, Reader, Values, is_large
from dagster_project.ingest.dialect import bind_columns
from dagster_project.ingest.discover import Delivered
from dagster_project.ingest.held import FileHeld
from dagster_project.ingest.loading import Loading
from dagster_project.ingest.read_csv import read_csv
from dagster_project.ingest.read_json import read_json
from dagster_project.ingest.read_parquet import read_parquet
from dagster_project.ingest.read_xlsx import read_xlsx
from dagster_project.ingest.seen import SeenFiles
from dagster_project.privacy.phones import create_other_phones

READERS: dict[str, Reader] = {
    "csv": read_csv,
    "tsv": read_csv,
    "jsonl": read_json,
    "json": read_json,
    "parquet": read_parquet,
    "xlsx": read_xlsx,
}

# The file's columns are not those of the format, or more of them are another one's.
OTHER_SHAPES = {"missing_column", "missing_sheet", "other_columns"}


def batch_id(channel: str, format_name: str, entity: str, sha256: str) -> str:
    """The id of the batch that these bytes are, delivered there."""
    text = "\n".join((channel, format_name, entity, sha256))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def load_file(
    bench: Bench, delivered: Delivered, earlier_size: int | None = None
) -> tuple[str, Batch | None]:
    """Loads a file. Returns its batch id, and the batch unless the same bytes were there before.

    Args:
        earlier_size: bytes of what was last loaded from the same place.

    Raises:
        FileHeld: the file is refused as a whole; nothing of it is visible.
        FileWaits: the file changed or went away meanwhile.
    """
    with TemporaryDirectory(dir=bench.home.incoming) as folder, ExitStack() as after:
        after.callback(bench.con.unregister, STREAM)
        desk = Desk(bench.con, Path(folder))
        cells = READERS[delivered.kind](desk, delivered)
        form, entity = delivered.format, delivered.entity
        _check_fit(delivered, cells)
        identity = batch_id(delivered.channel, form.name, entity.name, cells.sha256)
        target = bench.home.raw / form.name / entity.name / identity
        if target.exists():
            return identity, None
        zone = form.time_zone or bench.settings.time_zone
        bench.con.execute(f"set TimeZone = {sql_text(zone)}")
        values = Values(delivered, cells, identity, _read_values(bench, delivered, cells))
        loading = Loading(bench, values, earlier_size)
        loading.write()
        loading.find_problems()
        loading.check_budget()
        loading.fill_vault()
        return identity, loading.commit(target)


def _check_fit(delivered: Delivered, cells: Cells) -> None:
    """Lets a file pass that has no more columns of the other format than of its own.

    A file of customers needs little more than ids to be read in either.
    """
    if delivered.otherwise is None:
        return
    entity = delivered.otherwise.entity
    known = bind_columns((*cells.fields, *cells.unknown), entity)
    whole = all(one.name in known for one in entity.fields if one.required)
    if whole and len(known) > len(cells.fields):
        raise FileHeld("other_columns", "its columns are of another format", "bind the channel")


def load_as_it_fits(
    bench: Bench, delivered: Delivered, seen: SeenFiles
) -> tuple[Delivered, str, Batch | None]:
    """Loads a file as its format says, or as the other one its columns fit.

    Returns which of the two it was, and what ``load_file`` returns; raises as that does.
    """
    try:
        return delivered, *load_file(bench, delivered, seen.earlier_size(delivered))
    except FileHeld as held:
        other = delivered.otherwise
        if other is None or held.reason not in OTHER_SHAPES:
            raise
        try:
            return other, *load_file(bench, other, seen.earlier_size(other))
        except FileHeld as second:
            if second.reason in OTHER_SHAPES:
                raise held from None
            second.facts |= {"format": other.format.name, "entity": other.entity.name}
            raise


def _read_values(bench: Bench, delivered: Delivered, cells: Cells) -> str:
    """The relation of the values of a file: a table, or for a large file a subquery.

    Problems, vault and raw all read it, and reading values by their form is the work. A file that
    does not fit in memory is read as it streams by: once for raw, again for what else is asked.
    """
    con, fields = bench.con, record_sql.fields_of(delivered.entity, cells)
    phones = [one for one in fields if one.personal == "phone"]
    if phones:
        folded = f"({record_sql.folded_select(phones, cells)})"
        create_other_phones(con, folded, [f"f:{one.name}" for one in phones])
    query = record_sql.typed_select(fields, cells)
    if is_large(cells.rows_read):
        return f"({query}) as typed"
    con.execute(f"create or replace temp table typed as {query}")
    return "typed"
