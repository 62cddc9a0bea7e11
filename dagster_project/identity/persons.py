"""The plain names, birth dates and addresses of records that must be compared or learnt from.

Everything here lives in a DuckDB in memory that may not spill.
"""

from __future__ import annotations

import duckdb
import pyarrow as pa

from dagster_project.identity.names import read_name
from dagster_project.identity.personal import PersonalValues

_CODES = """
create or replace temp table wanted as
select record_key,
    row_number() over (order by is_known desc, first_seen_at nulls last, record_key) - 1 as record
from face where record_key in ({wanted})
"""

# Where to read: each record itself, so that the vault is opened once for all of its values.
_WANTED = """
select f.{column} as token, f.record_key, p.batch_id, p.file_row
from face as f
inner join identity.idn_person as p on f.record_key = p.record_key
where f.{column} is not null and f.record_key in (select record_key from wanted)
"""
_COLUMNS = {
    "name": "name_token", "birth_date": "birth_date", "address": "address", "card_no": "card_no",
}  # fmt: skip

_SAID = """
select f.*, w.record
from face as f inner join wanted as w on f.record_key = w.record_key
"""

_PERSON = """
create table person as
select
    s.record, s.record_key, n.name, n.canonical, n.words, n.is_full, n.is_han,
    b.text as birth_date, a.text as address, s.city, s.district, s.postcode, s.gender,
    coalesce(c.text, s.card_no) as card_no, s.email, s.phone, s.is_known,
    s.canonical as canonical_token
from said as s
inner join form as n on s.name_token = n.token
left join birth_date as b on s.birth_date = b.token
left join address as a on s.address = a.token
left join card_no as c on s.card_no = c.token
order by s.record;
create view known as select * from person where is_known
"""

# How frequent a name or a city is among the known; one that is new counts as seen once.
_FREQUENCY = """
select {column} as token, greatest(count(*) filter (where is_known), 1) / greatest(
    (select count(*) from face where is_known and {column} is not null), 1) as frequency
from face where {column} is not null group by {column}
"""


def load_persons(
    work: duckdb.DuckDBPyConnection, values: PersonalValues, wanted: str
) -> duckdb.DuckDBPyConnection:
    """A database in memory with table ``person``, view ``known`` (whom the model learns from), and
    ``frequency_canonical``, ``frequency_city`` (of everybody, for Splink).

    Args:
        work: has view ``face``.
        wanted: a query: the record_key of each record to read; temporary table ``wanted`` gives
            them codes, those of the known depending on nobody else.
    """
    con = duckdb.connect(config={"threads": _threads(work)})
    con.execute("set temp_directory = ''")
    work.execute(_CODES.format(wanted=wanted))
    for kind, column in _COLUMNS.items():
        texts = values.texts(kind, work.sql(_WANTED.format(column=column)).to_arrow_table())
        _keep(con, *(("form", _forms(texts)) if kind == "name" else (kind, _texts(texts))))
    _keep(con, "said", work.sql(_SAID).to_arrow_table())
    con.execute(_PERSON)
    for column, known_by in (("canonical", "canonical_token"), ("city", "city")):
        _keep(con, "counted", work.sql(_FREQUENCY.format(column=column)).to_arrow_table())
        con.execute(
            f"""
            create table frequency_{column} as
            select distinct p.{column}, c.frequency as tf_{column}
            from person as p inner join counted as c on p.{known_by} = c.token;
            drop table counted
            """
        )
    return con


def _texts(texts: dict[str, str]) -> pa.Table:
    return pa.table(
        {
            "token": pa.array(list(texts), pa.string()),
            "text": pa.array(list(texts.values()), pa.string()),
        }
    )


def _threads(work: duckdb.DuckDBPyConnection) -> int:
    return int(work.execute("select current_setting('threads')").fetchall()[0][0])


def _keep(con: duckdb.DuckDBPyConnection, table: str, rows: pa.Table) -> None:
    con.register("incoming", rows)
    con.execute(f"create table {table} as select * from incoming")
    con.unregister("incoming")


def _forms(texts: dict[str, str]) -> pa.Table:
    read = [(token, read_name(text)) for token, text in texts.items()]
    forms = [(token, form) for token, form in read if form is not None]
    return pa.table({
        "token": pa.array([token for token, _ in forms], pa.string()),
        "name": pa.array([form.text for _, form in forms], pa.string()),
        "canonical": pa.array([form.canonical for _, form in forms], pa.string()),
        "words": pa.array([form.canonical.split() for _, form in forms], pa.list_(pa.string())),
        "is_full": pa.array([form.is_full for _, form in forms], pa.bool_()),
        "is_han": pa.array([form.is_han for _, form in forms], pa.bool_()),
    })  # fmt: skip
