"""Who of an audience may be contacted, and why the others may not: one query over the state.

The first reason that holds counts, in the order of ``REASONS``. What may still leave a member out
after it (no address, an address another member has, the hold-out) is decided with the addresses.
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from dagster_project.activation.rule import AudienceRule

ERASED, UNSUBSCRIBED, NO_CONSENT, CAPPED = "erased", "unsubscribed", "no_consent", "capped"
NO_ADDRESS, SHARED, HELD_OUT, EXPORTED = "no_address", "shared_address", "held_out", "exported"
REASONS = (ERASED, UNSUBSCRIBED, NO_CONSENT, CAPPED, NO_ADDRESS, SHARED, HELD_OUT)
HOLDOUT_DIGITS = 13  # hex digits of a token that decide: 52 bits, exact in a double

# A touch that names an export as its campaign is that export come back: it counts once.
_CONTACTS = """
create or replace temp table contacts as
select member_id, count(*) as contacts
from (
    select member_id from core.fct_touch
    where contact_channel = $channel and not is_control and member_id is not null
        and sent_on > $as_of - cast($cap_days as integer)
        and coalesce(campaign_id not in (select export_id from former), true)
    union all
    select member_id from former
    where contact_channel = $channel and outcome = 'exported'
        and exported_on > $as_of - cast($cap_days as integer)
) as made
group by member_id
"""
_DECIDE = """
create or replace temp table decision as
with held as (
    select member_id, reason, since_on from marts.audience_member where audience_code = $code
),
said as (
    select member_id, purpose, contact_channel, is_granted, source
    from core.fct_consent where is_current
),
answers as (
    select
        held.member_id,
        said.is_granted as agrees,
        not said.is_granted and said.source = 'unsubscribe' as unsubscribed
    from held
    left join said
        on held.member_id = said.member_id and said.purpose = $purpose
        and said.contact_channel = $channel
),
shared as (
    select distinct member_id from said
    where is_granted and purpose = 'third_party' and list_contains($third_party, contact_channel)
)
select
    held.member_id, held.reason, held.since_on,
    case
        when held.member_id in (
            select member_id from core.fct_erasure_request where member_id is not null
        ) then 'erased'
        when answers.unsubscribed then 'unsubscribed'
        when not coalesce(answers.agrees, false) then 'no_consent'
        when len($third_party) > 0 and held.member_id not in (select member_id from shared)
            then 'no_consent'
        when coalesce(contacts.contacts, 0) >= $cap_contacts then 'capped'
    end as suppressed,
    cast('0x' || left(mw_token('holdout', $code || ':' || held.member_id), $digits) as ubigint)
        < $holdout as is_held_out
from held
inner join answers using (member_id)
left join contacts using (member_id)
"""


def decide(
    con: duckdb.DuckDBPyConnection,
    rule: AudienceRule,
    third_party: Sequence[str] = (),
) -> None:
    """Make the table ``decision``: one row a member held, with why the member may not be contacted.

    Its columns are member_id, reason, since_on, suppressed (NULL: may be contacted), is_held_out.

    Args:
        con: the state as the default database, the table ``former``, the privacy macros.
        third_party: contact channels of identifiers that would be handed to an ad platform: the
            member must agree to third parties for one of them, besides the rule's own consent.
    """
    con.execute(
        _CONTACTS,
        {"channel": rule.contact_channel, "as_of": rule.as_of, "cap_days": rule.cap_days},
    )
    con.execute(
        _DECIDE,
        {
            "code": rule.code,
            "purpose": rule.purpose,
            "channel": rule.contact_channel,
            "third_party": list(third_party),
            "cap_contacts": rule.cap_contacts,
            "digits": HOLDOUT_DIGITS,
            "holdout": holdout_bound(rule.holdout_share),
        },
    )


_OUTCOMES = """
create or replace temp table outcome as
select
    decision.member_id, decision.reason, decision.since_on, addresses.*,
    case
        when suppressed is not null then suppressed
        when addresses.address_key is null then 'no_address'
        when row_number() over (
            partition by addresses.address_key order by decision.member_id
        ) > 1 then 'shared_address'
        when is_held_out then 'held_out'
        else 'exported'
    end as outcome
from decision left join addresses on decision.member_id = addresses.holder
"""


def conclude(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Make the table ``outcome`` of ``decision`` and ``addresses`` (holder, address_key, …).

    Returns the members of each outcome.
    """
    con.execute(_OUTCOMES)
    return dict(
        con.execute(
            "select outcome, count(*) from outcome group by outcome order by outcome"
        ).fetchall()
    )


def holdout_bound(share: float) -> int:
    """The number of which a member's hash must be below to be held out."""
    return round(share * 16**HOLDOUT_DIGITS)
