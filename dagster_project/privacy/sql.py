"""Normal forms, tokens and masks as DuckDB macros: the whole of a file's values in one pass.

The keys reach DuckDB as variables (bound, never in SQL text), so no error or log can show them.
Every macro takes folded, trimmed text (see dagster_project/ingest/cell_sql.py) or NULL.
"""

from __future__ import annotations

import duckdb

from dagster_project.privacy.keys import Keys

HMAC_BLOCK = 64

# What phonenumbers calls a valid mainland mobile; every other number goes through phonenumbers.
PLAIN_MOBILE = r"(\+?86|0086)?(1740[0-5]\d{6}|1([38]\d|4[57]|[59][0-35-9]|6[25-7]|7[0-35-8])\d{8})"

# Written with any punctuation, as an id of 11 digits is not told apart from a phone otherwise.
_PHONE_LIKE = r"(86)?1[3-9]\d{9}"

_MACROS = {
    "mw_token(kind, value)": "left(mw_keyed(kind || ':' || value), 32)",
    "mw_phone_compact(c)": r"regexp_replace(c, '(\.0$|[\s().·-])', '', 'g')",
    "mw_plain_mobile(compact)": f"""
        case when regexp_full_match(compact, '{PLAIN_MOBILE}') then '+86' || right(compact, 11)
        end""",
    "mw_masked_mobile(compact)": r"""
        case when regexp_full_match(compact, '(\+?86)?1\d{2}[*xX]{4}\d{4}')
        then left(right(compact, 11), 3) || '****' || right(compact, 4) end""",
    "mw_phone_mask(e164)": """
        case when starts_with(e164, '+861') and length(e164) = 14
        then substr(e164, 4, 3) || '****' || right(e164, 4)
        when e164 is not null then '****' || right(e164, 2) end""",
    "mw_phone_hint(e164)": """
        case when starts_with(e164, '+861') and length(e164) = 14
        then substr(e164, 4, 3) || '****' || right(e164, 4) end""",
    "mw_email(c)": r"""
        case when regexp_full_match(lower(c), '[^@\s*<>,;"]+@[^@\s*<>,;".]+(\.[^@\s*<>,;".]+)+')
        then lower(c) end""",
    "mw_email_status(c)": r"""
        case when mw_email(c) is not null then 'valid'
        when contains(c, '*') and contains(c, '@') then 'masked'
        when c is not null then 'invalid' end""",
    "mw_email_local(e)": r"regexp_replace(e, '(\+[^@]*)?@.*$', '')",
    "mw_email_domain(e)": r"replace(regexp_extract(e, '@(.*)$', 1), 'googlemail.com', 'gmail.com')",
    "mw_email_match(e)": """
        case when mw_email_domain(e) = 'gmail.com'
        then replace(mw_email_local(e), '.', '') || '@gmail.com'
        else mw_email_local(e) || '@' || mw_email_domain(e) end""",
    "mw_person_name(c)": r"""
        case when regexp_matches(c, '[\x{3400}-\x{9fff}]')
        then regexp_replace(lower(c), '\s+', '', 'g')
        else regexp_replace(lower(c), '\s+', ' ', 'g') end""",
    "mw_address(c)": r"regexp_replace(lower(c), '\s+', '', 'g')",
    "mw_is_reference(c)": rf"""
        regexp_full_match(c, '[A-Za-z0-9_-]{{1,64}}')
        and not regexp_full_match(regexp_replace(c, '[_-]', '', 'g'), '{_PHONE_LIKE}')""",
    "mw_reference(kind, c)": """
        case when mw_is_reference(c) then c else 't_' || mw_token(kind, c) end""",
    # the engine's own message would show the content
    "mw_vault_content(content, batch_id, file_row)": """
        case when json_valid(content) then content
        else error('vault record ' || batch_id || ', row ' || file_row || ': no JSON') end""",
    "mw_vault_values(content)": """
        map_values(from_json(content, '"MAP(VARCHAR, VARCHAR)"'))""",
}


def install_hmac(con: duckdb.DuckDBPyConnection, name: str, key: bytes) -> None:
    """Makes a macro of a text: its HMAC-SHA256 under a key (RFC 2104), 64 hex digits.

    Args:
        name: of the macro.
        key: at most 64 bytes; bound as variables, so that no SQL text shows it.
    """
    block = key.ljust(HMAC_BLOCK, b"\0")
    con.execute(f"set variable {name}_inner = ?", [bytes(one ^ 0x36 for one in block)])
    con.execute(f"set variable {name}_outer = ?", [bytes(one ^ 0x5C for one in block)])
    con.execute(f"""
        create or replace temp macro {name}(text) as sha256(getvariable('{name}_outer')
            || unhex(sha256(getvariable('{name}_inner') || encode(text))))""")


def install_privacy_macros(con: duckdb.DuckDBPyConnection, keys: Keys) -> None:
    """Makes the macros of this module on a connection, with the home's token key."""
    install_hmac(con, "mw_keyed", keys.token_key)
    for signature, body in _MACROS.items():
        con.execute(f"create or replace temp macro {signature} as {body}")
