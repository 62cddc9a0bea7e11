"""Whose is a contested value where a record shows nobody? By time, else the clear owner's."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import numpy as np
import pyarrow as pa

from dagster_project.identity.graph import BoolArray, IntArray

NOWHERE = -1


@dataclass(frozen=True)
class Sightings:
    """Of each edge: how often it was seen, from when, until when (-1: no time), shapes ``(m,)``."""

    count: IntArray
    first: IntArray
    last: IntArray


@dataclass(frozen=True)
class Corroboration:
    """How a tier's values are corroborated; ``max_owners``: groups behind a value of a person."""

    owner_share: float
    max_owners: int
    splits_by_time: bool


@dataclass(frozen=True)
class Places:
    """Each (value, cluster) once: a place where a cluster stands or falls with a value.

    ``of_edge``: the place of each edge, shape ``(m,)``. ``value``, ``cluster``: of each
    place, shapes ``(k,)``.
    ``left``, ``right``: the places of each pair of ``Opinions``, shapes ``(p,)``.
    """

    of_edge: IntArray
    value: IntArray
    cluster: IntArray
    left: IntArray
    right: IntArray

    @property
    def size(self) -> int:
        """How many there are."""
        return int(self.value.size)

    def ends(self, pairs: BoolArray) -> BoolArray:
        """Places at either end of the chosen pairs."""
        found = np.zeros(self.size, dtype=bool)
        found[self.left[pairs]] = True
        found[self.right[pairs]] = True
        return found


_SETTLE = """
with spans as (
    select value, choice, sum(sightings) as sightings,
        min(first) filter (where first >= 0) as first, max(last) filter (where last >= 0) as last
    from place where stands group by value, choice
),

ordered as (
    select *,
        sum(sightings) over (partition by value) as all_sightings,
        lead(first) over (partition by value order by first nulls last, choice) as next_first,
        bool_and(overlap_free) over (partition by value) as is_sequence
    from (
        select *,
            first is not null
            and coalesce(last < lead(first) over (
                partition by value order by first nulls last, choice
            ), true) as overlap_free
        from spans
    )
)

select p.place,
    coalesce(
        max(o.choice) filter (
            where $by_time and o.is_sequence and p.first >= o.first
                and (o.next_first is null or p.last < o.next_first)
        ),
        max(o.choice) filter (where o.sightings >= $share * (o.all_sightings))
    ) as choice
from place as p inner join ordered as o on p.value = o.value
where p.is_open
group by p.place
"""


def settle(  # noqa: PLR0913, PLR0917
    places: Places,
    choice: IntArray,
    stands: BoolArray,
    open_places: BoolArray,
    sightings: Sightings,
    rules: Corroboration,
) -> IntArray:
    """Places that show nothing: by time where the owners follow one another, else to the owner."""
    if not open_places.any():
        return choice
    late = np.iinfo(np.int64).max
    first = np.full(places.size, late)
    last = np.full(places.size, -1)
    seen = np.zeros(places.size, dtype=np.int64)
    np.minimum.at(first, places.of_edge, np.where(sightings.first < 0, late, sightings.first))
    np.maximum.at(last, places.of_edge, sightings.last)
    np.add.at(seen, places.of_edge, sightings.count)
    table = pa.table({
        "place": np.arange(places.size), "value": places.value, "choice": choice,
        "stands": stands & (choice >= 0), "is_open": open_places, "sightings": seen,
        "first": np.where(first == late, -1, first), "last": last,
    })  # fmt: skip
    with duckdb.connect() as con:
        con.register("place", table)
        settled = con.execute(
            _SETTLE, {"by_time": rules.splits_by_time, "share": rules.owner_share}
        ).fetchnumpy()
    chosen = np.ma.filled(np.ma.asarray(settled["choice"]), NOWHERE).astype(np.int64)
    result = choice.copy()
    result[settled["place"]] = chosen
    return result
