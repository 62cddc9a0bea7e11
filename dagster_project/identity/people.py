"""What records say of their person, as codes: ``ev_person``. Names are read once, from the vault.

``identity.idn_name_form`` (one row a name: tokens of its pinyin, its words, its surname) and
``identity.idn_name_pair`` (one row a pair of names that met behind a value: their likeness) are
kept from run to run; both follow from the names alone, so keeping them saves work and changes
nothing.
"""

from __future__ import annotations

import duckdb
import numpy as np
import pyarrow as pa

from dagster_project.identity.graph import IntArray
from dagster_project.identity.memory import open_memory
from dagster_project.identity.name_pairs import compare_names
from dagster_project.identity.names import name_forms
from dagster_project.identity.opinions import People
from dagster_project.identity.personal import PersonalValues
from dagster_project.privacy import Keys
from dagster_project.privacy.sql import install_privacy_macros

_KEPT = """
create table if not exists identity.idn_name_form (
    name_token varchar, canonical_token varchar, surname_token varchar, is_full boolean,
    is_han boolean, word_tokens varchar[]
);
create table if not exists identity.idn_name_pair (
    low_token varchar, high_token varchar, near_name double, likeness integer
);
create or replace temp table new_form (name_token varchar);
"""

# Where it is said now, if anywhere: what was said before may not be readable any more.
_UNREAD = """
select
    name_token as token,
    arg_min(record_key, (place, record_key)) as record_key,
    arg_min(batch_id, (place, record_key)) as batch_id,
    arg_min(file_row, (place, record_key)) as file_row
from ({shown})
where name_token is not null
    and name_token not in (select name_token from identity.idn_name_form)
group by name_token
"""

# A name that shows nothing has no words.
_TOKENS = """
select t.token as name_token, mw_token('name_form', coalesce(f.canonical, '')) as canonical_token,
    case when f.surname <> '' then mw_token('name_form', f.surname) end as surname_token,
    coalesce(f.is_full, false) as is_full, coalesce(f.is_han, false) as is_han,
    coalesce(list_transform(f.words, lambda one: mw_token('name_word', one)), []) as word_tokens
from texts as t left join forms as f on t.token = f.token
"""

_PERSON = """
create or replace temp table ev_person as
with form as (
    select * from identity.idn_name_form
    where name_token in (select name_token from in_person)
),

name_code as (
    select token, row_number() over (order by token) - 1 as code
    from (
        select name_token as token from in_person where name_token is not null
        union select canonical_token from form
        union select surname_token from form where surname_token is not null
    )
),

birth_code as (
    select birth_date_token as token, row_number() over (order by birth_date_token) - 1 as code
    from in_person where birth_date_token is not null group by birth_date_token
)

select
    r.code as record,
    p.*,
    coalesce(n.code, -1) as name,
    coalesce(c.code, n.code, -1) as canonical,
    coalesce(s.code, -1) as surname,
    coalesce(f.is_full, n.code is not null) as is_full,
    coalesce(b.code, -1) as birth,
    case p.gender when 'F' then 0 when 'M' then 1 else -1 end as gender_code
from in_person as p
inner join ev_record as r on p.record_key = r.record_key
left join name_code as n on p.name_token = n.token
left join form as f on p.name_token = f.name_token
left join name_code as c on f.canonical_token = c.token
left join name_code as s on f.surname_token = s.token
left join birth_code as b on p.birth_date_token = b.token
"""


def unread_names(con: duckdb.DuckDBPyConnection, *also: str) -> pa.Table:
    """Names that no run has read, and where they can be: token, record_key, batch_id, file_row.

    Args:
        also: tables with name_token, record_key, batch_id, file_row, beside idn_person.
    """
    con.execute(_KEPT)
    shown = " union all ".join(
        f"select {place} as place, name_token, record_key, batch_id, file_row from {table}"
        for place, table in enumerate(("identity.idn_person", *also))
    )
    return con.sql(_UNREAD.format(shown=shown)).to_arrow_table()


def read_forms(values: PersonalValues, keys: Keys, unread: pa.Table) -> pa.Table:
    """Tokens of the forms of names; the plain ones are in memory only."""
    texts = values.texts("name", unread)
    with open_memory(threads=1) as memory:
        install_privacy_macros(memory, keys)
        memory.register("forms", name_forms(memory, texts))
        memory.register("texts", texts)
        return memory.sql(_TOKENS).to_arrow_table()


def store_forms(con: duckdb.DuckDBPyConnection, forms: pa.Table) -> None:
    """``identity.idn_name_form`` knows them after, temporary table ``new_form`` them alone."""
    con.register("read", forms)
    con.execute("insert into identity.idn_name_form by name from read")
    con.execute("insert into new_form select name_token from read")
    con.unregister("read")


def load_people(con: duckdb.DuckDBPyConnection, values: PersonalValues, near_name: float) -> People:
    """Make ``ev_person`` and return it as arrays over the records to decide.

    Args:
        near_name: Jaro-Winkler similarity from which two names in letters are near.
    """
    con.execute(_PERSON)
    records = con.execute("select count(*) from ev_record").fetchone()
    columns = ("name", "canonical", "surname", "is_full", "birth", "gender_code")
    found = con.execute(
        f"select record, {', '.join(columns)} from ev_person where name >= 0 or birth >= 0"
    ).fetchnumpy()
    count = int(records[0]) if records else 0
    arrays = []
    for column in columns:
        whole = np.full(count, -1, dtype=np.int64)
        whole[found["record"]] = np.asarray(found[column]).astype(np.int64)
        arrays.append(whole)
    name, canonical, surname, is_full, birth, gender = arrays

    def compare(low: IntArray, high: IntArray) -> IntArray:
        return compare_names(con, values, near_name, low, high)

    return People(name, canonical, surname, is_full > 0, birth, gender, compare)
