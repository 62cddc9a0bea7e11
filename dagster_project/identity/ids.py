"""Stable member ids: a cluster keeps the id its records had; only what is new is minted.

Continuity, against the register: each old id goes to the cluster that holds most of its records
(ties: where its founder is among them, then the older cluster); where several ids meet, the one
with the older founder survives. A cluster without an id gets
``m_`` + 16 hex of HMAC-SHA256(key, founder's record_key ‖ generation), the first generation that
no living member has. So from an empty register the same evidence gives the same ids, in whatever
order it came, and ids that were merged away return to their founder when the merge is undone.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Container, Iterable
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from dagster_project.privacy.sql import install_hmac

_PREFIX, _HEX_DIGITS = "m_", 16

# Who of the register is present, and in which cluster now.
_PRESENT = """
create or replace temp table id_present as
select
    o.member_id,
    c.founder,
    count(*) as records,
    bool_or(o.record_key = o.founder_key) as has_founder
from ev_register as o
inner join ev_record as r on o.record_key = r.record_key
inner join ev_cluster as c on r.code = c.record
group by o.member_id, c.founder
"""

_DESTINATION = """
create or replace temp table id_destination as
select member_id, founder
from (
    select
        member_id,
        founder,
        row_number() over (
            partition by member_id order by records desc, has_founder desc, founder
        ) as place
    from id_present
)
where place = 1
"""

# The founder's age by today's evidence where its record is present, else as the register knew it.
_SURVIVOR = """
create or replace temp table id_living as
with known as (
    select distinct o.member_id, o.founder_key, o.generation, o.founder_seen_at
    from ev_register as o
),

candidate as (
    select
        d.founder as cluster,
        k.member_id,
        k.founder_key,
        k.generation,
        case when r.code is null then k.founder_seen_at else r.first_seen_at end
            as founder_seen_at
    from id_destination as d
    inner join known as k on d.member_id = k.member_id
    left join ev_record as r on k.founder_key = r.record_key
)

select cluster, member_id, founder_key, generation, founder_seen_at
from (
    select
        *,
        row_number() over (
            partition by cluster
            order by founder_seen_at nulls last, founder_key, generation, member_id
        ) as place
    from candidate
)
where place = 1
"""


# Ids of which no record is present are asleep, not dead: their records may come back.
_TAKEN = """
select member_id from id_living
union
select member_id from ev_register
where member_id not in (select member_id from id_present)
"""

# A record founds an id of its own only; the id may live on without it.
_TAKEN_OUTSIDE = """
union
select member_id from identity.idn_register
where valid_to is null and member_id not in (select member_id from id_present)
    and founder_key in (select record_key from ev_record)
"""


# The first id of each founder's own; whether it may be had.
_WITHOUT_ID = """
create or replace temp table id_new as
with own as (
    select r.code, r.record_key, r.first_seen_at,
        '{prefix}' || left(mw_member_id(r.record_key || chr(31) || '0'), {digits}) as member_id
    from ev_record as r
    inner join (select distinct founder from ev_cluster) as c on r.code = c.founder
    where r.code not in (select cluster from id_living)
)

select *, member_id not in ({taken}) and count(*) over (partition by member_id) = 1 as is_free
from own
"""
_FIRST = """
insert into id_living (cluster, member_id, founder_key, generation, founder_seen_at)
select code, member_id, record_key, 0, first_seen_at from id_new where is_free
"""


@dataclass(frozen=True)
class Minted:
    """A new id and what it was made of."""

    member_id: str
    founder_key: str
    generation: int


def member_id(key: bytes, founder_key: str, generation: int) -> str:
    """The id of the ``generation``-th member founded by a record."""
    message = f"{founder_key}\x1f{generation}".encode()
    return _PREFIX + hmac.new(key, message, hashlib.sha256).hexdigest()[:_HEX_DIGITS]


def mint(key: bytes, founder_keys: Iterable[str], taken: Container[str]) -> list[Minted]:
    """A new id for each founder, none of them ``taken`` nor given twice.

    Args:
        founder_keys: distinct record keys, in an order that depends on the evidence alone.
    """
    minted: list[Minted] = []
    given: set[str] = set()
    for founder_key in founder_keys:
        generation = 0
        new = member_id(key, founder_key, generation)
        while new in taken or new in given:
            generation += 1
            new = member_id(key, founder_key, generation)
        given.add(new)
        minted.append(Minted(new, founder_key, generation))
    return minted


def assign_ids(con: duckdb.DuckDBPyConnection, key: bytes, *, is_part: bool) -> None:
    """Give every cluster of ``ev_cluster`` (record, founder) its id, in ``id_living``.

    ``ev_register`` holds the register as the last release left it. ``id_living`` then has one row
    per cluster: cluster (its founder's code), member_id, founder_key, generation, founder_seen_at.

    Args:
        is_part: whether ids live that neither of these tables knows (``register.load_touched``).
    """
    for statement in (_PRESENT, _DESTINATION, _SURVIVOR):
        con.execute(statement)
    install_hmac(con, "mw_member_id", key)
    taken = _TAKEN + (_TAKEN_OUTSIDE if is_part else "")
    con.execute(_WITHOUT_ID.format(prefix=_PREFIX, digits=_HEX_DIGITS, taken=taken))
    con.execute(_FIRST)
    rest = con.execute("select record_key from id_new where not is_free order by code").fetchall()
    if rest:
        ids = con.execute(f"{taken} union select member_id from id_new where is_free").fetchall()
        _store(con, mint(key, [one for (one,) in rest], {one for (one,) in ids}))
    con.execute("drop table id_new")


def _store(con: duckdb.DuckDBPyConnection, minted: list[Minted]) -> None:
    table = pa.table(
        {
            "member_id": pa.array([m.member_id for m in minted], pa.string()),
            "founder_key": pa.array([m.founder_key for m in minted], pa.string()),
            "generation": pa.array([m.generation for m in minted], pa.int32()),
        }
    )
    con.register("minted", table)
    con.execute(
        """
        insert into id_living (cluster, member_id, founder_key, generation, founder_seen_at)
        select r.code, m.member_id, m.founder_key, m.generation, r.first_seen_at
        from minted as m inner join ev_record as r on m.founder_key = r.record_key
        """
    )
    con.unregister("minted")
