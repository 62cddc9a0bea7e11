"""Phone numbers that are no plain mainland mobile, read by phonenumbers."""

from __future__ import annotations

import duckdb
import phonenumbers
import pyarrow as pa

from dagster_project.formats.quoting import sql_name

DEFAULT_REGION = "CN"
_ROWS = 50_000


def international(text: str) -> str | None:
    """The E.164 form of a valid number, read in the default region; None for anything else."""
    try:
        number = phonenumbers.parse(text, DEFAULT_REGION)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def create_other_phones(con: duckdb.DuckDBPyConnection, cells: str, columns: list[str]) -> None:
    """Makes the temporary table ``other_phones(written, e164)``.

    It holds each distinct text of the given columns of ``cells`` (a relation of folded cells)
    that is a valid number and no plain mainland mobile.
    """
    con.execute("create or replace temp table other_phones (written varchar, e164 varchar)")
    for column in columns:
        name = sql_name(column)
        unread = con.sql(f"""
            select distinct {name} from {cells}
            where mw_plain_mobile(mw_phone_compact({name})) is null
                and mw_masked_mobile(mw_phone_compact({name})) is null
                and {name} not in (select written from other_phones)""").to_arrow_table()
        for texts in unread.to_batches(max_chunksize=_ROWS):
            read = [(text, international(text)) for text in texts.column(0).to_pylist()]
            _insert(con, [one for one in read if one[1]])


def _insert(con: duckdb.DuckDBPyConnection, found: list[tuple[str, str | None]]) -> None:
    columns = [[one[0] for one in found], [one[1] for one in found]]
    arrow = pa.table([pa.array(one, pa.string()) for one in columns], names=["written", "e164"])
    con.register("read_phones", arrow)
    con.execute("insert into other_phones select * from read_phones")
    con.unregister("read_phones")
