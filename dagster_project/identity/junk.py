"""The junk list as tokens: made by the very macros that make the tokens of delivered values."""

from __future__ import annotations

import duckdb

from dagster_project.privacy import Keys
from dagster_project.privacy.phones import international
from dagster_project.privacy.sql import install_privacy_macros

_OTHERS = """
select
    identifier_type,
    case
        when identifier_type = 'email'
            then mw_token('email_match', mw_email_match(mw_email(value)))
        else mw_token(identifier_type, value)
    end as token
from rules.identity_junk
where identifier_type <> 'phone'
"""


def junk_tokens(con: duckdb.DuckDBPyConnection, keys: Keys) -> list[tuple[str, str]]:
    """(identifier_type, token) of each value in ``rules.identity_junk`` that is well formed."""
    install_privacy_macros(con, keys)
    found = con.execute(_OTHERS).fetchall()
    phones = con.execute(
        "select value from rules.identity_junk where identifier_type = 'phone'"
    ).fetchall()
    numbers = [number for (value,) in phones if (number := international(value))]
    found += [("phone", keys.token("phone", number)) for number in numbers]
    return [(kind, token) for kind, token in found if token is not None]
