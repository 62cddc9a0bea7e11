"""The graph leaves the database as integers: what ``partition`` works on."""

from __future__ import annotations

import duckdb
import numpy as np

from dagster_project.identity.clusters import Guards
from dagster_project.identity.corroborate import Sightings
from dagster_project.identity.graph import BoolArray, IntArray, Links
from dagster_project.identity.opinions import People
from dagster_project.identity.partition import Evidence
from dagster_project.identity.policy import Policy

# Edges a component can be made of, and some whose value nobody else shows but as a contact.
_LINKING = """
select edge, record, value, tier, sightings,
    coalesce(epoch_us(first_seen_at), -1) as first, coalesce(epoch_us(last_seen_at), -1) as last
from ev_edge
where role in ('link', 'attach') and value in (select code from ev_value where records > 1)
"""


def load_evidence(
    con: duckdb.DuckDBPyConnection, policy: Policy, people: People
) -> tuple[Evidence, IntArray]:
    """The graph as arrays.

    Returns:
        the evidence; for each of its edges the number it has in ``ev_edge``.
    """
    edges = con.execute(_LINKING).fetchnumpy()
    others_too = np.bincount(edges["value"])[edges["value"]] > 1
    edges = {name: column[others_too] for name, column in edges.items()}
    records = con.execute("select is_account from ev_record order by code").fetchnumpy()
    accounts = np.asarray(records["is_account"], dtype=np.int64)
    evidence = Evidence(
        links=Links(edges["record"], edges["value"]),
        tiers=edges["tier"],
        attaching=policy.attaching_tiers,
        max_accounts=policy.max_cluster_accounts(),
        guards=Guards(_exclusive(con, policy, accounts.size), _apart(con), accounts),
        known=_known(con, accounts.size),
        people=people,
        sightings=Sightings(edges["sightings"], edges["first"], edges["last"]),
        corroborations=policy.corroborations(),
    )
    return evidence, edges["edge"]


def _exclusive(con: duckdb.DuckDBPyConnection, policy: Policy, count: int) -> tuple[IntArray, ...]:
    """Per single-valued type, the value code each record states (-1: none)."""
    arrays = []
    for identifier_type in policy.single_valued_types:
        stated = con.execute(
            """
            select e.record, min(e.value) as value
            from ev_edge as e inner join ev_value as v on e.value = v.code
            where v.identifier_type = $type and e.role = 'link'
            group by e.record having count(*) = 1
            """,
            {"type": identifier_type},
        ).fetchnumpy()
        values = np.full(count, -1, dtype=np.int64)
        values[stated["record"]] = stated["value"]
        arrays.append(values)
    return tuple(arrays)


def _apart(con: duckdb.DuckDBPyConnection) -> IntArray:
    pairs = con.execute(
        """
        select left_record, right_record from ev_override
        where action = 'never_link' and left_record <> right_record
        """
    ).fetchnumpy()
    return np.stack([pairs["left_record"], pairs["right_record"]], axis=1)


def _known(con: duckdb.DuckDBPyConnection, count: int) -> BoolArray:
    """Whether a record carries linking evidence of its own that is not junk."""
    carrying = con.execute("select record from ev_edge where is_known").fetchnumpy()
    known = np.zeros(count, dtype=bool)
    known[carrying["record"]] = True
    return known
