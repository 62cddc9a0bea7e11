"""Addresses of members out of the vault: in memory only, for as long as an export is made.

The warehouse knows tokens. An identifier of a member's own record is asked for by its token; the
vault opens the record, and the delivered value whose normal form has that token is the address.
"""

from __future__ import annotations

import duckdb
import pyarrow as pa

from dagster_project.activation.rule import AudienceRule
from dagster_project.ingest.cell_sql import install_cell_macros
from dagster_project.privacy import Keys, open_records
from dagster_project.privacy.phones import create_other_phones
from dagster_project.privacy.sql import install_privacy_macros
from dagster_project.settings import Home, Settings

# Identifier to: the kind of its token, the normal form (of a cell d.cell), whether guests have it.
_KINDS = {
    "phone": ("phone", "coalesce(mw_plain_mobile(mw_phone_compact(d.cell)), p.e164)", True),
    "email": ("email", "mw_email(d.cell)", True),
    "wechat_openid": ("openid", "d.cell", True),
    "wechat_unionid": ("unionid", "d.cell", True),
    "device_id": ("device_id", "d.cell", False),
}
_ERASABLE = {"phone", "email"}  # what a request to be forgotten may name
_NO_PERSON = "('junk', 'frequency')"

# The best record first: a verified phone, then the channel's priority, then the newest.
_CANDIDATES = """
select
    identity.member_id, records.{address}_token as token, records.batch_id, records.file_row,
    records.subject,
    row_number() over (
        partition by identity.member_id
        order by {verified} desc nulls last, channels.source_priority asc nulls last,
            records.updated_at desc nulls last, records.record_key asc
    ) as choice
from ({records}) as records
inner join core.member_identity as identity on records.record_key = identity.record_key
inner join decision on identity.member_id = decision.member_id and decision.suppressed is null
left join core.dim_channel as channels on identity.channel = channels.channel
where records.{address}_token is not null
    and records.{linked}_token not in (
        select token from identity.idn_link where link_rule in {no_person} and token is not null
    )
    and records.{linked}_token not in (select token from unwanted)
    {not_erased}
    {agreed}
"""
# Own identifiers of members who refuse, or asked to be forgotten: nobody is reached through them.
_UNWANTED = """
create or replace temp table unwanted as
select distinct identifiers.token
from identity.idn_identifier as identifiers
inner join core.member_identity as identity on identifiers.record_key = identity.record_key
where identifiers.identifier_type = $kind and identifiers.is_own and identifiers.token is not null
    and identity.member_id in (
        select member_id from core.fct_erasure_request where member_id is not null
        union all
        select member_id from core.fct_consent
        where is_current and not is_granted and purpose = $purpose and contact_channel = $channel
    )
"""
_CUSTOMERS = """
select record_key, replace(record_key, ':', '|') as subject, updated_at, batch_id, file_row,
    phone_verified, {columns} from conformed.cfm_customers
"""
_GUESTS = """
select record_key, channel || '|orders:' || order_id, ordered_at, batch_id, file_row,
    false, {columns} from conformed.cfm_orders where customer_id is null and record_key is not null
"""
_NOT_ERASED = """
    and records.{match}_token not in (
        select {match}_token from conformed.cfm_erasure_requests where {match}_token is not null
    )
"""
_AGREED = """
    and identity.member_id in (
        select member_id from core.fct_consent
        where is_current and is_granted and purpose = 'third_party'
            and contact_channel = '{channel}'
    )
"""
_DELIVERED = """
insert into delivered
select batch_id, file_row, mw_trim(mw_fold_all(written))
from (
    select batch_id, file_row,
        unnest(mw_vault_values(mw_vault_content(content, batch_id, file_row))) as written
    from opened semi join candidates using (batch_id, file_row)
)
where written is not null
"""
_READ = """
select c.member_id, any_value({form}) as address
from candidates as c
inner join delivered as d on c.batch_id = d.batch_id and c.file_row = d.file_row
{phones}
where mw_token($kind, {form}) = c.token
group by c.member_id, c.choice
qualify row_number() over (partition by c.member_id order by c.choice) = 1
"""


def prepare(con: duckdb.DuckDBPyConnection, keys: Keys, settings: Settings) -> None:
    """Make the macros addresses are read with; nothing of this connection reaches a disk."""
    con.execute("set temp_directory = ''")
    install_cell_macros(con, settings.time_zone)
    install_privacy_macros(con, keys)


def lay_unwanted(con: duckdb.DuckDBPyConnection, rule: AudienceRule, address: str) -> None:
    """Make the table ``unwanted`` of tokens through which nobody may be reached."""
    kind = _KINDS[address][0]
    con.execute(_UNWANTED, {"kind": kind, "purpose": rule.purpose, "channel": rule.contact_channel})


def addresses_of(
    con: duckdb.DuckDBPyConnection,
    home: Home,
    keys: Keys,
    address: str,
    third_party: str | None = None,
) -> pa.Table:
    """The address of each member that may be contacted: member_id, address.

    Args:
        con: the state as the default database, and the tables ``decision`` and ``unwanted``.
        address: an identifier of ``contact_channel_rules.csv``.
        third_party: only of members who agree to third parties for this contact channel.

    Members without an address of the own, one that can be read and is nobody's junk, are left out;
    so is an address somebody asked to have erased, or that a member has who refuses.
    """
    kind, form, guests = _KINDS[address]
    _lay_candidates(con, address, guests, third_party)
    _lay_delivered(con, home, keys)
    phones = ""
    if address == "phone":
        create_other_phones(con, "delivered", ["cell"])
        phones = "left join other_phones as p on d.cell = p.written"
    found = con.sql(_READ.format(form=form, phones=phones), params={"kind": kind}).to_arrow_table()
    con.execute("drop table delivered")
    return found


def _lay_candidates(
    con: duckdb.DuckDBPyConnection, address: str, guests: bool, third_party: str | None
) -> None:
    columns = f"{address}_token" + (", email_match_token" if address == "email" else "")
    records = _CUSTOMERS.format(columns=columns)
    if guests:
        records += f" union all {_GUESTS.format(columns=columns)}"
    linked = "email_match" if address == "email" else address
    query = _CANDIDATES.format(
        address=address,
        records=records,
        verified="records.phone_verified" if address == "phone" else "false",
        no_person=_NO_PERSON,
        linked=linked,
        not_erased=_NOT_ERASED.format(match=linked) if address in _ERASABLE else "",
        agreed=_AGREED.format(channel=third_party) if third_party else "",
    )
    con.execute(f"create or replace temp table candidates as {query}")


def _lay_delivered(con: duckdb.DuckDBPyConnection, home: Home, keys: Keys) -> None:
    """Every value of the records of ``candidates`` that are in the vault, as ``delivered``."""
    subjects, batches = (
        [one for (one,) in con.execute(f"select distinct {column} from candidates").fetchall()]
        for column in ("subject", "batch_id")
    )
    con.execute(
        "create or replace temp table delivered (batch_id varchar, file_row bigint, cell varchar)"
    )
    for table in open_records(home, keys, subjects, batches):
        con.register("opened", table)
        con.execute(_DELIVERED)
        con.unregister("opened")
