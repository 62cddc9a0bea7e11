"""Names that met behind a value and are not equal: how like they are, worked out once."""

from __future__ import annotations

import duckdb
import numpy as np
import pyarrow as pa

from dagster_project.identity.graph import IntArray
from dagster_project.identity.memory import open_memory
from dagster_project.identity.names import LIKENESS_SQL, Likeness, name_forms
from dagster_project.identity.personal import PersonalValues

_ASKED = """
create or replace temp table asked_pair as
select a.low, a.high, least(l.token, h.token) as low_token, greatest(l.token, h.token) as high_token
from asked as a
inner join (select distinct name, name_token as token from ev_person) as l on a.low = l.name
inner join (select distinct name, name_token as token from ev_person) as h on a.high = h.name
"""

_UNKNOWN = """
select p.low_token, p.high_token
from asked_pair as p
left join identity.idn_name_pair as k
    on p.low_token = k.low_token and p.high_token = k.high_token and k.near_name = $near
where k.likeness is null
"""

_WHERE = """
select name_token as token, min(record_key) as record_key,
    arg_min(batch_id, record_key) as batch_id, arg_min(file_row, record_key) as file_row
from ev_person
where name_token in (select low_token from unknown_pair union select high_token from unknown_pair)
group by name_token
"""


def compare_names(
    con: duckdb.DuckDBPyConnection,
    values: PersonalValues,
    near_name: float,
    low: IntArray,
    high: IntArray,
) -> IntArray:
    """The likeness of pairs of full names; DIFFERENT where a name cannot be read."""
    if not low.size:
        return np.zeros(0, dtype=np.int64)
    con.register("asked", pa.table({"low": low, "high": high}))
    con.execute(_ASKED)
    con.unregister("asked")
    unknown = con.sql(_UNKNOWN, params={"near": near_name}).to_arrow_table()
    con.register("unknown_pair", unknown)
    texts = values.texts("name", con.sql(_WHERE).to_arrow_table())
    con.register("judged", _judge(unknown, texts, near_name))
    con.execute("insert into identity.idn_name_pair select * from judged")
    con.unregister("judged")
    con.unregister("unknown_pair")
    found = con.execute(
        """
        select p.low, p.high, max(k.likeness) as likeness
        from asked_pair as p
        inner join identity.idn_name_pair as k
            on p.low_token = k.low_token and p.high_token = k.high_token and k.near_name = $near
        group by p.low, p.high order by p.low, p.high
        """,
        {"near": near_name},
    ).fetchnumpy()
    return np.asarray(found["likeness"], dtype=np.int64)


def _judge(pairs: pa.Table, texts: pa.Table, near_name: float) -> pa.Table:
    """The pairs with their likeness; unreadable names are DIFFERENT."""
    with open_memory() as con:
        con.register("forms", name_forms(con, texts))
        con.register("pairs", pairs)
        return con.sql(
            f"""
            select p.low_token, p.high_token, rules.near_name,
                coalesce(case when a.token is null or b.token is null then {Likeness.DIFFERENT}
                    else {LIKENESS_SQL} end, {Likeness.DIFFERENT}) as likeness
            from pairs as p
            cross join (select cast($near as double) as near_name) as rules
            left join forms as a on p.low_token = a.token
            left join forms as b on p.high_token = b.token
            order by p.low_token, p.high_token
            """,
            params={"near": near_name},
        ).to_arrow_table()
