"""Ids of accounts, cards, devices and platforms: one-to-one with persons, without showing them."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from dagster_project.sample.gaming import device_owners
from dagster_project.sample.people import People
from dagster_project.sample.plan import APP, LOYALTY, SERVICE, TMALL, WEBSHOP, WECHAT
from dagster_project.sample.text import numbered, only, opaque, words
from dagster_project.sample.traps import TABLETS, Role

# Odd multipliers without a factor 5 permute the numbers below 10**8.
CUSTOMER_IDS = {
    WEBSHOP: ("W", 17_000_003),
    APP: ("A", 23_000_009),
    WECHAT: ("X", 31_000_013),
    TMALL: ("M", 41_000_017),
    LOYALTY: ("L", 53_000_019),
    SERVICE: ("S", 67_000_021),
}


def customer_ids(channel: str, index: np.ndarray) -> pa.Array:
    """The ids a channel gives its customers; NULL for a negative person number."""
    prefix, step = CUSTOMER_IDS[channel]
    return numbered(prefix, np.where(index < 0, -1, (index * step + 7) % 100_000_000))


def card_numbers(people: People, who: np.ndarray) -> pa.Array:
    """The loyalty card; the second person of a shared card shows the first one's."""
    owner = who.copy()
    shared = people.roles.second(Role.SHARED_CARD)[who]
    owner[shared] = people.partner[who][shared]
    has = people.accounts[LOYALTY][owner]
    return numbered("QH", np.where(has, (people.index[owner] * 71_000_023 + 5) % 100_000_000, -1))


def unionids(people: People, who: np.ndarray) -> pa.Array:
    """The WeChat unionid; NULL for persons without a WeChat account."""
    return opaque("oU", np.where(people.accounts[WECHAT][who], people.index[who], -1), 11)


def openids(people: People, who: np.ndarray) -> pa.Array:
    """The openid within the brand's account; NULL for persons without a WeChat account."""
    return opaque("oQ", np.where(people.accounts[WECHAT][who], people.index[who], -1), 12)


def marketplace_ids(people: People, who: np.ndarray) -> pa.Array:
    """The marketplace's open id of a buyer; NULL for persons who never shopped there."""
    return opaque("AAH", np.where(people.accounts[TMALL][who], people.index[who], -1), 13)


def devices(people: People, who: np.ndarray) -> pa.Array:
    """The own phone as a device; rings of gamers share one."""
    return opaque("D", people.index[device_owners(people)[who]], 14)


def tablets(people: People, who: np.ndarray) -> pa.Array:
    """The store tablet a record was made on; NULL for other records."""
    column = words(TABLETS, who // 2 % len(TABLETS))
    return only(column, people.roles.first(Role.STORE_TABLET)[who])
