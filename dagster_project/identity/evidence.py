"""From identifiers to a graph: coded records, valued identifiers, and each edge's role.

Set work in SQL, in temporary tables of the connection to the work database: ``ev_record`` (code,
in order of seniority), ``ev_value`` (code, how often, whether it is held as a value), ``ev_edge``
(record, value, role, whether it makes its record known) and ``ev_override`` (decisions of people).
"""

from __future__ import annotations

import duckdb
import pyarrow as pa

from dagster_project.identity.partition import BY_HAND
from dagster_project.identity.policy import LINK, PolicyError

OVERRIDE = "override"

# The founder of a cluster is its earliest record: its smallest code.
_RECORDS = """
create or replace temp table ev_record as
select
    row_number() over (order by first_seen_at nulls last, record_key) - 1 as code,
    record_key,
    channel,
    first_seen_at,
    record_type <> 'guest' as is_account
from in_record
"""

_CARRIED = """
create or replace temp table ev_carried as
select
    r.code as record, r.is_account, i.identifier_type, i.token, i.is_own, i.first_seen_at,
    i.last_seen_at, i.sightings
from in_identifier as i inner join ev_record as r on i.record_key = r.record_key
"""

# How many share a value is counted over everybody, decided in this run or not.
_VALUES = """
create or replace temp table ev_value as
with counted as (
    select
        identifier_type,
        token,
        count(*) as records,
        count(*) filter (where is_account) as accounts
    from {counted}
    group by identifier_type, token
)
select
    row_number() over () - 1 as code,
    c.identifier_type,
    c.token,
    u.tier,
    c.records,
    case
        when j.token is not null then 'junk'
        when c.accounts > u.max_accounts then 'frequency'
        when c.records - c.accounts > u.max_guests then 'frequency'
    end as held
from counted as c
inner join ev_rule as u on c.identifier_type = u.identifier_type
left join ev_junk as j on c.identifier_type = j.identifier_type and c.token = j.token
"""

# A contact on an order (not the record's own statement) may be somebody else's: a gift's receiver.
_EDGES = """
create or replace temp table ev_edge as
with told as (  -- what records with a contact show of its type, in all
    select record, identifier_type, bool_or(is_own) as states_own, sum(sightings) as sightings
    from ev_carried
    where (record, identifier_type) in (
        select (record, identifier_type) from ev_carried where not is_own
    )
    group by record, identifier_type
)

select
    row_number() over () - 1 as edge,
    c.record,
    v.code as value,
    v.tier,
    c.first_seen_at,
    c.last_seen_at,
    c.sightings,
    c.is_own,
    case
        when v.held is not null then v.held
        when
            not c.is_own
            and u.min_contact_share > 0
            and (t.states_own or c.sightings < u.min_contact_share * t.sightings)
            then 'contact'
        else u.use
    end as role,
    u.use = 'link' and role in ('link', 'contact') as is_known
from ev_carried as c
inner join ev_value as v on c.identifier_type = v.identifier_type and c.token = v.token
inner join ev_rule as u on c.identifier_type = u.identifier_type
left join told as t
    on not c.is_own and c.record = t.record and c.identifier_type = t.identifier_type;

drop table ev_carried
"""

_OVERRIDES = """
create or replace temp table ev_override as
select
    o.override_id,
    o.action,
    cast(o.decided_at as timestamp) as decided_at,
    l.code as left_record,
    r.code as right_record
from identity.idn_override as o
inner join ev_record as l on o.left_record_key = l.record_key
inner join ev_record as r on o.right_record_key = r.record_key
where l.code <> r.code
"""

# A decision to link is a value of its own that two records carry, in the tier before all others.
_VALUES_BY_HAND = f"""
insert into ev_value
select
    row_number() over (order by override_id) + (select count(*) from ev_value) - 1,
    '{OVERRIDE}',
    override_id,
    {BY_HAND},
    2,
    null
from ev_override
where action = 'link'
"""

_EDGES_BY_HAND = f"""
insert into ev_edge
select
    row_number() over (order by v.code, o.record) + (select count(*) from ev_edge) - 1,
    o.record,
    v.code,
    {BY_HAND},
    o.decided_at,
    o.decided_at,
    1,
    false,
    '{LINK}',
    false
from (
    select override_id, decided_at, unnest([left_record, right_record]) as record
    from ev_override
) as o
inner join ev_value as v
    on o.override_id = v.token and v.identifier_type = '{OVERRIDE}'
"""

_STATEMENTS = (_RECORDS, _CARRIED, _VALUES, _EDGES, _OVERRIDES, _VALUES_BY_HAND, _EDGES_BY_HAND)


def store_junk(con: duckdb.DuckDBPyConnection, junk: list[tuple[str, str]]) -> None:
    """``ev_junk`` of the listed junk values, as (identifier_type, token)."""
    kinds, tokens = zip(*junk, strict=True) if junk else ((), ())
    listed = pa.table(
        {"identifier_type": pa.array(kinds, pa.string()), "token": pa.array(tokens, pa.string())}
    )
    con.register("listed_junk", listed)
    con.execute("create or replace temp table ev_junk as select distinct * from listed_junk")
    con.unregister("listed_junk")


def build_evidence(con: duckdb.DuckDBPyConnection, *, is_part: bool) -> None:
    """Make the ``ev_`` tables of the records to decide (``scope``). ``ev_rule``
    (``policy.store_policy``) and ``ev_junk`` exist.

    Args:
        is_part: whether others show their values too (``scoped_counted``).

    Raises:
        PolicyError: an identifier's type has no rule.
    """
    unruled = con.execute(
        """
        select distinct identifier_type from in_identifier
        where identifier_type not in (select identifier_type from ev_rule) order by 1
        """
    ).fetchall()
    if unruled:
        names = ", ".join(name for (name,) in unruled)
        raise PolicyError(f"identity_rules.csv has no row for: {names}")
    for statement in _STATEMENTS:
        con.execute(statement.format(counted="scoped_counted" if is_part else "ev_carried"))
