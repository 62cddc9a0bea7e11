"""What a new state of the evidence can reach: the only records whose member may change.

Everything a member is decided by joins records into *parts* (``identity.idn_kept_part``): values
that link or attach, decisions of people, equal full names with an equal birth date or address, and
pairs the model joins. No decision looks beyond its part, but for counts: how many show a value
(``held``), a birth date or address (``ev_common``), a block. So what must be decided anew are the
parts of the records that changed (or whose name could not be read before), of those they share a
value or an exact name with, and of those whose counts passed a limit. ``scope_record`` and
``scope_gone`` hold them.
"""

from __future__ import annotations

import duckdb

from dagster_project.identity.candidates import keys_of
from dagster_project.identity.kept import PRINTS
from dagster_project.identity.scope import SCOPE

_CHANGED = f"""
create or replace temp table moved_input as
select coalesce(n.record, k.record) as record, n.print
from ({PRINTS}) as n full outer join identity.idn_kept_input as k on n.record = k.record
where n.print is distinct from k.print;

create or replace temp table touched as
select record_key from identity.idn_record
where hash(record_key) in (select record from moved_input)
union
select record_key from identity.idn_person semi join new_form using (name_token)
union
select u.record_key
from identity.idn_kept_unread as u inner join identity.idn_person as p using (record_key)
where not u.is_known and (u.batch_id, u.file_row) is distinct from (p.batch_id, p.file_row)
union
select unnest([left_record_key, right_record_key]) from (
    (select {{override}} from identity.idn_override
    except select {{override}} from identity.idn_kept_override)
    union all
    (select {{override}} from identity.idn_kept_override
    except select {{override}} from identity.idn_override)
);

create or replace temp table scope_gone as
select record_key from identity.idn_member_record
where hash(record_key) in (select record from moved_input where print is null);

create or replace temp table stirred as
select record_key from touched union select record_key from scope_gone
""".format(override="override_id, action, left_record_key, right_record_key, decided_at")

# Values that a changed record shows or showed; junk and too frequent ones reach nobody, unless
# they became so, or no longer are.
_SEEDS = """
create or replace temp table near as
with shown as (
    select identifier_type, token from identity.idn_identifier semi join touched using (record_key)
    union
    select identifier_type, token from identity.idn_link semi join stirred using (record_key)
),

shared as (
    select record_key, identifier_type, token from identity.idn_identifier
    semi join shown using (identifier_type, token)
)

select s.*, r.record_type
from shared as s inner join identity.idn_record as r on s.record_key = r.record_key;

create or replace temp table seed as
with counted as (
    select identifier_type, token, count(*) filter (where record_type <> 'guest') as accounts,
        count(*) filter (where record_type = 'guest') as guests
    from near
    group by identifier_type, token
),

judged as (
    select c.identifier_type, c.token, h.token is not null as was_held,
        j.token is not null or c.accounts > u.max_accounts or c.guests > u.max_guests as is_held
    from counted as c
    inner join ev_rule as u using (identifier_type)
    left join ev_junk as j using (identifier_type, token)
    left join (
        select distinct identifier_type, token from identity.idn_held
        where reason in ('junk', 'frequency')
    ) as h using (identifier_type, token)
),

named as (
    select f.canonical_token as canonical, p.birth_date_token as birth_date,
        p.address_token as address
    from identity.idn_person as p
    inner join identity.idn_name_form as f on p.name_token = f.name_token
    where f.is_full and p.record_key in (select record_key from touched)
),

kept as (
    select record_key, member_id from identity.idn_register where valid_to is null
)

select record_key from touched
union
select record_key from near
semi join (select * from judged where not (was_held and is_held)) using (identifier_type, token)
union
select record_key from identity.idn_kept_face
where is_full and ((canonical, birth_date) in (select (canonical, birth_date) from named)
    or (canonical, address) in (select (canonical, address) from named))
union
select record_key from kept
where member_id in (select member_id from kept semi join stirred using (record_key))
"""

_SCOPE = """
create or replace temp table scope_record as
with part as (
    select distinct part from identity.idn_kept_part
    where record_key in (select record_key from seed union all select record_key from scope_gone)
)

select record_key from identity.idn_record
where record_key in (
    select record_key from seed
    union all
    select record_key from identity.idn_kept_part where part in (select part from part)
)
"""


def find_touched(con: duckdb.DuckDBPyConnection) -> int:
    """Make ``scope_record`` and ``scope_gone``; returns how many records are to be decided.

    ``ev_rule`` and ``ev_junk`` exist, and the names of all records were read.
    """
    con.execute(_CHANGED)
    con.execute(_SEEDS)
    return _closed(con)


def _closed(con: duckdb.DuckDBPyConnection) -> int:
    con.execute(_SCOPE)
    return con.execute("select count(*) from scope_record").fetchall()[0][0]


def reach(con: duckdb.DuckDBPyConnection, query: str) -> bool:
    """Add the records of a query, and their parts, to those to decide; whether there were any."""
    before = con.execute("select count(*) from scope_record").fetchall()[0][0]
    con.execute(f"insert into seed select distinct record_key from ({query})")
    return _closed(con) > before


# The model joins a record to decide to one that was not to be.
LINKED_OUTSIDE = """
select unnest([left_key, right_key]) as record_key from likely where is_link
"""

# Others in a block, or with a birth date or address, of which there are now too many, or no more.
_PASSED = """
with moved as (
    select key, sum(n) filter (where n > 0) as now, -sum(n) filter (where n < 0) as before
    from (
        select key, 1 as n from ({inside})
        union all
        select key, -1 from ({earlier})
    )
    group by key having sum(n) <> 0
),

others as (select o.record, o.key from ({outside}) as o semi join moved using (key)),

passed as (
    select m.key
    from moved as m inner join (select key, count(*) as n from others group by key) as o
        on m.key = o.key
    where (o.n + coalesce(m.now, 0) <= {limit}) <> (o.n + coalesce(m.before, 0) <= {limit})
),

common as (
    (from ev_common except from identity.idn_kept_common)
    union all
    (from identity.idn_kept_common except from ev_common)
)

select record_key from outside_face
where hash(record_key) in (select record from others semi join passed using (key))
    or birth_date in (select token from common where kind = 'birth_date')
    or address in (select token from common where kind = 'address')
"""

_EARLIER = f"(select * from identity.idn_kept_face where record_key in ({SCOPE}))"


def passed_limits(max_block: int) -> str:
    """A query: records outside whose block or common value passed a limit (``faces`` exist)."""
    return _PASSED.format(
        inside=keys_of("ev_face"), earlier=keys_of(_EARLIER), outside=keys_of("outside_face"),
        limit=max_block,
    )  # fmt: skip
