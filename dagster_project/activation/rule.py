"""The rule an export follows, as the published state was built with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import duckdb


class UnknownAudience(ValueError):
    """No audience has this code."""


@dataclass(frozen=True)
class AudienceRule:
    """A row of audience_rules.csv with the address its contact channel needs.

    Attributes:
        as_of: the day whose members and consents the state knows.
        address: identifier of the landing contract's customers: phone, email, …
        cap_contacts: contacts within ``cap_days`` from which on a member is left out.
        holdout_share: 0 to below 1.
    """

    code: str
    name: str
    purpose: str
    contact_channel: str
    address: str
    cap_contacts: int
    cap_days: int
    holdout_share: float
    as_of: date


_RULE = """
select
    audience_code, audience, purpose, contact_channel, address, cap_contacts, cap_days,
    cast(holdout_share as double)
from rules.audience_rules inner join rules.contact_channel_rules using (contact_channel)
where audience_code = $code
    and $as_of >= valid_from and ($as_of <= valid_to or valid_to is null)
"""


def read_rule(con: duckdb.DuckDBPyConnection, code: str, as_of: date) -> AudienceRule:
    """The audience with this code.

    Raises:
        UnknownAudience: there is none, or not on this day.
    """
    found = con.execute(_RULE, {"code": code, "as_of": as_of}).fetchall()
    if not found:
        known = con.execute(
            "select audience_code from rules.audience_rules order by audience_code"
        ).fetchall()
        names = ", ".join(one for (one,) in known) or "none"
        raise UnknownAudience(f"no audience {code!r} as of {as_of}: there are {names}")
    return AudienceRule(*found[0], as_of)
