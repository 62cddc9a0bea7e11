"""Do the people behind a value agree? Values are parted into the groups of records that do.

A value (card, e-mail, phone) that several clusters carry proves little by itself: families share
phones, numbers are given out again. What counts is whether the names and birth dates of the
clusters behind it agree. Where they contradict, the value links within each group that agrees; a
cluster that shows neither name nor birth date joins a group only if the time or most of the
value's sightings say whose it is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from dagster_project.identity.clusters import Verdict
from dagster_project.identity.graph import BoolArray, IntArray, Links, value_of_cluster
from dagster_project.identity.names import Likeness

# (left, right name codes, left < right) -> a Likeness for each pair
Compare = Callable[[IntArray, IntArray], IntArray]
NOWHERE, PARTED = -1, -2


@dataclass(frozen=True)
class People:
    """What each record says of its person: codes, -1 where it says nothing, shapes ``(n,)``.

    ``canonical``: equal for names that are equal in pinyin. ``surname``: in pinyin. ``is_full``:
    the name has a given name. ``compare``: the likeness of two full names that are not equal.
    """

    name: IntArray
    canonical: IntArray
    surname: IntArray
    is_full: BoolArray
    birth: IntArray
    gender: IntArray
    compare: Compare


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


_PAIRS = """
create temp table pair as
with shown as (
    select distinct cluster from profile
    union
    select cluster from exclusive
)
select a.value, a.cluster as left_cluster, b.cluster as right_cluster
from incidence as a
inner join incidence as b on a.value = b.value and a.cluster < b.cluster
inner join shown as x on a.cluster = x.cluster
inner join shown as y on b.cluster = y.cluster
"""

_MEETINGS = """
create temp table meeting as
select
    c.left_cluster,
    c.right_cluster,
    least(x.name, y.name) as low_name,
    greatest(x.name, y.name) as high_name,
    case
        when x.name < 0 or y.name < 0 then null
        when x.name = y.name or (x.is_full and y.is_full and x.canonical = y.canonical)
            then case when x.is_full then {equal} else {partial} end
        when x.is_full and y.is_full then -1
        when x.surname < 0 or y.surname < 0 then null
        when x.surname = y.surname then {partial}
        else {different}
    end as likeness,
    case when x.birth >= 0 and y.birth >= 0 then x.birth = y.birth end as same_birth,
    x.gender >= 0 and y.gender >= 0 and x.gender <> y.gender as other_gender
from (select distinct left_cluster, right_cluster from pair) as c
inner join profile as x on c.left_cluster = x.cluster
inner join profile as y on c.right_cluster = y.cluster
"""

# Names and birth dates both different contradict; one of them alone may be a typing error.
_OPINION = """
create temp table opinion as
with judged as (
    select
        m.left_cluster,
        m.right_cluster,
        case
            when l = {equal} then 'agree'
            when l = {near} then case
                when m.other_gender or not coalesce(m.same_birth, true) then 'disagree'
                else 'agree' end
            when l = {partial} then case
                when not coalesce(m.same_birth, true) then 'disagree'
                when m.same_birth then 'agree' else 'lean' end
            when l = {different} then case when m.same_birth then 'unknown' else 'disagree' end
            when m.same_birth then 'agree'
            when not m.same_birth then 'disagree'
            else 'unknown'
        end as opinion
    from (
        select q.*, coalesce(nullif(q.likeness, -1), n.likeness) as l
        from meeting as q
        left join compared as n on q.low_name = n.low_name and q.high_name = n.high_name
    ) as m
)
select
    left_cluster,
    right_cluster,
    case
        when bool_or(opinion = 'agree') then 'agree'
        when bool_or(opinion = 'disagree') then 'disagree'
        when bool_or(opinion = 'lean') then 'lean'
        else 'unknown'
    end as opinion
from judged
group by left_cluster, right_cluster
"""


def _likeness(text: str) -> str:
    return text.format(**{one.name.lower(): int(one) for one in Likeness})


def _register(con: duckdb.DuckDBPyConnection, table: str, **columns: npt.NDArray) -> None:
    con.register("incoming", pa.table(columns))
    con.execute(f"create temp table {table} as select distinct * from incoming")
    con.unregister("incoming")


def _opinions(
    labels: IntArray, links: Links, people: People, exclusive: tuple[IntArray, ...]
) -> dict[str, npt.NDArray]:
    """Per value, the pairs of clusters behind it that show something, and what they make of it."""
    with duckdb.connect() as con:
        con.execute("set temp_directory = ''")
        _register(con, "incidence", value=links.values, cluster=labels[links.records])
        says = (people.name >= 0) | (people.birth >= 0)
        columns = ("name", "canonical", "surname", "is_full", "birth", "gender")
        _register(
            con, "profile", cluster=labels[says],
            **{name: getattr(people, name)[says] for name in columns},
        )  # fmt: skip
        con.execute("delete from profile where cluster not in (select cluster from incidence)")
        owned = [value_of_cluster(labels, values) for values in exclusive]
        owners = np.unique(np.concatenate([np.flatnonzero(o >= 0) for o in owned] or [[]]))
        _register(con, "exclusive", cluster=owners.astype(np.int64))
        con.execute(_PAIRS)
        con.execute(_likeness(_MEETINGS))
        asked = con.execute(
            "select distinct low_name, high_name from meeting where likeness = -1 order by 1, 2"
        ).fetchnumpy()
        found = people.compare(asked["low_name"], asked["high_name"])
        _register(
            con, "compared", low_name=asked["low_name"], high_name=asked["high_name"],
            likeness=found,
        )  # fmt: skip
        con.execute(_likeness(_OPINION))
        pairs = con.execute(
            """
            select p.*, coalesce(o.opinion, 'unknown') as opinion
            from pair as p
            left join opinion as o
                on p.left_cluster = o.left_cluster and p.right_cluster = o.right_cluster
            order by p.value, p.left_cluster, p.right_cluster
            """
        ).fetchnumpy()
    opinion = np.asarray(pairs["opinion"], dtype="U8")
    left, right = pairs["left_cluster"], pairs["right_cluster"]
    torn = np.zeros(opinion.size, dtype=bool)
    for values in owned:
        torn |= (values[left] >= 0) & (values[right] >= 0) & (values[left] != values[right])
    return {
        "value": pairs["value"], "left": left, "right": right,
        "agree": (opinion == "agree") & ~torn, "lean": (opinion == "lean") & ~torn,
        "disagree": (opinion == "disagree") | torn, "torn": torn & (opinion != "disagree"),
    }  # fmt: skip


@dataclass(frozen=True)
class Places:
    """Each (value, cluster) once. ``of_edge``: the place of each edge; ``value``: of each place."""

    of_edge: IntArray
    value: IntArray
    left: IntArray
    right: IntArray

    @property
    def size(self) -> int:
        """How many there are."""
        return int(self.value.size)


def _places(labels: IntArray, links: Links, pairs: dict[str, npt.NDArray]) -> Places:
    span = int(labels.max()) + 1
    keys = links.values.astype(np.int64) * span + labels[links.records]
    distinct, of_edge = np.unique(keys, return_inverse=True)
    left = np.searchsorted(distinct, pairs["value"].astype(np.int64) * span + pairs["left"])
    right = np.searchsorted(distinct, pairs["value"].astype(np.int64) * span + pairs["right"])
    return Places(of_edge, distinct // span, left, right)


def _groups(places: Places, agree: BoolArray) -> IntArray:
    edges = (places.left[agree], places.right[agree])
    graph = coo_matrix((np.ones(edges[0].size, dtype=bool), edges), shape=(places.size,) * 2)
    return connected_components(graph, directed=False)[1]


def _leanings(places: Places, group: IntArray, stands: BoolArray, lean: BoolArray) -> IntArray:
    """For each place without a stand, the one group it leans to (NOWHERE, or PARTED)."""
    choice = np.full(places.size, NOWHERE)
    for one, other in ((places.left, places.right), (places.right, places.left)):
        use = np.flatnonzero(lean & ~stands[one] & stands[other])
        for place, target in zip(one[use], group[other[use]], strict=True):
            if choice[place] in {NOWHERE, target}:
                choice[place] = target
            else:
                choice[place] = PARTED
    return choice


def part_values(  # noqa: PLR0913, PLR0917 (one call, in partition)
    labels: IntArray,
    links: Links,
    sightings: Sightings,
    people: People,
    exclusive: tuple[IntArray, ...],
    rules: Corroboration,
) -> tuple[IntArray, npt.NDArray[np.int8]]:
    """Part the values of one tier into the groups that agree.

    Returns:
        a value code for each edge, dense from 0, equal where the edges may join; and a verdict:
        CONTESTED, or CONTRADICTION where single-valued identifiers alone say so.
    """
    pairs = _opinions(labels, links, people, exclusive)
    places = _places(labels, links, pairs)
    verdict = np.zeros(links.values.size, dtype=np.int8)
    group = _groups(places, pairs["agree"])
    apart = pairs["disagree"] & (group[places.left] != group[places.right])
    contested = np.zeros(int(links.values.max(initial=0)) + 1, dtype=bool)
    contested[pairs["value"][apart]] = True
    if not contested.any():
        return links.values, verdict
    engaged = np.zeros(places.size, dtype=bool)
    leans = np.zeros(places.size, dtype=bool)
    for end in (places.left, places.right):
        engaged[end[pairs["disagree"]]] = True
        leans[end[pairs["lean"]]] = True
    agrees = np.zeros(places.size, dtype=bool)
    for end in (places.left, places.right):
        agrees[end[pairs["agree"]]] = True
    stands = agrees | (engaged & ~leans)
    choice = np.where(stands, group, _leanings(places, group, stands, pairs["lean"]))
    open_places = contested[places.value] & (choice == NOWHERE)
    if open_places.any():
        choice = _settle(places, choice, stands, open_places, sightings, rules)
    owners = _owners(places, choice, stands)
    lost = contested[places.value] & ((choice < 0) | (owners[places.value] > rules.max_owners))
    code = np.where(contested[places.value], places.size + choice, places.value)
    own = np.arange(places.size) + 2 * places.size + int(places.value.max()) + 1
    shift = int(places.value.max()) + 1
    code = np.where(contested[places.value], shift + choice, places.value)
    code = np.where(lost, own, code)
    _, dense, members = np.unique(code, return_inverse=True, return_counts=True)
    alone = contested[places.value] & (members[dense] == 1)
    named = np.zeros(contested.size, dtype=bool)
    named[pairs["value"][apart & ~pairs["torn"]]] = True
    reason = np.where(named[places.value], Verdict.CONTESTED, Verdict.CONTRADICTION)
    verdict[:] = np.where(lost | alone, reason, 0)[places.of_edge]
    return dense[places.of_edge], verdict


def _owners(places: Places, choice: IntArray, stands: BoolArray) -> IntArray:
    """How many groups stand behind each value."""
    known = stands & (choice >= 0)
    distinct = np.unique(places.value[known].astype(np.int64) * (places.size + 1) + choice[known])
    counts = np.zeros(int(places.value.max()) + 1, dtype=np.int64)
    np.add.at(counts, distinct // (places.size + 1), 1)
    return counts


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


def _settle(  # noqa: PLR0913, PLR0917
    places: Places,
    choice: IntArray,
    stands: BoolArray,
    open_places: BoolArray,
    sightings: Sightings,
    rules: Corroboration,
) -> IntArray:
    """Places that show nothing: by time where the owners follow one another, else to the owner."""
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
