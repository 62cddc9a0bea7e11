"""How members spend points: on orders, on gifts, in lotteries and auctions.

Members with refunds do not redeem, except the one redemption that comes back with its order. So no
lot is taken back after it was spent.
"""

from __future__ import annotations

import numpy as np

from dagster_project.sample.orders import Orders
from dagster_project.sample.plan import DAY, Plan
from dagster_project.sample.points import (
    AUCTION,
    EXCHANGE,
    LOTTERY,
    PURCHASE,
    Lots,
    Spent,
    available,
)


def pay_with_points(
    rng: np.random.Generator, lots: Lots, orders: Orders, usable: np.ndarray
) -> Spent:
    """Members who pay part of one online order with points (sets ``orders.points_used``).

    Args:
        usable: per order, true where its member may redeem on it.
    """
    full = orders.paid_back >= 0
    willing = usable & (full | (rng.random(len(orders)) < 0.12))
    order = np.flatnonzero(willing)
    member, first = np.unique(orders.person[order], return_index=True)
    order = order[first]
    second = orders.second[order] + 10
    can = np.minimum(available(lots, [], member, second), orders.goods[order] // 2)
    begun = lots.second[np.minimum(np.searchsorted(lots.member, member), len(lots.member) - 1)]
    calm = ~full[order] | (second < begun + 300 * DAY)
    points = np.where(calm, can // 100 * 100, 0)
    kept = points >= 100
    orders.points_used[order[kept]] = points[kept]
    count = int(kept.sum())
    return Spent(member[kept], second[kept], points[kept], np.full(count, PURCHASE), order[kept])


def exchange(
    plan: Plan, rng: np.random.Generator, lots: Lots, rounds: list[Spent], barred: np.ndarray
) -> Spent:
    """One more round of gifts, lotteries and auctions, later than the rounds before.

    Args:
        barred: members (places) who must not redeem.
    """
    member = np.unique(lots.member)
    member = member[(rng.random(len(member)) < 0.22) & ~np.isin(member, barred)]
    floor = np.zeros(len(member), np.int64)
    for spent in rounds:
        place = np.minimum(np.searchsorted(spent.member, member), len(spent.member) - 1)
        mine = spent.member[place] == member
        floor = np.where(mine, np.maximum(floor, spent.second[place] + 1_000), floor)
    floor = np.maximum(floor, lots.second[np.searchsorted(lots.member, member)] + 1_000)
    day = floor // DAY + 1 + (rng.random(len(member)) * (plan.days - floor // DAY - 1)).astype(int)
    second = day * DAY + 8 * 3_600 + rng.integers(0, 14 * 3_600, len(member))
    can = available(lots, rounds, member, second)
    points = (can * rng.uniform(0.3, 1.0, len(member))).astype(np.int64) // 50 * 50
    kept = (points >= 50) & (day < plan.days)
    reason = rng.choice([EXCHANGE, EXCHANGE, EXCHANGE, LOTTERY, AUCTION], len(member))
    count = int(kept.sum())
    return Spent(member[kept], second[kept], points[kept], reason[kept], np.full(count, -1))
