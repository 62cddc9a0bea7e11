"""What two clusters that share a value make of each other: names, birth dates, sexes compared.

Names and birth dates both different contradict. Equal names agree, near ones unless birth date or
sex speak against it; where only a surname is shown it leans to whoever bears it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dagster_project.identity.graph import BoolArray, IntArray, Links, value_of_cluster
from dagster_project.identity.memory import open_memory
from dagster_project.identity.opinion_sql import MEETINGS, OPINION, PAIRED, PAIRS, with_levels

# (left, right name codes, left < right) -> a Likeness for each pair
Compare = Callable[[IntArray, IntArray], IntArray]


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


def _register(con: duckdb.DuckDBPyConnection, table: str, **columns: npt.NDArray) -> None:
    con.register("incoming", pa.table(columns))
    con.execute(f"create temp table {table} as select distinct * from incoming")
    con.unregister("incoming")


@dataclass(frozen=True)
class Opinions:
    """Pairs of clusters behind a value and what they make of each other, shapes ``(p,)``.

    ``torn``: they disagree by single-valued identifiers alone.
    """

    value: IntArray
    left: IntArray
    right: IntArray
    agree: BoolArray
    lean: BoolArray
    disagree: BoolArray
    torn: BoolArray


def opinions(
    labels: IntArray, links: Links, people: People, exclusive: tuple[IntArray, ...]
) -> Opinions:
    """What the clusters behind each value, those that show something, make of each other.

    Args:
        labels: each record's cluster, shape ``(n,)``.
        links: the edges of one tier.
        exclusive: per single-valued type, each record's value or -1, shape ``(n,)``.
    """
    owned = [value_of_cluster(labels, values) for values in exclusive]
    with open_memory() as con:
        pairs = _judged(con, labels, links, people, owned)
    opinion = np.asarray(pairs["opinion"], dtype="U8")
    left, right = pairs["left_cluster"], pairs["right_cluster"]
    torn = np.zeros(opinion.size, dtype=bool)
    for values in owned:
        torn |= (values[left] >= 0) & (values[right] >= 0) & (values[left] != values[right])
    by_person = opinion == "disagree"
    return Opinions(
        value=pairs["value"],
        left=left,
        right=right,
        agree=(opinion == "agree") & ~torn,
        lean=(opinion == "lean") & ~torn,
        disagree=by_person | torn,
        torn=torn & ~by_person,
    )


def _judged(
    con: duckdb.DuckDBPyConnection,
    labels: IntArray,
    links: Links,
    people: People,
    owned: list[IntArray],
) -> dict[str, npt.NDArray]:
    _register(con, "incidence", value=links.values, cluster=labels[links.records])
    says = (people.name >= 0) | (people.birth >= 0)
    columns = ("name", "canonical", "surname", "is_full", "birth", "gender")
    said = {name: getattr(people, name)[says] for name in columns}
    _register(con, "profile", cluster=labels[says], **said)
    con.execute("delete from profile where cluster not in (select cluster from incidence)")
    owners = np.unique(np.concatenate([np.flatnonzero(one >= 0) for one in owned] or [[]]))
    _register(con, "exclusive", cluster=owners.astype(np.int64))
    con.execute(PAIRS)
    con.execute(with_levels(MEETINGS))
    asked = con.execute(
        "select distinct low_name, high_name from meeting where likeness = -1 order by 1, 2"
    ).fetchnumpy()
    found = people.compare(asked["low_name"], asked["high_name"])
    _register(con, "compared", **asked, likeness=found)
    con.execute(with_levels(OPINION))
    return con.execute(PAIRED).fetchnumpy()
