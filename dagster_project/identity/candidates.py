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


def keys_of(faces: str, *also: str) -> str:
    """A query: the blocks each face is in, as record (a hash of its key) and key (a hash).

    Args:
        also: further columns of the faces.
    """
    selects = []
    for number, columns in enumerate(BLOCKS.values()):
        shown = " and ".join(f"{column} is not null" for column in columns)
        source = (
            f"(select *, unnest(list_distinct(words)) as word from {faces})"
            if "word" in columns
            else faces
        )
        picked = ", ".join(["hash(record_key) as record", *also])
        selects.append(
            f"select {picked}, hash({number}, {', '.join(columns)}) as key "
            f"from {source} where {shown}"
        )
    return " union all ".join(selects)


# Everybody who shares a block with a record to decide. Who is not to be decided is in no cluster of
# those that are.
_KEYS = """
create or replace temp table inside_key as {inside};

create or replace temp table outside_key as
select record, key from ({outside}) semi join inside_key using (key);

create or replace temp view block_key as
select * from inside_key union all select record, null, key from outside_key
"""
_INSIDE = "(select f.*, l.cluster from ev_face as f inner join ev_label as l using (record))"

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

_PAIRS = """
create or replace temp table candidate as
select distinct a.record as one, b.record as other
from small_key as a
inner join small_key as b on a.key = b.key
where a.record < b.record and a.cluster is distinct from b.cluster
"""


def candidate_pairs(con: duckdb.DuckDBPyConnection, max_block: int) -> int:
    """Table ``candidate``: pairs of records (``one``, ``other``: hashes of their keys) in different
    clusters that meet in a block, of which one at least is to be decided.

    Args:
        con: ``ev_label`` says which cluster a record is in.
        max_block: a block of more records than this brings nobody together.

    Returns the number of pairs.
    """
    inside = keys_of(_INSIDE, "cluster")
    con.execute(_KEYS.format(inside=inside, outside=keys_of("outside_face")))
    con.execute(_SMALL.format(limit=max_block))
    con.execute(_PAIRS)
    con.execute("drop view block_key")
    con.execute("; ".join(f"drop table {name}_key" for name in ("inside", "outside", "small")))
    return con.execute("select count(*) from candidate").fetchall()[0][0]


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
