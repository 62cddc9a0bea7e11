"""Names, birth dates and addresses out of the vault: in memory only, never on a disk.

A personal value is asked for by its token. The vault opens the records that were named, and every
value whose token is asked for is kept, in its normal form, for as long as this object lives.
"""

from __future__ import annotations

from threading import Lock
from typing import Protocol

import pyarrow as pa

from dagster_project.formats import personal_time_formats
from dagster_project.formats.quoting import sql_text
from dagster_project.identity.memory import open_memory
from dagster_project.ingest.cell_sql import install_cell_macros
from dagster_project.privacy import Keys, open_records
from dagster_project.privacy.sql import install_privacy_macros
from dagster_project.settings import Home, Settings

# The same normal forms as at the door (dagster_project/ingest/field_sql.py): equal tokens prove it.
_FORMS = {
    "name": ["mw_person_name(cell)"],
    "address": ["mw_address(cell)"],
    "card_no": ["cell"],
    "birth_date": ["cast(mw_day(mw_instant(cell, true)) as varchar)"],
}
_READ = """
select distinct record_key, token, text
from (
    select record_key, token, unnest({forms}) as text
    from (
        select a.record_key, a.token, mw_trim(mw_fold_words({cell})) as cell
        from ({asked}) as a inner join opened as o using (batch_id, file_row)
    )
)
where mw_token($kind, text) = token
"""
# The value is in the field of its kind, or in any other.
_OWN_FIELD = "o.content ->> $kind"
_ANY_FIELD = "unnest(mw_vault_values(o.content))"
_REST = "from asked anti join found using (record_key, token)"
_MISSING = """
select distinct replace(record_key, ':', '|') as subject, batch_id
from asked anti join opened using (batch_id, file_row)
"""
_KEEP = """
insert into opened
select batch_id, file_row, mw_vault_content(content, batch_id, file_row)
from read semi join asked using (batch_id, file_row) anti join opened using (batch_id, file_row)
"""
# Of who was erased there is nothing to open.
_KEEP_NOTHING = """
insert into opened
select distinct batch_id, file_row, null from asked anti join opened using (batch_id, file_row)
"""


def _forms_of(kind: str) -> str:
    """SQL: a list of the texts that a cell may be, of which one is the token's."""
    forms = list(_FORMS[kind])
    if kind == "birth_date":  # each format has its own forms of a day, besides
        forms += [
            f"cast(cast(try_strptime(cell, {sql_text(form)}) as date) as varchar)"
            for form in sorted(personal_time_formats(kind))
        ]
    return f"[{', '.join(forms)}]"


class PersonalValues(Protocol):
    """Where the texts behind tokens come from."""

    def texts(self, kind: str, wanted: pa.Table) -> pa.Table:
        """The normal form of each value that can be read: record_key, token, text.

        Args:
            kind: name, birth_date, address or card_no.
            wanted: token, record_key, batch_id, file_row: records and the value they show. Who was
                erased is not read, whoever else shows the value.
        """
        ...

    def forget(self) -> None:
        """Nothing more will be asked: what was read leaves the memory."""
        ...


class NoValues:
    """Nothing can be read: tokens are compared, and nothing else."""

    def texts(self, kind: str, wanted: pa.Table) -> pa.Table:
        """Nothing."""
        del kind, wanted
        return pa.table(
            {name: pa.array([], pa.string()) for name in ("record_key", "token", "text")}
        )

    def forget(self) -> None:
        """Nothing was read."""


class VaultValues:
    """The values in the vault of a home; one thread at a time opens it."""

    def __init__(self, home: Home, keys: Keys, settings: Settings) -> None:
        self._home, self._keys, self._lock = home, keys, Lock()
        self._con = open_memory(settings.threads)
        install_cell_macros(self._con, settings.time_zone)
        install_privacy_macros(self._con, keys)
        self._con.execute(
            "create table opened (batch_id varchar, file_row bigint, content varchar)"
        )

    def texts(self, kind: str, wanted: pa.Table) -> pa.Table:
        """See ``PersonalValues``."""
        with self._lock:
            return self._texts(kind, wanted)

    def _texts(self, kind: str, wanted: pa.Table) -> pa.Table:
        con = self._con
        con.register("asked", wanted)
        self._open()
        forms = _forms_of(kind)
        own = _READ.format(forms=forms, cell=_OWN_FIELD, asked="from asked")
        con.execute(f"create temp table found as {own}", {"kind": kind})
        if con.execute(f"select count(*) from ({_REST})").fetchall()[0][0]:
            rest = _READ.format(forms=forms, cell=_ANY_FIELD, asked=_REST)
            con.execute(f"insert into found {rest}", {"kind": kind})
        texts = con.sql("from found").to_arrow_table()
        con.execute("drop table found")
        con.unregister("asked")
        return texts

    def forget(self) -> None:
        """See ``PersonalValues``."""
        with self._lock:
            self._con.execute("truncate opened")

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
        con.execute(_KEEP_NOTHING)
