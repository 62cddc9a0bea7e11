"""From who may be contacted to the rows that go out."""

from __future__ import annotations

import duckdb

from dagster_project.activation.addresses import addresses_of, lay_unwanted
from dagster_project.activation.match import CONSENT_CHANNEL, Platform
from dagster_project.activation.rule import AudienceRule
from dagster_project.privacy import Keys
from dagster_project.settings import Home

CONTACT_COLUMNS = (
    "export_id", "audience", "member_id", "contact_channel", "address", "reason", "since_on",
)  # fmt: skip


def third_party_channels(platform: Platform | None) -> list[str]:
    """Contact channels of what a platform would get: third parties must be agreed to for one."""
    return [CONSENT_CHANNEL[identifier] for identifier in platform.keys] if platform else []


def lay_addresses(
    con: duckdb.DuckDBPyConnection,
    home: Home,
    keys: Keys,
    rule: AudienceRule,
    platform: Platform | None,
) -> None:
    """Make the table ``addresses``: holder, address_key, and a column for each identifier."""
    wanted = list(platform.keys) if platform else [rule.address]
    for identifier in wanted:
        third_party = CONSENT_CHANNEL[identifier] if platform else None
        lay_unwanted(con, rule, identifier)
        found = addresses_of(con, home, keys, identifier, third_party)
        con.register(f"found_{identifier}", found)
    columns = ", ".join(f"found_{one}.address as {one}" for one in wanted)
    joins = " ".join(f"left join found_{one} using (member_id)" for one in wanted)
    con.execute(f"""
        create or replace temp table addresses as
        select * from (
            select member_id as holder, nullif(concat_ws('|', {", ".join(wanted)}), '')
                as address_key, {", ".join(wanted)}
            from (select decision.member_id, {columns} from decision {joins}) as all_of
        ) where address_key is not null""")


def members_of(con: duckdb.DuckDBPyConnection, outcome: str) -> list[tuple[str, str]]:
    """member_id and outcome of the members that ended so, in the order of the rows."""
    found = con.execute(
        "select member_id, outcome from outcome where outcome = ? order by member_id", [outcome]
    )
    return found.fetchall()


def contact_rows(
    con: duckdb.DuckDBPyConnection, rule: AudienceRule, platform: Platform | None, export_id: str
) -> tuple[list[str], list[dict[str, str]]]:
    """The columns and rows that go out, in the order of the member ids."""
    wanted = list(platform.keys) if platform else [rule.address]
    found = con.execute(
        f"select member_id, reason, cast(since_on as varchar), {', '.join(wanted)} "
        "from outcome where outcome = 'exported' order by member_id"
    ).fetchall()
    if platform is not None:
        keyed = [platform.row(dict(zip(wanted, one[3:], strict=True))) for one in found]
        return [column for column, _ in platform.keys.values()], keyed
    head = (export_id, rule.code)
    rows = [
        dict(
            zip(CONTACT_COLUMNS, (*head, m, rule.contact_channel, address, why, since), strict=True)
        )
        for m, why, since, address in found
    ]
    return list(CONTACT_COLUMNS), rows
