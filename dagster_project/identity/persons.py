"""The plain names, birth dates and addresses of records that must be compared or learnt from.

Everything here lives in a DuckDB in memory that may not spill.
"""

from __future__ import annotations

import duckdb
import pyarrow as pa

from dagster_project.identity.known import SHARE_OF_KNOWN
from dagster_project.identity.names import name_forms
from dagster_project.identity.personal import PersonalValues

_WANTED = """
create or replace temp table wanted as
with asked as (
    select record_key, row_number() over (order by record_key) - 1 as record
    from (select left_key as record_key from unscored union select right_key from unscored)
)

select f.*, a.record, p.batch_id, p.file_row
from face as f
inner join asked as a on f.record_key = a.record_key
inner join identity.idn_person as p on f.record_key = p.record_key
"""
# Where to read: each record itself, so that the vault is opened once for all of its values, and
# what can be read of one depends on no other.
_ASKED = """
select {column} as token, record_key, batch_id, file_row from said where {column} is not null
"""
# A card that the record shows on its orders only is compared by its token.
_COLUMNS = {
    "name": "name_token",
    "birth_date": "birth_date",
    "address": "address",
    "card_no": "case when states_card then card_no end",
}

_PERSON = """
create table {table} as
select
    s.record, s.record_key, n.text as name, n.canonical, n.words, n.is_full, n.is_han,
    b.text as birth_date, a.text as address, s.city, s.district, s.postcode, s.gender,
    coalesce(c.text, s.card_no) as card_no, s.email, s.phone, s.canonical as canonical_token{also}
from said as s
inner join name as m on s.record_key = m.record_key
inner join form as n on m.token = n.token
left join birth_date as b on s.record_key = b.record_key
left join address as a on s.record_key = a.record_key
left join card_no as c on s.record_key = c.record_key
order by s.record
"""

_FREQUENCY = """
select w.token, {share} as frequency
from (select distinct {column} as token from wanted where {column} is not null) as w
left join identity.idn_kept_frequency as k on k.kind = '{column}' and w.token = k.shown
"""


def lay_known(con: duckdb.DuckDBPyConnection, values: PersonalValues, said: pa.Table) -> None:
    """Table ``known``, what the model learns from: ``lessons`` with the texts behind tokens."""
    _lay(con, values, said, "known", "columns('^in_')")


def lay_persons(
    work: duckdb.DuckDBPyConnection, con: duckdb.DuckDBPyConnection, values: PersonalValues
) -> None:
    """Table ``person``, the records of ``unscored`` (pairs to compare), with the codes temporary
    table ``wanted`` gives them; for Splink ``frequency_canonical`` and ``frequency_city``, how
    frequent their names and cities are among the known."""
    work.execute(_WANTED)
    _lay(con, values, work.sql("from wanted").to_arrow_table(), "person")
    for column, known_by in (("canonical", "canonical_token"), ("city", "city")):
        share = SHARE_OF_KNOWN.format(kind=column)
        counted = work.sql(_FREQUENCY.format(column=column, share=share)).to_arrow_table()
        _keep(con, "counted", counted)
        con.execute(
            f"""
            create table frequency_{column} as
            select distinct p.{column}, c.frequency as tf_{column}
            from person as p inner join counted as c on p.{known_by} = c.token;
            drop table counted
            """
        )


def _lay(
    con: duckdb.DuckDBPyConnection, values: PersonalValues, said: pa.Table, table: str, *also: str
) -> None:
    """What records said with the texts behind its tokens, and ``also`` what else it has."""
    con.register("said", said)
    for kind, column in _COLUMNS.items():
        texts = values.texts(kind, con.sql(_ASKED.format(column=column)).to_arrow_table())
        _keep(con, kind, texts)
        if kind == "name":
            _keep(con, "form", name_forms(con, texts))
    con.execute(_PERSON.format(table=table, also="".join(f", {column}" for column in also)))
    con.unregister("said")
    con.execute("; ".join(f"drop table {kind}" for kind in ("form", *_COLUMNS)))


def _keep(con: duckdb.DuckDBPyConnection, table: str, rows: pa.Table) -> None:
    con.register("incoming", rows)
    con.execute(f"create table {table} as select * from incoming")
    con.unregister("incoming")
