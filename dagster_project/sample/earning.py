"""Lots of points: what members earn with orders and small deeds, and what refunds take back."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from dagster_project.sample import points
from dagster_project.sample.orders import Orders
from dagster_project.sample.plan import DAY, SHOPS, WEBSHOP, Plan
from dagster_project.sample.points import Lots
from dagster_project.sample.refunds import Refunds

EXTRA_EARNS = (  # reason, points, mean entries a member
    (points.CHECKIN, 5, 3.0),
    (points.SHARE, 10, 0.3),
    (points.REVIEW, 20, 0.3),
    (points.CAMPAIGN, 50, 0.1),
    (points.LOTTERY, 30, 0.05),
)


def order_points(orders: Orders, order: np.ndarray) -> np.ndarray:
    """A point for each whole yuan paid in money."""
    return orders.net_paid[order] // 100


def _reversals(
    orders: Orders, refunds: Refunds, order: np.ndarray, earned: np.ndarray
) -> np.ndarray:
    share = np.zeros(len(orders))
    net = np.maximum(orders.net_paid[refunds.order], 1)
    share[refunds.order] = np.minimum(refunds.amount(orders) / net, 1.0)
    return np.where(order >= 0, np.floor(earned * share[order] + 1e-9), 0).astype(np.int64)


def make_lots(
    plan: Plan, rng: np.random.Generator, since: np.ndarray, orders: Orders, links: tuple
) -> Lots:
    """Lots of registrations, orders and small deeds.

    Args:
        since: second each person joined.
        links: members (places), per order whether it earns, and planted parts (``gaming``).
    """
    member, earning, planted = links
    order = np.flatnonzero(earning)
    moment = orders.second[order] + points.EARN_DELAY
    parts = [
        (member, since[member] + 60, np.full(len(member), 100), points.REGISTER, -1),
        (orders.person[order], moment, order_points(orders, order), points.PURCHASE, order),
    ]
    for reason, amount, mean in EXTRA_EARNS:
        who = np.repeat(member, rng.poisson(mean, len(member)))
        day = np.maximum(since[who] // DAY + 1, 0)
        day = day + (rng.random(len(who)) * (plan.days - day)).astype(np.int64)
        second = day * DAY + 7 * 3_600 + rng.integers(0, 15 * 3_600, len(who))
        parts.append((who, second, np.full(len(who), amount), reason, -1))
    given = member[rng.random(len(member)) < 0.01]
    parts.append((given, since[given] + 3_600, np.full(len(given), 60), points.MANUAL, -1))
    parts += planted
    columns = [
        np.concatenate([np.broadcast_to(part[place], part[0].shape) for part in parts])
        for place in range(5)
    ]
    inside = columns[1] < plan.end
    columns = [column[inside] for column in columns]
    return points.sorted_lots(*columns, np.zeros(int(inside.sum()), np.int64))


def postponed(orders: Orders, refunds: Refunds, lots: Lots) -> np.ndarray:
    """Lots of unrefunded webshop orders: pending first, activated a week later."""
    refunded = np.zeros(len(orders), bool)
    refunded[refunds.order] = True
    at_webshop = orders.shop[lots.order] == SHOPS.index(WEBSHOP)
    return (lots.order >= 0) & at_webshop & ~refunded[lots.order]


def settle(orders: Orders, refunds: Refunds, lots: Lots) -> Lots:
    """Lots of orders follow what was paid in money; reversals follow the refunds."""
    earned = np.where(lots.order >= 0, order_points(orders, lots.order), lots.points)
    return replace(
        lots, points=earned, reversed_points=_reversals(orders, refunds, lots.order, earned)
    )
