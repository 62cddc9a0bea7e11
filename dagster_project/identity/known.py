"""Whom the model learns from: what records stated before the month of ``as_of``.

So the model of a month is the same every day of it, whatever arrives: who is new in the month, or
states something else, is compared by it and changes nothing of it. A brand that stated too little
before the month has its model of everybody as they are now.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import duckdb

NOTHING = "nothing"  # what a model is trained on where too few show a name

_STATED = """
select record_key, version_key, name_token, birth_date_token as birth_date, gender, city, district,
    address_token as address, postcode, card_no_token as card_no, email_match_token as email,
    phone_token as phone, stated_at, batch_id, file_row
from identity.idn_person_version
where coalesce(stated_at < date '{month}', true)
"""

# What is delivered again unchanged, in another file, is no other statement.
_PRINT = """
select count(*), coalesce(sum(hash(
    version_key, stated_at, name_token, birth_date, gender, city, district, address, postcode,
    card_no, email, phone)), 0)
from ({stated})
"""

# The newest statement of each record; nearly all made one only. A value that is junk, or on more of
# them than the policy allows, tells nobody apart.
_NEWEST = """
create or replace temp table known_statement as
with stated as materialized ({stated}),

often as (
    select * from stated
    semi join (select record_key from stated group by record_key having count(*) > 1)
        using (record_key)
)

select * from stated anti join often using (record_key)
union all by name
select * from often
qualify row_number() over (
    partition by record_key order by stated_at desc nulls last, version_key desc
) = 1;

create or replace temp table known_worn as
select identifier_type, token from ev_junk
union
select identifier_type, token
from (
    select unnest(['card_no', 'email', 'phone']) as identifier_type,
        unnest([card_no, email, phone]) as token
    from known_statement
)
inner join ev_rule using (identifier_type)
where token is not null
group by identifier_type, token, max_accounts having count(*) > max_accounts
"""
_LEARNT = """
create or replace temp table known_face as
select
    s.record_key, s.name_token, f.canonical_token as canonical, s.gender, s.birth_date, s.address,
    lower(s.city) as city, coalesce(lower(s.district), '') as district, s.postcode,
    {identifiers}, s.batch_id, s.file_row
from known_statement as s
inner join identity.idn_name_form as f on s.name_token = f.name_token
where len(f.word_tokens) > 0 and (f.is_full or not f.is_han);

drop table known_statement; drop table known_worn
""".format(
    identifiers=", ".join(
        f"case when s.{kind} not in (select token from known_worn where identifier_type = '{kind}')"
        f" then s.{kind} end as {kind}"
        for kind in ("card_no", "email", "phone")
    )
)
_EVERYBODY = """
create or replace temp table known_face as
select f.record_key, f.name_token, f.canonical, f.gender, f.birth_date, f.address, f.city,
    f.district, f.postcode, f.card_no, f.email, f.phone, p.batch_id, p.file_row
from face as f inner join identity.idn_person as p on f.record_key = p.record_key
"""

# How frequent a name or a city is among them.
_FREQUENCY = """
create or replace table identity.idn_kept_frequency as
select 'canonical' as kind, canonical as shown, count(*) as records from known_face
group by canonical
union all
select 'city', city, count(*) from known_face where city is not null group by city
"""

# The share of the known who show a value; k: its row of the table. What nobody shows counts once.
SHARE_OF_KNOWN = """
coalesce(k.records, 1) / greatest(
    (select sum(records) from identity.idn_kept_frequency where kind = '{kind}'), 1)
"""

# Statements to learn from that were not read then, and may be now.
_READ_NOW = """
(
    select 1 from ({stated}) semi join new_form using (name_token)
    union all
    select 1 from ({stated}) as s inner join identity.idn_kept_unread as u using (record_key)
    where u.is_known and (s.batch_id, s.file_row) is distinct from (u.batch_id, u.file_row)
)
"""


@dataclass(frozen=True)
class Known:
    """Whom a model learns from. ``records``: how many. ``print``: equal texts, equal models."""

    records: int
    print: str


def load_statements(con: duckdb.DuckDBPyConnection, as_of: date) -> None:
    """Tables ``known_statement`` and ``known_worn``. ``ev_rule`` and ``ev_junk`` exist."""
    con.execute(_NEWEST.format(stated=_stated(as_of)))


def load_known(con: duckdb.DuckDBPyConnection, as_of: date, least: int) -> Known | None:
    """Whom a model is to be trained on, as tables ``known_face`` and
    ``identity.idn_kept_frequency``; None where too few stated a name before the month.

    ``known_statement`` and the forms of all its names exist.

    Args:
        least: fewer records with a name than this train no model.
    """
    con.execute(_LEARNT)
    known = Known(_count(con, "known_face"), _month_print(con, as_of))
    if known.records < least:
        return None
    con.execute(_FREQUENCY)
    return known


def load_everybody(con: duckdb.DuckDBPyConnection, as_of: date) -> Known:
    """The same of everybody as they are now. View ``face`` exists."""
    con.execute(_EVERYBODY)
    con.execute(_FREQUENCY)
    of_now = _print_of_everybody(con)
    return Known(_count(con, "known_face"), f"{_month_print(con, as_of)} {of_now}")


def known_still(con: duckdb.DuckDBPyConnection, as_of: date, least: int, kept: Known) -> Known:
    """What a run over all would learn from now, for a run that goes on from ``kept``.

    Returns:
        ``kept``, or somebody else by their print; how many they are is true for NOTHING only.
    """
    nobody = too_few(con, least)
    if nobody:
        return nobody
    of_month = _month_print(con, as_of)
    if _count(con, _READ_NOW.format(stated=_stated(as_of))):
        of_month = "names that were not read before"
    if kept.print == of_month:
        return kept
    now = f"{of_month} {_print_of_everybody(con)}"
    return kept if kept.print == now else Known(kept.records, now)


def too_few(con: duckdb.DuckDBPyConnection, least: int) -> Known | None:
    """Whom to learn from where fewer than ``least`` show a name: nobody. View ``face`` exists."""
    faces = _count(con, "face")
    return Known(faces, NOTHING) if faces < least else None


def _stated(as_of: date) -> str:
    return _STATED.format(month=as_of.replace(day=1).isoformat())


def _count(con: duckdb.DuckDBPyConnection, table: str) -> int:
    return con.execute(f"select count(*) from {table}").fetchall()[0][0]


def _month_print(con: duckdb.DuckDBPyConnection, as_of: date) -> str:
    return _text(con, _PRINT.format(stated=_stated(as_of)))


def _print_of_everybody(con: duckdb.DuckDBPyConnection) -> str:
    return _text(con, "select count(*), coalesce(sum(hash(record_key, print)), 0) from face")


def _text(con: duckdb.DuckDBPyConnection, query: str) -> str:
    count, total = con.execute(query).fetchall()[0]
    return f"{count}:{total}"
