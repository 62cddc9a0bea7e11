"""Order lines: which products add up to what an order is worth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dagster_project.sample.behaviour import Season
from dagster_project.sample.catalogue import CATEGORIES, COMPLEMENTS, PER_CATEGORY, Catalogue


@dataclass
class Lines:
    """Order lines; ``order`` is a place among the orders, lines of an order are neighbours."""

    order: np.ndarray
    number: np.ndarray  # 1, 2, … within the order
    product: np.ndarray
    quantity: np.ndarray
    unit_price: np.ndarray  # cents
    amount: np.ndarray  # cents, after discount

    @property
    def discount(self) -> np.ndarray:
        """Cents taken off each line."""
        return self.unit_price * self.quantity - self.amount


def make_lines(
    season: Season,
    catalogue: Catalogue,
    rng: np.random.Generator,
    goods: np.ndarray,
    wishes: tuple[np.ndarray, np.ndarray, float],
) -> Lines:
    """Lines that add up to ``goods``: in each category the product priced just above the share.

    Args:
        wishes: (day, favourite category) of each order, and the share of complements.
    """
    day, favourite, complement_share = wishes
    counts = np.minimum(1 + rng.poisson(0.8, len(goods)), 6)
    order = np.repeat(np.arange(len(goods)), counts)
    first = np.cumsum(counts) - counts
    number = np.arange(len(order)) - first[order]
    weight = 0.4 + rng.exponential(1.0, len(order))
    running = np.cumsum(weight)
    before = (running - weight)[first][order]
    whole = (running[first + counts - 1] - (running - weight)[first])[order]
    reached = np.rint((running - before) / whole * goods[order]).astype(np.int64)
    amount = np.maximum(np.where(number > 0, np.diff(reached, prepend=0), reached), 1)
    category = _categories(season, catalogue, rng, order, day)
    category = np.where(rng.random(len(order)) < 0.4, favourite[order], category)
    follows = (number == 1) & (rng.random(len(order)) < complement_share)
    category = np.where(follows, COMPLEMENTS[np.roll(category, 1)], category)
    top = catalogue.price[(category + 1) * PER_CATEGORY - 1]
    wanted = np.where(rng.random(len(order)) < 0.82, 1, rng.integers(2, 4, len(order)))
    quantity = np.maximum(wanted, -(-amount // top))
    each = -(-amount // quantity)
    place = np.searchsorted(catalogue.search_key, category * 10_000_000 + each)
    place = np.minimum(place + rng.integers(0, 3, len(order)), (category + 1) * PER_CATEGORY - 1)
    return Lines(order, number + 1, place, quantity, catalogue.price[place], amount)


def _categories(
    season: Season,
    catalogue: Catalogue,
    rng: np.random.Generator,
    order: np.ndarray,
    day: np.ndarray,
) -> np.ndarray:
    month = season.month[day][order]
    draw = rng.random(len(order))
    chosen = np.zeros(len(order), np.int64)
    for place in range(len(CATEGORIES) - 1):
        chosen += draw >= catalogue.month_shares[month, place]
    return chosen
