"""Refunds: partial, full and late ones, and the few that only name the member."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from dagster_project.sample.orders import COMPLETED, REFUNDED, Orders
from dagster_project.sample.plan import DAY, Plan
from dagster_project.sample.text import integers, money, times, words

REASONS = ("quality", "wrong_item", "changed_mind", "late_delivery", "damaged", "allergy")


@dataclass(frozen=True)
class Refunds:
    """One element a refund; amounts in cents."""

    order: np.ndarray
    second: np.ndarray
    line: np.ndarray  # line number, -1 for a whole order
    quantity: np.ndarray
    is_full: np.ndarray
    is_late: np.ndarray

    def amount(self, orders: Orders) -> np.ndarray:
        """Cents paid back: all that was paid, or the first line as far as it was paid in money."""
        first_line = np.searchsorted(orders.lines.order, self.order)
        paid = orders.net_paid[self.order]
        return np.where(self.is_full, paid, np.minimum(orders.lines.amount[first_line], paid))


def make_refunds(plan: Plan, rng: np.random.Generator, orders: Orders) -> Refunds:
    """Draw the refunds of a chunk and mark orders paid back as a whole (in place).

    Delays: two to fourteen days; a share up to sixty. What would fall after the end is not there.
    """
    process = plan.behaviour
    fit = orders.status == COMPLETED
    rate = np.where(orders.in_store, process.refund_rate / 3, process.refund_rate)
    order = np.flatnonzero(fit & (rng.random(len(orders)) < rate))
    is_late = rng.random(len(order)) < process.late_refund_share
    days = np.where(is_late, rng.integers(31, 61, len(order)), rng.integers(2, 15, len(order)))
    second = orders.second[order] + days * DAY + rng.integers(0, 6 * 3_600, len(order))
    is_full = rng.random(len(order)) < process.full_refund_share
    first_line = np.searchsorted(orders.lines.order, order)
    kept = second < plan.end
    full, place = is_full[kept], order[kept]
    orders.status[place[full]] = REFUNDED
    orders.paid_back[place[full]] = second[kept][full]
    return Refunds(
        order=place,
        second=second[kept],
        line=np.where(full, -1, 1),
        quantity=np.where(full, -1, orders.lines.quantity[first_line][kept]),
        is_full=full,
        is_late=is_late[kept],
    )


def refund_table(
    plan: Plan, orders: Orders, refunds: Refunds, chosen: np.ndarray, names: tuple[pa.Array, ...]
) -> pa.Table:
    """The chosen refunds.

    Args:
        names: refund ids, order ids, customer ids (in a row one of the latter two is NULL).
    """
    refund_id, order_id, customer_id = names
    line, quantity = refunds.line[chosen], refunds.quantity[chosen]
    return pa.table(
        {
            "refund_id": refund_id,
            "order_id": order_id,
            "customer_id": customer_id,
            "line_no": integers(line, line < 0),
            "refunded_at": times(plan.start_day, refunds.second[chosen]),
            "amount": money(refunds.amount(orders)[chosen]),
            "quantity": integers(quantity, quantity < 0),
            "reason": words(REASONS, refunds.second[chosen] % len(REASONS)),
        }
    )
