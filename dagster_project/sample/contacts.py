"""Names, phones, e-mails and addresses of records, with the traps carried out.

All are synthetic but valid in form: numbers of live mobile ranges, e-mails of the example domains.
A value belongs to one person, unless a trap shares it.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dagster_project.sample.frames import Frames
from dagster_project.sample.people import People
from dagster_project.sample.plan import LOYALTY, WEBSHOP
from dagster_project.sample.text import (
    either,
    integers,
    joined,
    numbered,
    words,
)
from dagster_project.sample.traps import DEFAULT_PHONE, STORE_PHONES, Role

# Ranges in use on the mainland, without 138 (the placeholder 13800138000) and 136 (the stores).
PREFIXES = [
    "130",
    "131",
    "132",
    "133",
    "134",
    "135",
    "137",
    "139",
    "150",
    "151",
    "152",
    "153",
    "155",
    "156",
    "157",
    "158",
    "159",
    "176",
    "177",
    "178",
    "180",
    "181",
    "182",
    "183",
    "184",
    "185",
    "186",
    "187",
    "188",
    "189",
    "198",
    "199",
]
VIRTUAL_PREFIXES = ("1700", "1705")
MAIL_DOMAINS = ("example.com", "example.net", "example.org", "mail.example.com")


def phone_numbers(key: np.ndarray) -> pa.Array:
    """One mobile number per key, one-to-one."""
    number = (key * 982_451_653 + 12_345_679) % (len(PREFIXES) * 100_000_000)
    prefix = words(PREFIXES, number // 100_000_000)
    return joined(prefix, numbered("", number % 100_000_000))


def masked_phones(phones: pa.Array) -> pa.Array:
    """``135****1234``, as a marketplace shows it."""
    return joined(
        pc.utf8_slice_codeunits(phones, 0, 3), "****", pc.utf8_slice_codeunits(phones, 7, 11)
    )


def phones(people: People, who: np.ndarray, channel: str) -> pa.Array:
    """The phone of each person's record in a channel. ``who``: places in the chunk."""
    roles, owner = people.roles, who.copy()
    for role in (Role.FAMILY_PHONE, Role.REISSUED_PHONE):
        shared = roles.second(role)[who]
        owner[shared] = people.partner[who][shared]
    column = phone_numbers(people.index[owner] * 2)
    virtual = roles.first(Role.VIRTUAL_NUMBER)[who]
    if virtual.any():
        number = people.index[who]
        short = joined(
            words(VIRTUAL_PREFIXES, number // 2 % 2), numbered("", number % 10_000_000, 7)
        )
        column = either(virtual, short, column)
    if channel == WEBSHOP:
        column = either(roles.first(Role.TYPO_PHONE)[who], _other_last_digit(column), column)
    if channel == LOYALTY:
        column = either(roles.first(Role.DEFAULT_PHONE)[who], DEFAULT_PHONE, column)
        desk = words(STORE_PHONES, who % 3 % len(STORE_PHONES))
        column = either(roles.first(Role.STORE_PHONE)[who], desk, column)
    return column


def next_phones(people: People, who: np.ndarray) -> pa.Array:
    """The phone a person has after giving up the first."""
    return phone_numbers(people.index[who] * 2 + 1)


def _other_last_digit(column: pa.Array) -> pa.Array:
    last = pc.cast(pc.utf8_slice_codeunits(column, 10, 11), pa.int64())
    other = pc.cast(pa.array((last.to_numpy() + 1) % 10), pa.string())
    return joined(pc.utf8_slice_codeunits(column, 0, 10), other)


def emails(people: People, frames: Frames, who: np.ndarray, channel: str) -> pa.Array:
    """The e-mail of each person's record in a channel."""
    owner = who.copy()
    shared = people.roles.second(Role.HOUSEHOLD_EMAIL)[who]
    owner[shared] = people.partner[who][shared]
    index = people.index[owner]
    name = joined(
        words(frames.given_pinyin, people.given[owner, 0]),
        ".",
        words(frames.surnames_pinyin, people.surname[owner]),
        pc.cast(integers(index), pa.string()),
    )
    column = joined(name, "@", words(MAIL_DOMAINS, index % 7 % len(MAIL_DOMAINS)))
    if channel == WEBSHOP:
        typo = people.roles.first(Role.TYPO_EMAIL)[who]
        column = either(typo, joined(name, "@exmaple.com"), column)
    return column


def names(people: People, frames: Frames, who: np.ndarray, channel: str) -> pa.Array:
    """The name of each person's record in a channel, in characters unless a trap says pinyin."""
    roles, surname, given = people.roles, people.surname[who], people.given[who].copy()
    if channel == LOYALTY:
        surname = (surname + roles.first(Role.OTHER_SURNAME)[who]) % len(frames.surnames)
        given[:, 0] = (given[:, 0] + roles.first(Role.TYPO_NAME)[who]) % len(frames.given)
    second = pc.fill_null(words(frames.given, given[:, 1]), "")
    column = joined(words(frames.surnames, surname), words(frames.given, given[:, 0]), second)
    if channel == WEBSHOP:
        latin = joined(
            words([name.title() for name in frames.surnames_pinyin], surname),
            " ",
            words([name.title() for name in frames.given_pinyin], given[:, 0]),
            pc.fill_null(words(frames.given_pinyin, given[:, 1]), ""),
        )
        column = either(roles.first(Role.PINYIN_NAME)[who], latin, column)
    return column


def addresses(people: People, frames: Frames, who: np.ndarray) -> pa.Array:
    """Street, number and flat."""
    house = people.house[who]
    return joined(
        words(frames.streets, people.street[who]),
        pc.cast(integers(house), pa.string()),
        "号",
        pc.cast(integers(house % 29 + 1), pa.string()),
        "室",
    )
