"""Customer records: what each channel knows of a person, and when it learned it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dagster_project.sample import contacts, handles
from dagster_project.sample.frames import NICKNAMES, Frames
from dagster_project.sample.gaming import in_ring
from dagster_project.sample.people import People
from dagster_project.sample.plan import (
    APP,
    DAY,
    LOYALTY,
    SERVICE,
    TMALL,
    WEBSHOP,
    WECHAT,
    Plan,
)
from dagster_project.sample.text import (
    constant,
    dates,
    either,
    integers,
    joined,
    only,
    times,
    words,
)
from dagster_project.sample.traps import NICKNAME_DEFAULT, Role

SOURCES = ("organic", "campaign", "referral", "store", "feed_ads")
GENDERS = {WEBSHOP: ("M", "F", "U"), APP: ("male", "female", "U"), LOYALTY: ("男", "女", "未知")}
UPDATED_SHARE = 0.05


@dataclass(frozen=True)
class Desk:
    """What the builders of records share: one chunk, one channel's random numbers."""

    plan: Plan
    frames: Frames
    rng: np.random.Generator
    people: People

    def some(self, column: pa.Array, share: float, always: np.ndarray | None = None) -> pa.Array:
        """The column where a draw allows it or ``always`` is true, NULL elsewhere."""
        keep = self.rng.random(len(column)) < share
        return only(column, keep if always is None else keep | always)


def _basics(desk: Desk, channel: str, who: np.ndarray, second: np.ndarray) -> dict[str, pa.Array]:
    people, frames = desk.people, desk.frames
    return {
        "customer_id": handles.customer_ids(channel, people.index[who]),
        "province": words(frames.provinces, people.city[who]),
        "city": words(frames.cities, people.city[who]),
        "registered_at": times(desk.plan.start_day, second),
        "registration_source": words(SOURCES, desk.rng.integers(0, len(SOURCES), len(who))),
        "updated_at": times(desk.plan.start_day, second),
    }


def _gender(desk: Desk, channel: str, who: np.ndarray) -> pa.Array:
    told = desk.rng.random(len(who)) < 0.8
    return words(GENDERS[channel], np.where(told, desk.people.is_female[who].astype(int), 2))


def _verified(desk: Desk, who: np.ndarray, share: float) -> pa.Array:
    return integers(desk.rng.random(len(who)) < share)


def _nicknames(desk: Desk, who: np.ndarray) -> pa.Array:
    return words(NICKNAMES, desk.rng.integers(0, len(NICKNAMES), len(who)))


def _webshop(desk: Desk, who: np.ndarray, basics: dict[str, pa.Array]) -> dict[str, pa.Array]:
    people, frames, roles = desk.people, desk.frames, desk.people.roles
    mails = np.isin(roles.pair_role[who], (Role.TYPO_EMAIL, Role.HOUSEHOLD_EMAIL))
    return basics | {
        "name": contacts.names(people, frames, who, WEBSHOP),
        "phone": desk.some(contacts.phones(people, who, WEBSHOP), 0.93, roles.concerned()[who]),
        "phone_verified": _verified(desk, who, 0.85),
        "email": desk.some(contacts.emails(people, frames, who, WEBSHOP), 0.6, mails),
        "gender": _gender(desk, WEBSHOP, who),
        "birth_date": desk.some(dates(people.birth_day[who]), 0.4),
        "district": words(frames.districts, people.district[who]),
        "address": contacts.addresses(people, frames, who),
        "postcode": words(frames.postcodes, people.city[who]),
        "utm_source": desk.some(words(SOURCES, who % len(SOURCES)), 0.5),
    }


def _app(desk: Desk, who: np.ndarray, basics: dict[str, pa.Array]) -> dict[str, pa.Array]:
    people = desk.people
    return basics | {
        "nickname": _nicknames(desk, who),
        "phone": desk.some(contacts.phones(people, who, APP), 0.95, in_ring(people)[who]),
        "phone_verified": _verified(desk, who, 0.98),
        "wechat_unionid": desk.some(handles.unionids(people, who), 0.5),
        "device_id": handles.devices(people, who),
        "gender": _gender(desk, APP, who),
    }


def _wechat(desk: Desk, who: np.ndarray, basics: dict[str, pa.Array]) -> dict[str, pa.Array]:
    people = desk.people
    plain = desk.rng.random(len(who)) < 0.55
    return basics | {
        "nickname": either(plain, _nicknames(desk, who), constant(NICKNAME_DEFAULT, len(who))),
        "phone": desk.some(contacts.phones(people, who, WECHAT), 0.4),
        "wechat_unionid": desk.some(handles.unionids(people, who), 0.94),
        "wechat_openid": handles.openids(people, who),
    }


def _tmall(desk: Desk, who: np.ndarray, basics: dict[str, pa.Array]) -> dict[str, pa.Array]:
    people = desk.people
    surname = words(desk.frames.surnames, people.surname[who])
    first = pc.utf8_slice_codeunits(_nicknames(desk, who), 0, 1)
    return basics | {
        "name": joined(surname, "**"),
        "nickname": joined(first, "***", words([str(n) for n in range(10)], who % 10)),
        "phone": contacts.masked_phones(contacts.phones(people, who, TMALL)),
        "marketplace_id": handles.marketplace_ids(people, who),
    }


def _loyalty(desk: Desk, who: np.ndarray, basics: dict[str, pa.Array]) -> dict[str, pa.Array]:
    people, frames, roles = desk.people, desk.frames, desk.people.roles
    mails = np.isin(roles.pair_role[who], (Role.TYPO_EMAIL, Role.HOUSEHOLD_EMAIL))
    always = (roles.concerned() | in_ring(people))[who]
    return basics | {
        "name": contacts.names(people, frames, who, LOYALTY),
        "phone": desk.some(contacts.phones(people, who, LOYALTY), 0.96, always),
        "phone_verified": _verified(desk, who, 0.7),
        "email": desk.some(contacts.emails(people, frames, who, LOYALTY), 0.3, mails),
        "wechat_unionid": desk.some(handles.unionids(people, who), 0.4),
        "card_no": handles.card_numbers(people, who),
        "device_id": handles.tablets(people, who),
        "marketplace_id": desk.some(handles.marketplace_ids(people, who), 0.5),
        "gender": _gender(desk, LOYALTY, who),
        "birth_date": desk.some(dates(people.birth_day[who]), 0.85),
        "district": words(frames.districts, people.district[who]),
    }


def _service(desk: Desk, who: np.ndarray, basics: dict[str, pa.Array]) -> dict[str, pa.Array]:
    people = desk.people
    by_phone = desk.rng.random(len(who)) < 0.8
    return basics | {
        "name": words(desk.frames.surnames, people.surname[who]),
        "phone": only(contacts.phones(people, who, SERVICE), by_phone),
        "email": only(contacts.emails(people, desk.frames, who, SERVICE), ~by_phone),
    }


BUILDERS: dict[str, Callable[[Desk, np.ndarray, dict[str, pa.Array]], dict[str, pa.Array]]] = {
    WEBSHOP: _webshop,
    APP: _app,
    WECHAT: _wechat,
    TMALL: _tmall,
    LOYALTY: _loyalty,
    SERVICE: _service,
}


def customer_table(
    desk: Desk, channel: str, who: np.ndarray, second: np.ndarray
) -> tuple[pa.Table, np.ndarray]:
    """A channel's customers, sorted by registration, with the day each row is delivered.

    Loyalty delivers some members again with a newer ``updated_at`` (moved, phone verified or,
    where a number was given up, a new phone).
    """
    sequence = np.argsort(second, kind="stable")
    who, second = who[sequence], second[sequence]
    table = pa.table(BUILDERS[channel](desk, who, _basics(desk, channel, who, second)))
    if channel != LOYALTY:
        return table, second // DAY
    gave_up = desk.people.roles.first(Role.REISSUED_PHONE)[who]
    again = np.flatnonzero(gave_up | (desk.rng.random(len(who)) < UPDATED_SHARE))
    moment = second[again] + ((desk.plan.end - DAY - second[again]) * 0.6).astype(np.int64)
    newer = table.take(pa.array(again))
    phone = either(gave_up[again], contacts.next_phones(desk.people, who[again]), newer["phone"])
    for name, column in {
        "phone": phone,
        "phone_verified": integers(np.ones(len(again), bool)),
        "updated_at": times(desk.plan.start_day, moment),
    }.items():
        newer = newer.set_column(newer.schema.get_field_index(name), name, column)
    return pa.concat_tables([table, newer]), np.concatenate([second, moment]) // DAY
