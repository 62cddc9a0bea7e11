"""The persons behind the records: who they are, where they shop, how often and how much."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dagster_project.sample.catalogue import CATEGORIES
from dagster_project.sample.frames import Frames
from dagster_project.sample.plan import (
    APP,
    CHENGDU,
    DAY,
    LOYALTY,
    ONLINE,
    SERVICE,
    SHANGHAI,
    SHOPS,
    TMALL,
    WEBSHOP,
    WECHAT,
    Plan,
)
from dagster_project.sample.traps import Role, Roles, assign_roles

ACCOUNT_SHARES = {WEBSHOP: 0.5, APP: 0.42, WECHAT: 0.48, TMALL: 0.28, LOYALTY: 0.55}
SERVICE_SHARE = 0.07
SHOP_WEIGHTS = {WEBSHOP: 1.0, APP: 1.0, WECHAT: 0.7, TMALL: 0.8, SHANGHAI: 1.1, CHENGDU: 1.1}
GUEST_WEIGHT = 0.03
STORE_CITIES = {SHANGHAI: 0, CHENGDU: 4}


@dataclass
class People:
    """One chunk of persons; every array has one element a person. Days count from the start."""

    index: np.ndarray  # number of the person in the whole sample
    roles: Roles
    is_female: np.ndarray
    surname: np.ndarray
    given: np.ndarray  # n x 2, the second -1 for a name of one character
    birth_day: np.ndarray  # days since 1970-01-01
    city: np.ndarray
    district: np.ndarray
    street: np.ndarray
    house: np.ndarray
    is_buyer: np.ndarray
    purchase_rate: np.ndarray  # orders per week while active
    dropout: np.ndarray  # chance to stop after a repeat order
    spend_scale: np.ndarray  # Gamma-Gamma's nu, per yuan
    favourite: np.ndarray  # category
    shop_shares: np.ndarray  # n x shops, cumulative
    joined: np.ndarray  # second of the first contact; corrected by the first order
    accounts: dict[str, np.ndarray]

    def __len__(self) -> int:
        return len(self.index)

    @property
    def partner(self) -> np.ndarray:
        """The other person of the pair, as a place in the chunk."""
        return np.minimum(np.arange(len(self)) ^ 1, len(self) - 1)


def _accounts(
    rng: np.random.Generator, roles: Roles, is_buyer: np.ndarray
) -> dict[str, np.ndarray]:
    has = {channel: rng.random(len(is_buyer)) < share for channel, share in ACCOUNT_SHARES.items()}
    nowhere = ~np.logical_or.reduce(list(has.values()))
    has[WECHAT] |= nowhere
    shopless = is_buyer & ~np.logical_or.reduce([has[channel] for channel in ONLINE])
    has[WEBSHOP] |= shopless
    for role in (Role.FAMILY_PHONE, Role.HOUSEHOLD_EMAIL, Role.TWINS, Role.REISSUED_PHONE):
        for channel in (WEBSHOP, LOYALTY):
            has[channel] |= roles.pair_role == role
    has[WEBSHOP] |= roles.first(Role.GIFT_RECEIVER) | roles.first(Role.VIRTUAL_NUMBER)
    typing = (
        Role.OTHER_SURNAME,
        Role.PINYIN_NAME,
        Role.TYPO_NAME,
        Role.TYPO_PHONE,
        Role.TYPO_EMAIL,
    )
    for role in typing:
        for channel in (WEBSHOP, APP, LOYALTY):
            has[channel] |= roles.first(role)
    for role in (Role.DEFAULT_PHONE, Role.STORE_PHONE, Role.STORE_TABLET, Role.SHARED_CARD):
        has[LOYALTY] |= roles.first(role)
    has[LOYALTY] &= ~roles.second(Role.SHARED_CARD)
    has[WEBSHOP] |= roles.first(Role.GUEST_LATER_MEMBER)
    has[SERVICE] = is_buyer & (rng.random(len(is_buyer)) < SERVICE_SHARE)
    for channel in has:
        has[channel] &= ~roles.first(Role.GUEST_ONLY)
    return has


def _shop_shares(
    rng: np.random.Generator, city: np.ndarray, roles: Roles, has: dict[str, np.ndarray]
) -> np.ndarray:
    weights = np.zeros((len(city), len(SHOPS)))
    for place, shop in enumerate(SHOPS):
        if shop in STORE_CITIES:
            at_home = city == STORE_CITIES[shop]
            weight = np.where(at_home, SHOP_WEIGHTS[shop], 0.01)
        else:
            weight = np.where(has[shop], SHOP_WEIGHTS[shop], 0.0)
        weights[:, place] = weight * rng.gamma(1.5, 1.0, len(city))
    weights[:, 0] += GUEST_WEIGHT
    only_web = roles.first(Role.GUEST_ONLY) | roles.first(Role.GUEST_LATER_MEMBER)
    weights[only_web] = np.eye(len(SHOPS))[0]
    weights[roles.first(Role.GIFT_RECEIVER), 0] += 1.0
    weights[roles.second(Role.SHARED_CARD), SHOPS.index(SHANGHAI)] += 1.0
    return np.cumsum(weights / weights.sum(axis=1, keepdims=True), axis=1)


def _names(rng: np.random.Generator, frames: Frames, count: int) -> tuple[np.ndarray, np.ndarray]:
    places = np.arange(1, len(frames.surnames) + 1)
    shares = places**-0.9
    surname = rng.choice(len(frames.surnames), count, p=shares / shares.sum())
    given = rng.integers(0, len(frames.given), (count, 2))
    given[rng.random(count) < 0.18, 1] = -1
    return surname, given


def _address(rng: np.random.Generator, frames: Frames, count: int) -> tuple[np.ndarray, ...]:
    city = rng.choice(len(frames.cities), count, p=frames.city_shares)
    within = (rng.random(count) * frames.district_count[city]).astype(np.int64)
    street = rng.integers(0, len(frames.streets), count)
    return city, frames.first_district[city] + within, street, rng.integers(1, 1999, count)


def _copy_household(people: People) -> None:
    """Twins share surname, birth date and address; a household shares the address."""
    for role in (Role.TWINS, Role.FAMILY_PHONE, Role.HOUSEHOLD_EMAIL):
        second = np.flatnonzero(people.roles.second(role))
        for column in (people.city, people.district, people.street, people.house):
            column[second] = column[second - 1]
        if role is Role.TWINS:
            people.surname[second] = people.surname[second - 1]
            people.birth_day[second] = people.birth_day[second - 1]


def make_people(plan: Plan, frames: Frames, rng: np.random.Generator, index: np.ndarray) -> People:
    """The persons numbered ``index``, drawn from the plan's process."""
    count, process = len(index), plan.behaviour
    roles = assign_roles(rng, count)
    is_buyer = (rng.random(count) < process.buyer_share) | (roles.pair_role > 0)
    surname, given = _names(rng, frames, count)
    city, district, street, house = _address(rng, frames, count)
    has = _accounts(rng, roles, is_buyer)
    age_days = (18 + 52 * rng.beta(2.0, 3.2, count)) * 365.25
    people = People(
        index=index,
        roles=roles,
        is_female=rng.random(count) < 0.68,
        surname=surname,
        given=given,
        birth_day=(plan.start_day - age_days).astype(np.int64),
        city=city,
        district=district,
        street=street,
        house=house,
        is_buyer=is_buyer,
        purchase_rate=rng.gamma(process.r, 1.0 / process.alpha, count),
        dropout=rng.beta(process.a, process.b, count),
        spend_scale=rng.gamma(process.q, 1.0 / process.v, count),
        favourite=rng.integers(0, len(CATEGORIES), count),
        shop_shares=_shop_shares(rng, city, roles, has),
        joined=(plan.end * rng.random(count) ** 0.85).astype(np.int64) - 30 * DAY,
        accounts=has,
    )
    _copy_household(people)
    return people
