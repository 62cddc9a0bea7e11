"""Who records say they are, without a plain value: tokens that are equal where the texts are.

``ev_face`` has the records to decide that show a name a person has; view ``face`` everybody after
this run: those, and of the others what the last run kept (``identity.idn_kept_face``). Blocks and
exact pairs are found on faces; the vault is opened only for pairs that must be compared.
"""

from __future__ import annotations

import duckdb

# What a comparison looks at; equal prints of two records give equal scores with a third.
_CONTENT = (
    "name_token, gender, birth_date, address, city, district, postcode, card_no, states_card, "
    "email, phone"
)

_FACE = f"""
create or replace temp table ev_face as
with stated as (
    select
        e.record,
        max(v.token) filter (where v.identifier_type = 'card_no') as card_no,
        max(v.token) filter (where v.identifier_type = 'card_no' and e.is_own) as own_card,
        max(v.token) filter (where v.identifier_type = 'email') as email,
        max(v.token) filter (where v.identifier_type = 'phone') as phone
    from ev_edge as e inner join ev_value as v on e.value = v.code
    where e.role = 'link' and v.identifier_type in ('card_no', 'email', 'phone')
        and e.record in (select record from ev_person where name >= 0)
    group by e.record
),

shown as (
    select
        p.record, r.record_key, r.first_seen_at, p.name_token,
        f.canonical_token as canonical, f.word_tokens as words, f.is_full,
        p.gender, p.birth_date_token as birth_date, p.address_token as address,
        lower(p.city) as city, coalesce(lower(p.district), '') as district, p.postcode,
        s.card_no, coalesce(s.own_card = s.card_no, false) as states_card, s.email, s.phone
    from ev_person as p
    inner join ev_record as r on p.record = r.code
    inner join identity.idn_name_form as f on p.name_token = f.name_token
    left join stated as s on p.record = s.record
    where p.name >= 0 and len(f.word_tokens) > 0 and (f.is_full or not f.is_han)
)

select *, hash({_CONTENT}) as print from shown
"""

_OUTSIDE = """
create temp table if not exists outside_kept as
select * from identity.idn_kept_face
anti join scope_record using (record_key) anti join scope_gone using (record_key);
delete from outside_kept where record_key in (select record_key from scope_record);
create or replace temp view outside_face as from outside_kept
"""

# A birth date or an address of so many that it proves nothing with a name: a form's default.
_COMMON = """
create or replace temp table ev_common as
select 'birth_date' as kind, birth_date as token from face
where is_full and birth_date is not null
group by birth_date having count(*) > $most
union all
select 'address', address from face
where is_full and address is not null
group by address having count(*) > $most
"""


def load_faces(con: duckdb.DuckDBPyConnection, *, is_part: bool) -> None:
    """``ev_face``, and views ``face`` and ``outside_face``: everybody, and whom this run does not
    decide."""
    con.execute(_FACE)
    con.execute(_OUTSIDE if is_part else "create or replace temp view outside_face as "
                "select * exclude (record) from ev_face where false")  # fmt: skip
    con.execute(
        "create or replace temp view face as "
        "select * from outside_face union all by name select * exclude (record) from ev_face"
    )


def count_common(con: duckdb.DuckDBPyConnection, most: float) -> None:
    """``ev_common``: birth dates and addresses that more than ``most`` records show."""
    con.execute(_COMMON, {"most": most})
