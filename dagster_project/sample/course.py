"""The course of an order: paid, shipped, settled; and the file that delivers each state."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from dagster_project.sample.orders import (
    CREATED,
    PAID,
    SHIPPED,
    STATUSES,
    Orders,
    completed_seconds,
    shipped_seconds,
)
from dagster_project.sample.plan import DAY, Plan
from dagster_project.sample.text import either, times, words

NEVER = np.iinfo(np.int64).max
PAID_AFTER, CLOSED_AFTER, BOOKED_AFTER = 700, 3_600, 60


def settled_seconds(plan: Plan, orders: Orders, chosen: np.ndarray) -> np.ndarray:
    """When the status an order ends with was reached; with the refund where all was paid back."""
    second, status = orders.second[chosen], orders.status[chosen]
    reached = completed_seconds(second, orders.in_store[chosen])
    reached = np.where(status == SHIPPED, shipped_seconds(second), reached)
    reached = np.where(status == PAID, second + PAID_AFTER, reached)
    reached = np.where(orders.is_paid[chosen], reached, second + CLOSED_AFTER)
    reached = np.where(status == CREATED, second, reached)
    back = orders.paid_back[chosen]
    reached = np.where(back >= 0, back + BOOKED_AFTER, reached)
    return np.minimum(reached, np.maximum(plan.end - BOOKED_AFTER, second))


@dataclass(frozen=True)
class State:
    """Orders in one state: places among the chosen ones, status, second reached, file's day."""

    place: np.ndarray
    status: np.ndarray
    second: np.ndarray
    day: np.ndarray

    def table(self, plan: Plan, orders: pa.Table) -> pa.Table:
        """The rows of these orders as they were delivered then; ``orders``: all chosen ones."""
        table = orders.take(pa.array(self.place))
        unpaid = self.status == CREATED
        paid_at = table["paid_at"].combine_chunks()
        changes = {
            "status": words(STATUSES, self.status),
            "updated_at": times(plan.start_day, self.second),
            "paid_at": either(unpaid, pa.scalar(None, paid_at.type), paid_at),
        }
        for name, column in changes.items():
            table = table.set_column(table.schema.get_field_index(name), name, column)
        return table


def delivered_states(
    plan: Plan, orders: Orders, chosen: np.ndarray, is_early: np.ndarray
) -> list[State]:
    """Which states of the chosen orders are delivered, and when.

    A file of a quarter shows the newest state before the daily files begin; a daily file shows
    every order placed or changed that day, as it stood then.

    Args:
        is_early: orders whose first state was delivered by itself in any case.
    """
    second = orders.second[chosen]
    settled = settled_seconds(plan, orders, chosen)
    first = np.where(orders.is_paid[chosen], PAID, CREATED)
    shipped = np.where(
        orders.is_paid[chosen] & ~orders.in_store[chosen], shipped_seconds(second), NEVER
    )
    shipped = np.where(shipped < settled, shipped, NEVER)
    order_day, settled_day = second // DAY, settled // DAY
    shipped_day = np.where(shipped < NEVER, shipped // DAY, NEVER)
    begins = plan.days - plan.daily_days
    in_days = settled_day >= begins
    next_day = np.minimum(shipped_day, settled_day)
    shows_first = is_early | (in_days & (next_day > order_day) & (next_day >= begins))
    shows_shipped = in_days & (shipped_day < settled_day)
    last = np.where(in_days | is_early, settled_day, order_day)
    everything = np.ones(len(chosen), bool)
    return [
        _state(shows_first, first, second + PAID_AFTER, order_day),
        _state(
            shows_shipped,
            np.full(len(chosen), SHIPPED),
            shipped,
            np.where(shipped_day >= begins, shipped_day, order_day),
        ),
        _state(everything, orders.status[chosen].astype(np.int64), settled, last),
    ]


def _state(which: np.ndarray, status: np.ndarray, second: np.ndarray, day: np.ndarray) -> State:
    place = np.flatnonzero(which)
    return State(place, status[place], second[place], day[place])
