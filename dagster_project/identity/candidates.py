"""Records no strong key joins, side by side: who they say they are, and which pairs to compare.

Everything here lives in a DuckDB in memory that may not spill: it holds names and addresses.
"""

from __future__ import annotations

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

# Ways to meet: two records are compared when they share one of these and few others do.
BLOCKS = {
    "name": "canonical",
    "birth and name": "birth_date || ' ' || word",
    "birth and city": "birth_date || ' ' || city",
    "birth and postcode": "birth_date || ' ' || postcode",
    "address": "address",
    "postcode and name": "postcode || ' ' || word",
    "postcode and city": "postcode || ' ' || city",
    "card": "card_no",
    "email": "email",
    "phone": "phone",
}

# Two statements: in one, the engine may join the large blocks before it drops them.
_KEYED = """
create or replace temp table keyed as
with shown as (
    select distinct {key} as key, record, cluster from {source} where {key} is not null
)

select * from shown
where key in (
    select key from shown group by key
    having count(*) <= {limit} and count(distinct cluster) > 1
)
"""

_PAIRS = """
insert into candidate
select distinct a.record, b.record
from keyed as a
inner join keyed as b on a.key = b.key
where a.record < b.record and a.cluster <> b.cluster
"""


def load_persons(
    work: duckdb.DuckDBPyConnection, values: PersonalValues, labels: IntArray
) -> duckdb.DuckDBPyConnection:
    """A database in memory with table ``person``: each record that shows a name a person has."""
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
    _keep(con, "said", work.sql("select * from ev_person where name >= 0").to_arrow_table())
    _keep(con, "shown", work.sql(_TOKENS).to_arrow_table())
    _keep(con, "label", pa.table({"record": range(labels.size), "cluster": labels}))
    con.execute(
        """
        create table person as
        select
            s.record, s.record_key, l.cluster, n.name, n.canonical, n.words, n.is_full, n.is_han,
            b.text as birth_date, a.text as address, lower(s.city) as city,
            coalesce(lower(s.district), '') as district, s.postcode, s.gender,
            coalesce(c.text, t.card_no) as card_no, t.email,
            t.phone
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


def candidate_pairs(con: duckdb.DuckDBPyConnection, max_block: int) -> pa.Table:
    """The pairs of records in different clusters that meet in a block: ``left`` < ``right``."""
    con.execute('create or replace table candidate ("left" bigint, "right" bigint)')
    for key in BLOCKS.values():
        source = "person_word" if "word" in key else "person"
        con.execute(_KEYED.format(key=key, source=source, limit=max_block))
        con.execute(_PAIRS)
    return con.sql(
        'select distinct "left", "right" from candidate order by "left", "right"'
    ).to_arrow_table()


def exact_pairs(
    con: duckdb.DuckDBPyConnection, max_namesakes: int, max_same_birth: float
) -> pa.Table:
    """Pairs with the same full name (in characters or pinyin) and one more exact piece.

    A name and birth date (or address) that more clusters share than ``max_namesakes`` proves
    nothing, nor does a birth date of more than ``max_same_birth`` of all records: a form's default.
    A chain of the pairs that hold is returned, not every pair.
    """
    rules = []
    for rule, column in (("name_birth", "birth_date"), ("name_address", "address")):
        rules.append(
            f"""
            select '{rule}' as rule, first as "left", record as "right"
            from (
                select *, min(record) over same as first,
                    count(*) over (partition by {column}) as sharing,
                    min(cluster) over same as low, max(cluster) over same as high,
                    min(gender) over same as one_gender, max(gender) over same as other_gender,
                    dense_rank() over (
                        partition by canonical, {column} order by cluster) as clusters
                from person where is_full and {column} is not null
                window same as (partition by canonical, {column})
            )
            where record <> first and low <> high
                and coalesce(one_gender = other_gender, true)
                and (sharing <= {max_same_birth} * (select count(*) from person)
                    or sharing <= {max_namesakes})
            qualify max(clusters) over (partition by canonical, {column}) <= {max_namesakes}
            """
        )
    return con.sql(" union all ".join(rules) + " order by 1, 2, 3").to_arrow_table()
