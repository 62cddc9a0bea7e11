"""Records no strong key joins, side by side: who they say they are.

What is counted over everybody (how frequent a name is, what the model learns) is counted over view
``known``: the records first seen before the month of ``as_of``. So a new record moves no
probability but those of the pairs it is in, and the month's model is the same every day of it.
Everything here lives in a DuckDB in memory that may not spill: it holds names and addresses.
"""

from __future__ import annotations

from datetime import date

import duckdb
import pyarrow as pa

from dagster_project.identity.graph import IntArray
from dagster_project.identity.names import read_name
from dagster_project.identity.personal import PersonalValues

_WANTED = """
select {kind}_token as token, min(record_key) as record_key,
    arg_min(batch_id, record_key) as batch_id, arg_min(file_row, record_key) as file_row
from ev_person where {kind}_token is not null and name >= 0 group by {kind}_token
"""

_CARDS = """
select v.token, min(p.record_key) as record_key,
    arg_min(p.batch_id, p.record_key) as batch_id, arg_min(p.file_row, p.record_key) as file_row
from ev_edge as e
inner join ev_value as v on e.value = v.code
inner join ev_person as p on e.record = p.record
where v.identifier_type = 'card_no' and e.role = 'link' and p.name >= 0
group by v.token
"""

_TOKENS = """
select record,
    max(token) filter (where identifier_type = 'card_no') as card_no,
    max(token) filter (where identifier_type = 'email') as email,
    max(token) filter (where identifier_type = 'phone') as phone
from (
    select e.record, v.identifier_type, v.token
    from ev_edge as e inner join ev_value as v on e.value = v.code
    where e.role = 'link'
)
group by record
"""

_SAID = """
select p.*, coalesce(r.first_seen_at < $until, true) as is_known
from ev_person as p inner join ev_record as r on p.record = r.code where p.name >= 0
"""

_PERSON = """
create table person as
select
    s.record, s.record_key, l.cluster, n.name, n.canonical, n.words, n.is_full, n.is_han,
    b.text as birth_date, a.text as address, lower(s.city) as city,
    coalesce(lower(s.district), '') as district, s.postcode, s.gender,
    coalesce(c.text, t.card_no) as card_no, t.email,
    t.phone, s.is_known
from said as s
inner join label as l on s.record = l.record
inner join form as n on s.name_token = n.token and (n.is_full or not n.is_han)
left join birth_date as b on s.birth_date_token = b.token
left join address as a on s.address_token = a.token
left join shown as t on s.record = t.record
left join card as c on t.card_no = c.token
order by s.record;
create view person_word as select *, unnest(words) as word from person
"""


def load_persons(
    work: duckdb.DuckDBPyConnection,
    values: PersonalValues,
    labels: IntArray,
    as_of: date,
    least_known: int,
) -> duckdb.DuckDBPyConnection:
    """A database in memory with table ``person``: each record that shows a name a person has.

    View ``known`` holds those first seen before the month of ``as_of``, or at no known time; all
    of them where that is fewer than ``least_known``.
    """
    con = duckdb.connect(config={"threads": _threads(work)})
    con.execute("set temp_directory = ''")
    for kind in ("name", "birth_date", "address"):
        wanted = work.sql(_WANTED.format(kind=kind)).to_arrow_table()
        texts = values.texts(kind, wanted)
        if kind == "name":
            _register_names(con, texts)
        else:
            _keep(con, kind, _texts(texts))
    _keep(con, "card", _texts(values.texts("card_no", work.sql(_CARDS).to_arrow_table())))
    until = {"until": as_of.replace(day=1)}
    _keep(con, "said", work.sql(_SAID, params=until).to_arrow_table())
    _keep(con, "shown", work.sql(_TOKENS).to_arrow_table())
    _keep(con, "label", pa.table({"record": range(labels.size), "cluster": labels}))
    con.execute(_PERSON)
    _name_known(con, least_known)
    return con


def _name_known(con: duckdb.DuckDBPyConnection, least: int) -> None:
    found = con.execute("select count(*) from person where is_known").fetchall()[0][0]
    con.execute(
        "create view known as select * from person" + (" where is_known" if found >= least else "")
    )


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


def _register_names(con: duckdb.DuckDBPyConnection, texts: dict[str, str]) -> None:
    read = [(token, read_name(text)) for token, text in texts.items()]
    forms = [(token, form) for token, form in read if form is not None]
    _keep(con, "form", pa.table({
        "token": pa.array([token for token, _ in forms], pa.string()),
        "name": pa.array([form.text for _, form in forms], pa.string()),
        "canonical": pa.array([form.canonical for _, form in forms], pa.string()),
        "words": pa.array([form.canonical.split() for _, form in forms], pa.list_(pa.string())),
        "is_full": pa.array([form.is_full for _, form in forms], pa.bool_()),
        "is_han": pa.array([form.is_han for _, form in forms], pa.bool_()),
    }))  # fmt: skip
