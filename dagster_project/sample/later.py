"""What a record only shows later: a coupon used next week is unused in today's file."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dagster_project.sample.plan import DAY, Plan
from dagster_project.sample.text import only

# By entity: a time that comes later, and the columns that are told with it.
LATER: dict[str, dict[str, tuple[str, ...]]] = {
    "coupons": {"received_at": (), "used_at": ("order_id",)},
    "benefit_grants": {"used_at": ("cost",)},
    "touches": {
        "delivered_at": (),
        "opened_at": (),
        "clicked_at": (),
        "bounced_at": (),
        "unsubscribed_at": (),
    },
    "service_tickets": {"first_reply_at": (), "closed_at": ("resolved",)},
    "community_members": {"left_at": ()},
}


def as_known_then(
    plan: Plan, entity: str, table: pa.Table, day: np.ndarray
) -> Iterator[tuple[pa.Table, np.ndarray]]:
    """The rows as each file knew them: (rows, their files' days), to be delivered in this order.

    Files before the daily ones know all that happened until then; a daily file brings a record
    again when something happened to it that day.

    Args:
        day: each row's own business day since the start.
    """
    told = {n: c for n, c in LATER.get(entity, {}).items() if n in table.column_names}
    begins = plan.days - plan.daily_days
    if not told or begins == plan.days:
        yield table, day
        return
    days = {name: _days(plan, table[name]) for name in told}
    known_until = np.maximum(day, begins - 1)
    yield _as_of(table, told, days, known_until), day
    for name in told:
        change = days[name]
        is_first = np.ones(len(table), bool)
        for other in list(told)[: list(told).index(name)]:
            is_first &= days[other] != change
        place = np.flatnonzero((change > known_until) & (change < plan.days) & is_first)
        rows = table.take(pa.array(place))
        then = {other: days[other][place] for other in told}
        yield _as_of(rows, told, then, change[place]), change[place]


def _days(plan: Plan, column: pa.ChunkedArray) -> np.ndarray:
    """Business days since the start; -1 where nothing happened."""
    seconds = pc.fill_null(column.combine_chunks().cast(pa.int64()), plan.start_day * DAY - 1)
    return np.floor_divide(seconds.to_numpy(zero_copy_only=False), DAY) - plan.start_day


def _as_of(
    table: pa.Table,
    told: dict[str, tuple[str, ...]],
    days: dict[str, np.ndarray],
    until: np.ndarray,
) -> pa.Table:
    for name, companions in told.items():
        happened = days[name] <= until
        for column in (name, *companions):
            place = table.schema.get_field_index(column)
            table = table.set_column(place, column, only(table[column].combine_chunks(), happened))
    return table
