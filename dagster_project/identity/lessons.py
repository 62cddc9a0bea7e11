"""What of the known records the model learns m from: whole blocks, chosen by a hash.

Each session of the training looks at pairs that share one value. Where there are more than enough,
blocks are left out, not records: half of the records would leave a quarter of the pairs, and every
name to be read. Which blocks come first depends on their value alone, whoever is in them; one too
large by itself (a form's default) is left out.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import pyarrow as pa

from dagster_project.identity.comparisons import chances

# Each session learns what it does not block on, and the later one's word counts; a session
# without pairs is left out, and one whose blocks are so large that matches drown in them.
SESSIONS = ("phone", "card_no", "postcode", "birth_date", "canonical")
MIN_PAIRS, MAX_PAIRS_A_RECORD = 100, 10

_PAIRS = """
select coalesce(sum(n * (n - 1) / 2), 0)
from (select count(*) as n from known_face where {column} is not null group by {column})
"""
_BLOCKS = """
insert into lesson
select '{column}', shown
from (
    select shown, pairs, sum(pairs) over (order by md5(shown) rows unbounded preceding) as so_far
    from (
        select {column} as shown, count(*) * (count(*) - 1) / 2 as pairs from known_face
        where {column} is not null group by {column}
        having count(*) > 1 and count(*) * (count(*) - 1) / 2 <= {most}
    )
)
where so_far <= {most}
"""
_CHOSEN = """
create or replace temp table known_coded as
with sample as (
    select record_key from known_face order by md5(record_key), record_key limit {records}
),

shown as (
    select *, record_key in (select record_key from sample) as in_sample, {taught} from known_face
)

select *, row_number() over (order by record_key) - 1 as record, true as states_card
from shown where in_sample {or_taught}
"""


# All known records, told apart by exact keys alone.
_TOLD = "select row_number() over (order by record_key) - 1 as record, {} from known_face".format(
    ", ".join(
        f"case when {column} is not null then hash({column}) end as {column}"
        for column in ("canonical", "birth_date", "card_no", "phone")
    )
)


@dataclass(frozen=True)
class Lessons:
    """What a model is trained on, out of the database: no plain value. ``said``: the records to
    read. ``told``: codes of what all known show. ``chance``: ``comparisons.chances``.
    ``sessions``: the columns whose blocks were chosen."""

    said: pa.Table
    told: pa.Table
    chance: dict[str, float]
    sessions: list[str]


def lay_lessons(con: duckdb.DuckDBPyConnection, records: int, pairs: int) -> Lessons:
    """Take out of ``known_face`` what a model learns from (``choose_lessons``)."""
    chance = chances(con)
    told = con.sql(_TOLD).to_arrow_table()
    sessions = choose_lessons(con, records, pairs)
    said = con.sql("from known_coded").to_arrow_table()
    con.execute("drop table known_face; drop table known_coded")
    return Lessons(said, told, chance, sessions)


def choose_lessons(con: duckdb.DuckDBPyConnection, records: int, pairs: int) -> list[str]:
    """Table ``known_coded``: the records of ``known_face`` to learn from, with a column in_… for
    each session: whether the block the record is in was chosen; in_sample: whether it is in the
    sample all pairs of which are looked at.

    Args:
        records: how many the sample has.
        pairs: a session takes blocks until it has as many.

    Returns the columns of the sessions.
    """
    con.execute("create or replace temp table lesson (session varchar, shown varchar)")
    count = con.execute("select count(*) from known_face").fetchall()[0][0]
    sessions = []
    for column in SESSIONS:
        found = con.execute(_PAIRS.format(column=column)).fetchall()[0][0]
        if MIN_PAIRS <= found <= MAX_PAIRS_A_RECORD * count:
            con.execute(_BLOCKS.format(column=column, most=pairs))
            sessions.append(column)
    taught = ", ".join(
        f"coalesce({column} in (select shown from lesson where session = '{column}'), false) "
        f"as in_{column}"
        for column in sessions
    )
    con.execute(
        _CHOSEN.format(
            records=records, taught=taught, or_taught="".join(f" or in_{one}" for one in sessions)
        )
    )
    con.execute("drop table lesson")
    return sessions
