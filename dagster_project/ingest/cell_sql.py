"""What a cell means, as DuckDB macros: one place for every accepted form of a value.

A cell as delivered is folded, then trimmed, then NULL where it is a word for nothing; the other
macros take such a cell and give NULL for what they cannot read. A macro repeats its argument:
each step stands in a select of its own. The connection's time zone must be the business time zone.
"""

from __future__ import annotations

import duckdb

NULL_WORDS = ("", "NULL", "null", "N/A", "\\N")

_WIDE = "".join(map(chr, range(0xFF01, 0xFF5F)))
_ASCII = "".join(map(chr, range(0x21, 0x7F)))
_MORE_WIDE, _MORE_PLAIN = "￥\u2212\u3000", "¥- "
_WORD = "".join(one for one in _ASCII if one.isalnum())
_WIDE_WORD = "".join(chr(ord(one) + 0xFEE0) for one in _WORD)
_BLANKS = " \t\r\n\u00a0\u3000\u200b\ufeff"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _fold(wide: str, plain: str) -> str:
    return f"mw_fold(c, {_quoted(wide)}, {_quoted(plain)}, {_quoted(f'[{wide}]')})"


_DAY = r"\d{4}-\d{1,2}-\d{1,2}"
_CLOCK = r"\d{1,2}:\d{2}(:\d{2}(\.\d{1,9})?)?"
_ZONE = r"(Z|[+-]\d{2}(:?\d{2})?)"

_MACROS = {
    # trim() is slow: only cells that begin or end with a blank go through it
    "mw_trim(c)": f"""
        case when strlen(c) = length(c)
        then case when c >= '!' and substr(c, strlen(c), 1) >= '!' then c
            else trim(c, ' \t\r\n') end
        when contains({_quoted(_BLANKS)}, left(c, 1)) or contains({_quoted(_BLANKS)}, right(c, 1))
        then trim(c, {_quoted(_BLANKS)}) else c end""",
    # translate() is slow: only cells that have something to fold go through it
    "mw_fold(c, wide, plain, found)": """
        case when strlen(c) > length(c) and regexp_matches(c, found)
        then translate(c, wide, plain) else c end""",
    # text keeps its Chinese punctuation: digits and letters alone are folded
    "mw_fold_words(c)": _fold(_WIDE_WORD, _WORD),
    "mw_fold_all(c)": _fold(_WIDE + _MORE_WIDE, _ASCII + _MORE_PLAIN),
    # what a spreadsheet is told by ="00123" or '00123 to leave as text
    "mw_unguard(c)": r"""
        case when regexp_full_match(c, '="[^"]*"') then substr(c, 3, length(c) - 3)
        when starts_with(c, '''') then substr(c, 2) else c end""",
    "mw_null(c)": f"case when c not in ({', '.join(map(_quoted, NULL_WORDS))}) then c end",
    # an instant is a count of microseconds: no calendar is asked again
    "mw_utc(c)": "make_timestamp(epoch_us(try_cast(c as timestamptz)))",
    # what the engine writes as it is read needs no look at its form
    "mw_is_plain_time(c)": "strlen(c) = 19 and cast(try_cast(c as timestamp) as varchar) = c",
    "mw_is_plain_day(c)": "strlen(c) = 10 and cast(try_cast(c as date) as varchar) = c",
    "mw_day(instant)": """
        cast(timezone(current_setting('TimeZone'), timezone('UTC', instant)) as date)""",
    "mw_epoch(seconds)": "timezone('UTC', to_timestamp(seconds))",
    "mw_serial(c)": """
        timezone('UTC', cast(timestamp '1899-12-30 00:00:00'
            + to_milliseconds(cast(round(cast(c as double) * 86400000) as bigint))
            as timestamptz))""",
    "mw_instant(c, is_sheet)": rf"""
        case when mw_is_plain_time(c)
        then make_timestamp(epoch_us(cast(try_cast(c as timestamp) as timestamptz)))
        when regexp_full_match(c, '{_DAY}([T ]{_CLOCK}{_ZONE}?)?') then mw_utc(c)
        when regexp_full_match(c, '{_DAY}[T ]{_CLOCK} {_ZONE}')
        then mw_utc(replace(replace(c, ' +', '+'), ' -', '-'))
        when regexp_full_match(c, '\d{{4}}/\d{{1,2}}/\d{{1,2}}( {_CLOCK})?')
        then mw_utc(replace(c, '/', '-'))
        when regexp_full_match(c, '\d{{8}}(T\d{{4,6}}{_ZONE}?)?')
        then mw_utc(regexp_replace(regexp_replace(regexp_replace(
            c, '^(\d{{4}})(\d{{2}})(\d{{2}})', '\1-\2-\3'),
            'T(\d{{2}})(\d{{2}})', 'T\1:\2'), ':(\d{{2}})(\d{{2}})', ':\1:\2'))
        when regexp_full_match(c, '\d{{9,10}}(\.\d+)?') then mw_epoch(try_cast(c as double))
        when regexp_full_match(c, '\d{{12,13}}(\.0+)?') then mw_epoch(try_cast(c as double) / 1000)
        when regexp_full_match(c, '\d{{15,16}}') then mw_epoch(try_cast(c as double) / 1000000)
        when is_sheet and regexp_full_match(c, '\d{{1,7}}(\.\d+)?') then mw_serial(c) end""",
    "mw_number(c)": r"""
        case when regexp_full_match(c, '-?\d+(\.\d+)?') then c
        when regexp_full_match(c,
            '([-+]?[¥$]? ?|[¥$] ?[-+]?)'
            || '((\d+|\d{1,3}(,\d{3})+)(\.\d*)?|\.\d+)([eE][-+]?\d{1,3})?')
        then regexp_replace(c, '[¥$, +]', '', 'g') end""",
    "mw_integer(c)": r"""
        case when regexp_full_match(c, '-?\d+') then try_cast(c as bigint)
        when regexp_full_match(c, '[-+]?(\d+|\d{1,3}(,\d{3})+)(\.0*)?')
        then try_cast(regexp_replace(c, '(,|\+|\.0*$)', '', 'g') as bigint) end""",
    "mw_boolean(c)": """
        case when lower(c) in ('true', '1', 'yes', 'y', '是') then true
        when lower(c) in ('false', '0', 'no', 'n', '否') then false end""",
    "mw_is_code(c)": r"""
        length(c) <= 64 and not contains(c, '@') and not regexp_matches(c, '\d{6}')""",
    "mw_url_path(c)": r"""
        regexp_replace(
            regexp_extract(c, '^([a-zA-Z][a-zA-Z0-9+.-]*:)?(//[^/?#]*)?([^?#]*)', 3),
            '(1[3-9]\d{9}|[^/]*@[^/]*)', '*', 'g')""",
}


def install_cell_macros(con: duckdb.DuckDBPyConnection, time_zone: str) -> None:
    """Makes the macros of this module on a connection and sets its time zone."""
    con.execute(f"set TimeZone = {_quoted(time_zone)}")
    for signature, body in _MACROS.items():
        con.execute(f"create or replace temp macro {signature} as {body}")
