"""Names, birth dates and addresses out of the vault: in memory only, never on a disk.

A personal value is asked for by its token. The vault opens the records that were named, and every
value whose token is asked for is kept, in its normal form, for as long as this object lives.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

import duckdb
import pyarrow as pa

from dagster_project.ingest.cell_sql import install_cell_macros
from dagster_project.privacy import Keys, read_records
from dagster_project.privacy.sql import install_privacy_macros
from dagster_project.settings import Home, Settings

_ROWS = 20_000

# The same normal forms as at the door (dagster_project/ingest/field_sql.py): equal tokens prove it.
_FORMS = {
    "name": "mw_person_name(d.cell)",
    "address": "mw_address(d.cell)",
    "card_no": "d.cell",
    "birth_date": "cast(mw_day(mw_instant(d.cell, true)) as varchar)",
}
_READ = """
select distinct token, text
from (
    select a.token, {form} as text
    from delivered as d
    inner join asked as a on d.batch_id = a.batch_id and d.file_row = a.file_row
)
where mw_token($kind, text) = token
"""


class PersonalValues(Protocol):
    """Where the texts behind tokens come from."""

    def texts(self, kind: str, wanted: pa.Table) -> dict[str, str]:
        """The normal form of each value that can be read.

        Args:
            kind: name, birth_date, address or card_no.
            wanted: token, record_key, batch_id, file_row: a record that shows the value.
        """
        ...


class NoValues:
    """Nothing can be read: tokens are compared, and nothing else."""

    def texts(self, kind: str, wanted: pa.Table) -> dict[str, str]:
        """Nothing."""
        del kind, wanted
        return {}


class VaultValues:
    """The values in the vault of a home."""

    def __init__(self, home: Home, keys: Keys, settings: Settings) -> None:
        self._home, self._keys = home, keys
        self._con = duckdb.connect(config={"threads": settings.threads})
        self._con.execute("set temp_directory = ''")
        install_cell_macros(self._con, settings.time_zone)
        install_privacy_macros(self._con, keys)
        self._con.execute(
            """
            create table delivered (batch_id varchar, file_row bigint, cell varchar);
            create table opened (batch_id varchar, file_row bigint)
            """
        )

    def texts(self, kind: str, wanted: pa.Table) -> dict[str, str]:
        """See ``PersonalValues``."""
        con = self._con
        con.register("asked", wanted)
        missing = con.sql(
            """
            select replace(record_key, ':', '|') as subject, batch_id, file_row
            from asked anti join opened using (batch_id, file_row)
            """
        ).fetchnumpy()
        if missing["subject"].size:
            self._open(missing["subject"].tolist(), set(missing["batch_id"].tolist()))
        found = con.execute(_READ.format(form=_FORMS[kind]), {"kind": kind}).fetchall()
        con.unregister("asked")
        return dict(found)

    def _open(self, subjects: Iterable[str], batches: Iterable[str]) -> None:
        rows: list[tuple[str, int, str]] = []
        for record in read_records(self._home, self._keys, subjects, batches=batches):
            rows += [
                (record.batch_id, record.file_row, text)
                for text in record.values.values()
                if isinstance(text, str)
            ]
            if len(rows) >= _ROWS:
                self._keep(rows)
                rows = []
        self._keep(rows)

    def _keep(self, rows: list[tuple[str, int, str]]) -> None:
        if not rows:
            return
        batch_id, file_row, written = zip(*rows, strict=True)
        self._con.register(
            "read", pa.table({"batch_id": batch_id, "file_row": file_row, "written": written})
        )
        self._con.execute(
            """
            insert into delivered
            select batch_id, file_row, mw_trim(mw_fold_words(written)) from read
            anti join opened using (batch_id, file_row);
            insert into opened select distinct batch_id, file_row from read
            """
        )
        self._con.unregister("read")
