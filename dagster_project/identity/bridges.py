"""Bridges: the one value without which a member would fall into parts."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence

import duckdb
import numpy as np

from dagster_project.identity.graph import IntArray, Links, component_of_cluster

# Each member as it were without one of its values, for every value that may be its bridge. Fewer
# than four records cannot fall into two parts of two; it takes three values on different records,
# one in each part and the bridge; and values on the same records do the same: none of them holds
# anything together alone.
_WITHOUT = """
with placed as (
    select record, founder, count(*) over (partition by founder) as records from ev_cluster
),

joined as (
    select p.founder, o.value, list_sort(list(o.record)) as records
    from ev_outcome as o inner join placed as p on o.record = p.record
    where o.is_used and p.records > 3
    group by p.founder, o.value
),

shown as (
    select founder, records, min(value) as value, count(*) as values
    from joined group by founder, records
    qualify count(*) over (partition by founder) > 2
),

cut as (
    select founder, value, row_number() over () - 1 as number
    from shown where values = 1 and len(records) > 1
)

select c.number, c.founder, s.value, unnest(s.records) as record
from cut as c inner join shown as s on c.founder = s.founder and c.value <> s.value
"""


def parts_without(
    links: Mapping[Hashable, Sequence[Hashable]], value: Hashable
) -> list[set[Hashable]]:
    """The parts a member's records fall into when one value no longer joins.

    Args:
        links: the records that each value joins; together they make one connected member.
    """
    parts: list[set[Hashable]] = []
    for other, records in links.items():
        groups = [set(records)] if other != value else [{record} for record in records]
        for group in groups:
            met = [part for part in parts if part & group]
            parts = [part for part in parts if not part & group]
            parts.append(group.union(*met))
    return parts


def bridged_members(con: duckdb.DuckDBPyConnection) -> IntArray:
    """The founders of members that one value alone holds together: without it they would fall into
    two parts of two records or more each.

    Args:
        con: ``ev_cluster`` (record, founder) and ``ev_outcome`` (record, value, is_used).
    """
    without = con.execute(_WITHOUT).fetchnumpy()
    if not without["number"].size:
        return np.zeros(0, dtype=np.int64)
    records, record = _codes(without["number"], without["record"])
    _, value = _codes(without["number"], without["value"])
    part = component_of_cluster(np.arange(records.size), Links(record, value))
    number_of_part = np.zeros(int(part.max()) + 1, dtype=np.int64)
    number_of_part[part[record]] = without["number"]
    parts_of_number = np.bincount(
        number_of_part[np.bincount(part) > 1], minlength=int(without["number"].max()) + 1
    )
    return np.unique(without["founder"][parts_of_number[without["number"]] > 1])


def _codes(number: IntArray, codes: IntArray) -> tuple[IntArray, IntArray]:
    """Pairs of two codes as one: the pairs there are, and the place of each."""
    span = int(codes.max()) + 1
    return np.unique(number * span + codes, return_inverse=True)
