"""Which records to compare: pairs that meet in a block, and pairs with exact names."""

from __future__ import annotations

import duckdb
import pyarrow as pa

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
    nothing, nor does a birth date of more records than the share ``max_same_birth`` of the known
    ones: a form's default. A chain of the pairs that hold is returned, not every pair.
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
                and (sharing <= {max_same_birth} * (select count(*) from known)
                    or sharing <= {max_namesakes})
            qualify max(clusters) over (partition by canonical, {column}) <= {max_namesakes}
            """
        )
    return con.sql(" union all ".join(rules) + " order by 1, 2, 3").to_arrow_table()
