"""Names, birth dates and addresses out of the vault: in memory only, never on a disk.

A personal value is asked for by its token. The vault opens the records that were named, and every
value whose token is asked for is kept, in its normal form, for as long as this object lives.
"""

from __future__ import annotations

from typing import Protocol

import duckdb
import pyarrow as pa

from dagster_project.ingest.cell_sql import install_cell_macros
from dagster_project.privacy import Keys, open_records
from dagster_project.privacy.sql import install_privacy_macros
from dagster_project.settings import Home, Settings

# The same normal forms as at the door (dagster_project/ingest/field_sql.py): equal tokens prove it.
_FORMS = {
    "name": "mw_person_name(cell)",
    "address": "mw_address(cell)",
    "card_no": "cell",
    "birth_date": "cast(mw_day(mw_instant(cell, true)) as varchar)",
}
# Where several records show a value, the first that can be read is enough.
_READ = """
select token, any_value(text) as text
from (
    select a.token, {form} as text
    from (
        select batch_id, file_row, mw_trim(mw_fold_words(cell)) as cell from delivered
        where {fields}
    ) as d
    inner join ({asked}) as a on d.batch_id = a.batch_id and d.file_row = a.file_row
)
where mw_token($kind, text) = token
group by token
"""
# What a field of this name does not hold may be in another.
_REST = "select * from asked where token not in (select token from found)"
_MISSING = """
select distinct replace(record_key, ':', '|') as subject, batch_id
from asked anti join opened using (batch_id, file_row)
"""
_KEEP = """
insert into delivered
select batch_id, file_row, one.key, one.value
from (
    select batch_id, file_row,
        unnest(map_entries(from_json(content, '"MAP(VARCHAR, VARCHAR)"'))) as one
    from read semi join asked using (batch_id, file_row)
    anti join opened using (batch_id, file_row)
)
"""


class PersonalValues(Protocol):
    """Where the texts behind tokens come from."""

    def texts(self, kind: str, wanted: pa.Table) -> pa.Table:
        """The normal form of each value that can be read: token, text.

        Args:
            kind: name, birth_date, address or card_no.
            wanted: token, record_key, batch_id, file_row: records that show the value.
        """
        ...


class NoValues:
    """Nothing can be read: tokens are compared, and nothing else."""

    def texts(self, kind: str, wanted: pa.Table) -> pa.Table:
        """Nothing."""
        del kind, wanted
        return pa.table({"token": pa.array([], pa.string()), "text": pa.array([], pa.string())})


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
            create table delivered (batch_id varchar, file_row bigint, field varchar, cell varchar);
            create table opened (batch_id varchar, file_row bigint)
            """
        )

    def texts(self, kind: str, wanted: pa.Table) -> pa.Table:
        """See ``PersonalValues``."""
        con, read = self._con, _READ.format(form=_FORMS[kind], fields="{fields}", asked="{asked}")
        con.register("asked", wanted)
        self._open()
        found = read.format(fields="field = $kind", asked="from asked")
        con.execute(f"create temp table found as {found}", {"kind": kind})
        if con.execute(f"select count(*) from ({_REST})").fetchall()[0][0]:
            found = read.format(fields="field <> $kind", asked=_REST)
            con.execute(f"insert into found {found}", {"kind": kind})
        texts = con.sql("from found").to_arrow_table()
        con.execute("drop table found")
        con.unregister("asked")
        return texts

    def _open(self) -> None:
        """Open what is asked for and was not opened before."""
        con = self._con
        missing = con.sql(_MISSING).to_arrow_table()
        subjects, batches = (missing.column(name).to_pylist() for name in missing.schema.names)
        if not subjects:
            return
        for table in open_records(self._home, self._keys, subjects, set(batches)):
            con.register("read", table)
            con.execute(_KEEP)
            con.unregister("read")
        con.execute(
            "insert into opened select distinct batch_id, file_row from asked "
            "anti join opened using (batch_id, file_row)"
        )
