"""Orders as arrays: who, when, where, and how they were paid."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dagster_project.sample.behaviour import Season, moments
from dagster_project.sample.catalogue import Catalogue
from dagster_project.sample.lines import Lines, make_lines
from dagster_project.sample.people import People
from dagster_project.sample.plan import DAY, SHANGHAI, SHOPS, Plan
from dagster_project.sample.traps import Role

PROCESS, CAMPAIGN, EXPERIMENT = 0, 1, 2
COMPLETED, SHIPPED, PAID, CREATED, CANCELLED, CLOSED, REFUNDED = range(7)
STATUSES = ("completed", "shipped", "paid", "created", "cancelled", "closed", "refunded")
COUPON_STEPS = np.array([0, 500, 1_000, 2_000, 5_000, 10_000])
SHIPPING, FREE_SHIPPING_FROM = 1_000, 9_900


@dataclass
class Orders:
    """Orders sorted by time; amounts in cents, ``second`` since the start."""

    person: np.ndarray  # place in the chunk
    second: np.ndarray
    shop: np.ndarray  # place in SHOPS
    cause: np.ndarray  # PROCESS, CAMPAIGN or EXPERIMENT
    campaign: np.ndarray  # -1 without
    status: np.ndarray
    is_guest: np.ndarray  # carries no customer_id
    goods: np.ndarray  # what the lines add up to
    gross: np.ndarray
    points_used: np.ndarray  # points paid with, 100 to the yuan
    gift_card: np.ndarray
    coupon: np.ndarray  # face value in cents, 0 without
    paid_back: np.ndarray  # second the whole order was paid back, -1 otherwise
    lines: Lines

    def __len__(self) -> int:
        return len(self.person)

    @property
    def shipping(self) -> np.ndarray:
        """Freight: none in stores and from 99 yuan on."""
        online = self.shop < SHOPS.index(SHANGHAI)
        return np.where(online & (self.goods < FREE_SHIPPING_FROM), SHIPPING, 0)

    @property
    def net_paid(self) -> np.ndarray:
        """Goods and freight less what points and gift cards paid."""
        return self.goods + self.shipping - self.points_used - self.gift_card

    @property
    def is_paid(self) -> np.ndarray:
        """True unless created, cancelled or closed."""
        return ~np.isin(self.status, (CREATED, CANCELLED, CLOSED))

    @property
    def in_store(self) -> np.ndarray:
        """True for till tickets."""
        return self.shop >= SHOPS.index(SHANGHAI)


def _shops(rng: np.random.Generator, people: People, person: np.ndarray) -> np.ndarray:
    draw = rng.random(len(person))
    chosen = np.zeros(len(person), np.int64)
    for place in range(len(SHOPS) - 1):
        chosen += draw >= people.shop_shares[person, place]
    return chosen


def shipped_seconds(second: np.ndarray) -> np.ndarray:
    """When an order placed then leaves the warehouse: a day or two later."""
    return second + DAY + second % DAY


def completed_seconds(second: np.ndarray, in_store: np.ndarray) -> np.ndarray:
    """When a paid order counts as completed: after five to ten days, at once in a store."""
    return second + np.where(in_store, 700, 5 * DAY + second % (5 * DAY))


def _statuses(
    plan: Plan, rng: np.random.Generator, second: np.ndarray, store: np.ndarray
) -> np.ndarray:
    age = plan.end - second
    status = np.where(shipped_seconds(second) < plan.end, SHIPPED, PAID)
    status = np.where(completed_seconds(second, store) < plan.end, COMPLETED, status)
    draw = rng.random(len(second))
    status = np.where(draw < 0.02, CANCELLED, status)
    status = np.where((draw >= 0.02) & (draw < 0.045), CLOSED, status)
    fresh = (age < DAY) & (draw > 0.97)
    status = np.where(fresh, CREATED, status)
    return np.where(store, COMPLETED, status).astype(np.int8)


def _guests(people: People, person: np.ndarray, shop: np.ndarray) -> np.ndarray:
    """Orders without an account; of later members the first one, too. Orders come by time."""
    guest = np.zeros(len(person), bool)
    for place, channel in enumerate(SHOPS):
        has = people.accounts.get(channel)
        inside = shop == place
        guest |= inside if has is None else inside & ~has[person]
    is_first = np.zeros(len(person), bool)
    is_first[np.unique(person, return_index=True)[1]] = True
    return guest | (is_first & people.roles.first(Role.GUEST_LATER_MEMBER)[person])


def make_orders(
    plan: Plan,
    world: tuple[Season, Catalogue],
    rng: np.random.Generator,
    people: People,
    drawn: tuple[np.ndarray, ...],
) -> Orders:
    """Details of drawn orders.

    Args:
        drawn: (person, day, cause, campaign), one element an order.
    """
    season, catalogue = world
    person, day, cause, campaign = drawn
    shop = _shops(rng, people, person)
    in_store = shop >= SHOPS.index(SHANGHAI)
    second = moments(season, rng, day, in_store)
    sequence = np.argsort(second, kind="stable")
    columns = (person, second, shop, in_store, cause, campaign)
    person, second, shop, in_store, cause, campaign = (column[sequence] for column in columns)
    spend = rng.gamma(plan.behaviour.p, 1.0, len(person)) / people.spend_scale[person]
    goods = np.clip(np.rint(spend * 100), 900, 2_000_000).astype(np.int64)
    wishes = (second // DAY, people.favourite[person], plan.behaviour.complement_share)
    lines = make_lines(season, catalogue, rng, goods, wishes)
    goods = np.bincount(lines.order, lines.amount, len(person)).astype(np.int64)
    gross = goods + np.bincount(lines.order, lines.discount, len(person)).astype(np.int64)
    guest = _guests(people, person, shop)
    may_use = ~guest & ~in_store & ((rng.random(len(person)) < 0.3) | (campaign >= 0))
    steps = COUPON_STEPS[np.searchsorted(COUPON_STEPS, gross - goods, side="right") - 1]
    has_card = rng.random(len(person)) < 0.02
    status = _statuses(plan, rng, second, in_store)
    who = (person, second, shop, cause, campaign, status, guest, goods, gross)
    return Orders(
        *who,
        points_used=np.zeros(len(person), np.int64),
        gift_card=np.where(has_card, np.minimum(goods // 2, 10_000), 0),
        coupon=np.where(may_use, steps, 0),
        paid_back=np.full(len(person), -1),
        lines=lines,
    )


def join_before_first_order(rng: np.random.Generator, people: People, drawn: tuple) -> None:
    """Move each buyer's first contact to shortly before the day of the first order (in place)."""
    person, day = drawn
    first = np.full(len(people), np.iinfo(np.int64).max)
    np.minimum.at(first, person, day * DAY)
    lag = np.where(rng.random(len(people)) < 0.6, 1_800, rng.integers(0, 60 * DAY, len(people)))
    ordered = first < np.iinfo(np.int64).max
    people.joined[ordered] = (first - lag)[ordered]
