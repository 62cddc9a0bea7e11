"""Names of people as forms that can be compared: whole or in part, in characters or in pinyin."""

from __future__ import annotations

from enum import IntEnum
from functools import lru_cache

import duckdb
import pyarrow as pa

# Surnames of two characters; the others have one.
COMPOUND = frozenset({
    "欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "令狐", "慕容",
    "司徒", "长孙", "宇文", "夏侯", "端木", "独孤", "南宫", "轩辕",
})  # fmt: skip
# Readings a character has as a surname and not elsewhere.
SURNAME_READINGS = {
    "曾": "zeng", "单": "shan", "解": "xie", "仇": "qiu", "区": "ou", "查": "zha", "朴": "piao",
    "盖": "ge", "任": "ren", "尉迟": "yu chi", "长孙": "zhang sun", "乐": "yue", "翟": "zhai",
    "缪": "miao", "员": "yun", "那": "na", "秘": "bi", "冼": "xian", "召": "shao", "覃": "qin",
    "燕": "yan", "纪": "ji", "华": "hua", "应": "ying", "洗": "xian", "黑": "he", "折": "she",
}  # fmt: skip
_HAN = "[㐀-鿿]"
_WORD = "[a-zà-ÿ]+(?:[''’][a-zà-ÿ]+)?"  # as text of an SQL literal


class Likeness(IntEnum):
    """How two names compare; names of which one is missing are not compared."""

    DIFFERENT = 0
    PARTIAL = 1  # one shows only a surname, and it is the other's
    NEAR = 2  # one character or letter apart, or another surname with the same given name
    EQUAL = 3  # the same characters, or the same pinyin


# What a name shows: characters up to the first that is hidden, else words in Latin letters. A name
# of one word, or with something hidden, is a surname only.
_SHOWN = f"""
create or replace temp table name_shown as
with read as (
    select distinct token, text, regexp_matches(text, '{_HAN}') as is_han
    from texts where text is not null
),

shown as (
    select
        token, is_han, contains(text, '*') as is_hidden,
        case when is_han then array_to_string(
            regexp_extract_all(split_part(text, '*', 1), '{_HAN}'), '') end as characters,
        case when not is_han then regexp_extract_all(lower(text), '{_WORD}') end as words
    from read
)

select
    *,
    characters[:case when list_contains($compound, characters[:2]) then 2 else 1 end] as surname,
    case when is_hidden then '' else characters[length(surname) + 1:] end as given,
    coalesce(given <> '', len(words) > 1 and not is_hidden) as is_full
from shown where characters <> '' or len(words) > 0
"""
_PARTS = """
select distinct surname as part, true as is_surname from name_shown where is_han
union all
select distinct given, false from name_shown where is_han and is_full
"""
_FORMS = """
with worded as (
    select
        n.token, n.is_full, n.is_han,
        case when is_han then n.characters when is_full then array_to_string(n.words, ' ')
            else n.words[1] end as text,
        list_sort(case when is_han and is_full then [s.reading, g.reading]
            when is_han then [s.reading] when is_full then n.words else n.words[:1] end) as words,
        case when is_han then s.reading when is_full then '' else n.words[1] end as surname
    from name_shown as n
    left join readings as s on s.is_surname and n.surname = s.part
    left join readings as g on not g.is_surname and n.given = g.part
)

select token, text, array_to_string(words, ' ') as canonical, words, surname, is_full, is_han
from worded
"""


@lru_cache(maxsize=65_536)
def _reading(characters: str, *, is_surname: bool) -> str:
    from pypinyin import lazy_pinyin

    known = SURNAME_READINGS.get(characters) if is_surname else None
    return known.replace(" ", "") if known else "".join(lazy_pinyin(characters))


def name_forms(con: duckdb.DuckDBPyConnection, texts: pa.Table) -> pa.Table:
    """Names as forms that can be compared; those that show nothing are left out.

    Args:
        con: a database in memory that may not spill.
        texts: token, text (normalised: folded, lower case), however often.

    Returns:
        token; text: the name as far as it shows; canonical: its words in Latin letters, in
        alphabetical order: 张伟国, Zhang Weiguo and Weiguo Zhang are all ``weiguo zhang``; words;
        surname, where it is known which word it is; is_full: surname and given name, else the
        surname only; is_han.
    """
    con.register("texts", texts)
    con.execute(_SHOWN, {"compound": sorted(COMPOUND)})
    con.unregister("texts")
    parts = con.sql(_PARTS).to_arrow_table()
    # a brand has some thousand given names, however many people
    asked = zip(parts["part"].to_pylist(), parts["is_surname"].to_pylist(), strict=True)
    readings = [_reading(part, is_surname=is_surname) for part, is_surname in asked]
    con.register("readings", parts.append_column("reading", pa.array(readings, pa.string())))
    forms = con.sql(_FORMS).to_arrow_table()
    con.unregister("readings")
    con.execute("drop table name_shown")
    return forms


# Two names a and b of table ``forms``; the thresholds are columns of the one-row table ``rules``.
LIKENESS_SQL = f"""
case
    when a.is_full and b.is_full and (a.text = b.text or a.canonical = b.canonical)
        then {Likeness.EQUAL}
    when a.is_full and b.is_full and a.is_han and b.is_han
        then case
            when length(a.text) > 2 and length(a.text) = length(b.text)
                and list_count(list_filter(
                    list_zip(string_split(a.text, ''), string_split(b.text, '')),
                    lambda one: one[1] <> one[2]
                )) = 1 then {Likeness.NEAR}
            else {Likeness.DIFFERENT} end
    when a.is_full and b.is_full
        then case
            when jaro_winkler_similarity(a.canonical, b.canonical) >= rules.near_name
                or jaro_winkler_similarity(a.text, b.text) >= rules.near_name
                then {Likeness.NEAR}
            else {Likeness.DIFFERENT} end
    when a.surname = b.surname and a.surname <> '' then {Likeness.PARTIAL}
    when list_contains(string_split(a.canonical, ' '), b.canonical)
        or list_contains(string_split(b.canonical, ' '), a.canonical) then {Likeness.PARTIAL}
    else {Likeness.DIFFERENT}
end
"""
