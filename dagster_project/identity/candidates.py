"""Which records to compare: pairs that meet in a block, and pairs with exact names.

All of it on tokens (``faces``): no name is read to find out whose names must be.
"""

from __future__ import annotations

import duckdb
import pyarrow as pa

# Ways to meet: two records are compared when they share one of these and few others do.
BLOCKS = {
    "name": ("canonical",),
    "birth and name": ("birth_date", "word"),
    "birth and city": ("birth_date", "city"),
    "birth and postcode": ("birth_date", "postcode"),
    "address": ("address",),
    "postcode and name": ("postcode", "word"),
    "postcode and city": ("postcode", "city"),
    "card": ("card_no",),
    "email": ("email",),
    "phone": ("phone",),
}


def keys_of(faces: str) -> str:
    """A query: the blocks each face is in, as record_key, first_seen_at and key (a hash)."""
    selects = []
    for number, columns in enumerate(BLOCKS.values()):
        shown = " and ".join(f"{column} is not null" for column in columns)
        source = (
            f"(select *, unnest(list_distinct(words)) as word from {faces})"
            if "word" in columns
            else faces
        )
        selects.append(
            f"select record_key, first_seen_at, hash({number}, {', '.join(columns)}) as key "
            f"from {source} where {shown}"
        )
    return " union all ".join(selects)


# Everybody who shares a block with a record to decide; ``code`` is in order of seniority.
_KEYS = """
create or replace temp table block_key as
with met as (select distinct key from ({inside})),

shown as (
    select * from ({inside})
    union all
    select * from ({outside}) semi join met using (key)
),

numbered as (
    select record_key, row_number() over (order by first_seen_at nulls last, record_key) - 1 as code
    from (select distinct record_key, first_seen_at from shown)
)

select s.key, s.record_key, n.code, l.cluster
from shown as s
inner join numbered as n on s.record_key = n.record_key
left join (
    select r.record_key, c.cluster
    from ev_record as r inner join ev_label as c on r.code = c.record
) as l on s.record_key = l.record_key
"""

# Two statements: in one, the engine may join the large blocks before it drops them.
_SMALL = """
create or replace temp table small_key as
select k.* from block_key as k
semi join (
    select key from block_key group by key
    having count(*) between 2 and {limit}
        and (count(cluster) < count(*) or min(cluster) <> max(cluster))
) as s using (key)
"""

# A record that is not to be decided is in no cluster of those that are.
_PAIRS = """
create or replace temp table candidate as
select distinct a.code as "left", b.code as "right", a.record_key as left_key,
    b.record_key as right_key
from small_key as a
inner join small_key as b on a.key = b.key
where a.code < b.code and a.cluster is distinct from b.cluster
"""


def candidate_pairs(con: duckdb.DuckDBPyConnection, max_block: int) -> None:
    """Table ``candidate``: pairs of records in different clusters that meet in a block, of which
    one at least is to be decided. ``ev_label`` says which cluster a record is in."""
    inside, outside = keys_of("ev_face"), keys_of("outside_face")
    con.execute(_KEYS.format(inside=inside, outside=outside))
    con.execute(_SMALL.format(limit=max_block))
    con.execute(_PAIRS)
    con.execute("drop table block_key; drop table small_key")


_EXACT = """
select '{rule}' as rule, first as "left", record as "right"
from (
    select *, min(record) over same as first,
        min(cluster) over same as low, max(cluster) over same as high,
        min(gender) over same as one_gender, max(gender) over same as other_gender,
        dense_rank() over (partition by canonical, {column} order by cluster) as clusters
    from (select f.*, l.cluster from ev_face as f inner join ev_label as l using (record))
    where is_full and {column} is not null
        and {column} not in (select token from ev_common where kind = '{column}')
    window same as (partition by canonical, {column})
)
where record <> first and low <> high and coalesce(one_gender = other_gender, true)
qualify max(clusters) over (partition by canonical, {column}) <= {max_namesakes}
"""


def exact_pairs(con: duckdb.DuckDBPyConnection, max_namesakes: int) -> pa.Table:
    """Pairs with the same full name (in characters or pinyin) and one more exact piece.

    A name and birth date (or address) that more clusters share than ``max_namesakes`` proves
    nothing, nor does one of ``ev_common``. A chain of the pairs that hold is returned, not every
    pair.
    """
    rules = [
        _EXACT.format(rule=rule, column=column, max_namesakes=max_namesakes)
        for rule, column in (("name_birth", "birth_date"), ("name_address", "address"))
    ]
    return con.sql(" union all ".join(rules) + " order by 1, 2, 3").to_arrow_table()
