"""Names of people as forms that can be compared: whole or in part, in characters or in pinyin."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

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
_HAN = re.compile(r"[㐀-鿿]")
_ALL_HAN = re.compile(r"[㐀-鿿]+")
_WORD = re.compile(r"[a-zà-ÿ]+(?:['’][a-zà-ÿ]+)?")


class Likeness(IntEnum):
    """How two names compare; names of which one is missing are not compared."""

    DIFFERENT = 0
    PARTIAL = 1  # one shows only a surname, and it is the other's
    NEAR = 2  # one character or letter apart, or another surname with the same given name
    EQUAL = 3  # the same characters, or the same pinyin


@dataclass(frozen=True, slots=True)
class NameForm:
    """One name. ``is_full``: surname and given name; else only ``surname`` is known.

    ``canonical``: its words in Latin letters, in alphabetical order: 张伟国, Zhang Weiguo and
    Weiguo Zhang are all ``weiguo zhang``. ``text``: the normalised name itself.
    """

    text: str
    canonical: str
    surname: str
    is_full: bool
    is_han: bool


@lru_cache(maxsize=65_536)
def _reading(characters: str) -> str:
    from pypinyin import lazy_pinyin

    return "".join(lazy_pinyin(characters))


def _han(text: str) -> NameForm | None:
    # nearly all are nothing but characters
    shown = text if _ALL_HAN.fullmatch(text) else "".join(_HAN.findall(text.split("*", 1)[0]))
    if not shown:
        return None
    surname = shown[:2] if shown[:2] in COMPOUND else shown[:1]
    given = "" if "*" in text else shown[len(surname) :]
    first = SURNAME_READINGS.get(surname, "").replace(" ", "") or _reading(surname)
    second = _reading(given) if given else ""
    words = f"{first} {second}" if first <= second else f"{second} {first}"
    return NameForm(shown, words.strip(), first, bool(given), True)


def read_name(text: str | None) -> NameForm | None:
    """The form of a normalised name (folded, lower case); None where it shows nothing."""
    if not text:
        return None
    if _HAN.search(text):
        return _han(text)
    words = _WORD.findall(text.lower())
    if not words:
        return None
    if len(words) == 1 or "*" in text:
        return NameForm(words[0], words[0], words[0], False, False)
    return NameForm(" ".join(words), " ".join(sorted(words)), "", True, False)


def name_forms(texts: pa.Table) -> pa.Table:
    """The forms of names given as token and text, however often: token, text, canonical, words,
    surname, is_full, is_han. Names that show nothing are left out."""
    texts = texts.group_by(["token", "text"], use_threads=False).aggregate([])
    read = zip(texts["token"].to_pylist(), map(read_name, texts["text"].to_pylist()), strict=True)
    forms = [(token, form) for token, form in read if form is not None]
    return pa.table({
        "token": pa.array([token for token, _ in forms], pa.string()),
        "text": pa.array([form.text for _, form in forms], pa.string()),
        "canonical": pa.array([form.canonical for _, form in forms], pa.string()),
        "words": pa.array([form.canonical.split() for _, form in forms], pa.list_(pa.string())),
        "surname": pa.array([form.surname for _, form in forms], pa.string()),
        "is_full": pa.array([form.is_full for _, form in forms], pa.bool_()),
        "is_han": pa.array([form.is_han for _, form in forms], pa.bool_()),
    })  # fmt: skip


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
