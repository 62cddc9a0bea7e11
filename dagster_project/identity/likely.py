"""Likely pairs become links: a last tier after all keys, under the same guards."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import numpy as np
import pyarrow as pa

from dagster_project.identity.clusters import close_tier
from dagster_project.identity.fuzzy import Likely
from dagster_project.identity.graph import BoolArray, IntArray, Links, founders, joins_records
from dagster_project.identity.partition import Partition

FUZZY = "fuzzy"
FUZZY_TIER = 90  # after every tier of the policy


@dataclass(frozen=True)
class Joined:
    """The partition with likely pairs joined; for each pair whether it is used, shape ``(p,)``."""

    founder: IntArray
    pairs: pa.Table
    verdict: IntArray
    is_used: BoolArray


def join_likely(
    found: Partition, likely: Likely, max_accounts: int, exact_probability: float
) -> Joined:
    """Join what exact names and the model say is one, as far as the guards allow.

    Exact pairs first, so that a chain of weaker ones cannot take their place; then scored ones.
    """
    exact, scored = likely.exact, likely.scored
    pairs = pa.table(
        {
            "rule": pa.concat_arrays(
                [exact["rule"].combine_chunks(), pa.array([FUZZY] * len(scored), pa.string())]
            ),
            "left": _both(exact, scored, "left"),
            "right": _both(exact, scored, "right"),
            "probability": np.concatenate(
                [np.full(len(exact), exact_probability), scored["probability"].to_numpy()]
            ),
        }
    )
    labels, verdict = found.labels, np.zeros(len(pairs), dtype=np.int8)
    values = np.arange(len(pairs))
    for places in (values[: len(exact)], values[len(exact) :]):
        ends = np.concatenate([pairs["left"].to_numpy()[places], pairs["right"].to_numpy()[places]])
        links = Links(ends, np.concatenate([places, places]))
        labels, judged = close_tier(labels, links, found.guards, max_accounts)
        verdict[places] = np.maximum(judged[: places.size], judged[places.size :])
    used = joins_records(np.concatenate([values, values]), np.tile(verdict == 0, 2))
    return Joined(founders(labels), pairs, verdict, used[: len(pairs)])


def _both(exact: pa.Table, scored: pa.Table, column: str) -> IntArray:
    return np.concatenate([exact[column].to_numpy(), scored[column].to_numpy()]).astype(np.int64)


_STORE = f"""
insert into ev_value
select
    row_number() over (order by rule, l.record_key, r.record_key)
        + (select max(code) from ev_value),
    p.rule, l.record_key || '|' || r.record_key, {FUZZY_TIER}, 2, null
from pair as p
inner join ev_record as l on p."left" = l.code
inner join ev_record as r on p."right" = r.code;

insert into ev_edge
select
    row_number() over (order by v.code, e.record) + (select coalesce(max(edge), 0) from ev_edge),
    e.record, v.code, {FUZZY_TIER}, e.seen, e.seen, 1, false, 'link', false
from (
    select rule, l.record_key || '|' || r.record_key as token, unnest([l.code, r.code]) as record,
        greatest(l.first_seen_at, r.first_seen_at) as seen
    from pair as p
    inner join ev_record as l on p."left" = l.code
    inner join ev_record as r on p."right" = r.code
) as e
inner join ev_value as v on v.identifier_type = e.rule and v.token = e.token
"""


def store_likely(con: duckdb.DuckDBPyConnection, joined: Joined, held: pa.Array) -> None:
    """Add the pairs to ``ev_value`` and ``ev_edge``, and their outcome as ``ev_pair_outcome``."""
    judged = joined.pairs.append_column("held", held).append_column(
        "is_used", pa.array(joined.is_used)
    )
    con.register("pair", judged)
    con.execute(_STORE.replace("(select max(code)", "(select coalesce(max(code), 0)"))
    con.execute(
        """
        create or replace temp table ev_pair_outcome as
        select e.edge, p.held, p.is_used, p.probability
        from pair as p
        inner join ev_record as l on p."left" = l.code
        inner join ev_record as r on p."right" = r.code
        inner join ev_value as v
            on p.rule = v.identifier_type and v.token = l.record_key || '|' || r.record_key
        inner join ev_edge as e on v.code = e.value
        """
    )
    con.unregister("pair")


_REVIEW = """
create or replace table identity.idn_review as
with pairs as (
    select s.* exclude (left_key, right_key, is_link),
        least(s.left_key, s.right_key) as left_record_key,
        greatest(s.left_key, s.right_key) as right_record_key,
        least(a.member_id, b.member_id) as low, greatest(a.member_id, b.member_id) as high
    from identity.idn_kept_likely as s
    inner join identity.idn_member_record as a on s.left_key = a.record_key
    inner join identity.idn_member_record as b on s.right_key = b.record_key
    where a.member_id <> b.member_id
),

undecided as (
    select *, row_number() over (
        partition by low, high order by probability desc, left_record_key, right_record_key
    ) as place_in_pair
    from pairs
    where not exists (
        select 1 from identity.idn_override as o
        where o.action = 'never_link'
            and least(o.left_record_key, o.right_record_key) = pairs.left_record_key
            and greatest(o.left_record_key, o.right_record_key) = pairs.right_record_key
    )
)

select left_record_key, right_record_key, probability,
    name as name_level, birth_date as birth_level, address as address_level,
    place as place_level, postcode as postcode_level, card_no as card_level,
    email as email_level, phone as phone_level
from undecided
where place_in_pair = 1
order by probability desc, left_record_key, right_record_key
"""


def write_review(con: duckdb.DuckDBPyConnection) -> None:
    """``identity.idn_review``: what is likely and not decided, one row a pair of members."""
    con.execute(_REVIEW)
