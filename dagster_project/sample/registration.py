"""When each account was opened."""

from __future__ import annotations

import numpy as np

from dagster_project.sample.orders import Orders
from dagster_project.sample.people import People
from dagster_project.sample.plan import (
    APP,
    DAY,
    LOYALTY,
    SERVICE,
    SHOPS,
    TMALL,
    WEBSHOP,
    WECHAT,
    Plan,
)
from dagster_project.sample.traps import Role


def registered_seconds(
    plan: Plan, rng: np.random.Generator, people: People, orders: Orders
) -> dict[str, np.ndarray]:
    """The second each account was opened: the first at the first contact, others later.

    An account is never younger than its first order, except where a trap says guest first.
    """
    order_of_accounts = (WEBSHOP, APP, WECHAT, TMALL, LOYALTY, SERVICE)
    has_home = np.zeros(len(people), bool)
    result = {}
    for channel in order_of_accounts:
        later = people.joined + (
            (plan.end - 2 * DAY - people.joined) * rng.random(len(people)) ** 2
        ).astype(np.int64)
        second = np.where(has_home, later, people.joined)
        if channel == LOYALTY:
            second = people.joined + rng.integers(60, 3_600, len(people))
        has_home |= people.accounts[channel]
        if channel in SHOPS:
            own = (orders.shop == SHOPS.index(channel)) & ~orders.is_guest
            first = np.full(len(people), plan.end)
            np.minimum.at(first, orders.person[own], orders.second[own])
            guest_first = people.roles.first(Role.GUEST_LATER_MEMBER)
            opened = np.where(guest_first, later, second)
            is_late = guest_first & (first < plan.end)
            second = np.where(is_late, first - 600, np.minimum(opened, first - 600))
        result[channel] = second
    return result
