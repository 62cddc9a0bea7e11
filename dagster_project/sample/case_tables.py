"""The facts of ``cases`` as rows of the landing contract."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from dagster_project.sample.cases import CASES, Case
from dagster_project.sample.catalogue import product_id
from dagster_project.sample.plan import DAY, Plan
from dagster_project.sample.text import constant, dates, integers, money, numbered, opaque, times

FIRST_SERIAL, PERSON = 950_000_000, 10**9  # above every other number of the brand
MORNING = 10 * 3_600
Key = tuple[int, str]  # a case's number and an order's name in its story


@dataclass(frozen=True)
class Row:
    """One fact, its case's number, its own number among all of its kind, and its second."""

    case: int
    number: int
    fact: Any
    second: int


def planned(plan: Plan) -> list[Case]:
    """The cases that fit into the sample's days."""
    return [case for case in CASES if case.joined < plan.days]


def customer_id(number: int) -> str:
    """The id of a case's account, the same in both channels."""
    return f"CASE{number:02d}"


def moment(plan: Plan, day: int, second: int) -> int:
    """The second of a time of day, so many days before the last."""
    return (plan.days - 1 - day) * DAY + second


def rows(plan: Plan, kind: type, second: int) -> list[Row]:
    """All facts of a kind, oldest first; they happen at this second of their day."""
    facts = [(n, f) for n, case in enumerate(planned(plan)) for f in case.facts]
    mine = sorted((fact for fact in facts if isinstance(fact[1], kind)), key=lambda f: -f[1].day)
    return [Row(n, i, f, moment(plan, f.day, second)) for i, (n, f) in enumerate(mine)]


def column(rows: Sequence[Row], value: Callable[[Row], Any]) -> np.ndarray:
    """One value a row."""
    return np.array([value(row) for row in rows])


def _who(rows: Sequence[Row]) -> pa.Array:
    return pa.array([customer_id(row.case) for row in rows], pa.string())


def account_table(plan: Plan) -> tuple[pa.Table, np.ndarray]:
    """The accounts of all cases, one WeChat user each, and the day each was opened."""
    cases = planned(plan)
    place = np.arange(len(cases))
    second = np.array([moment(plan, case.joined, MORNING) for case in cases])
    table = pa.table(
        {
            "customer_id": pa.array([customer_id(number) for number in place]),
            "wechat_unionid": opaque("oU", PERSON + place, 11),
            "registered_at": times(plan.start_day, second),
            "registration_source": constant("programme", len(cases)),
            "updated_at": times(plan.start_day, second),
        }
    )
    return table, second // DAY


def with_state(plan: Plan, table: pa.Table, status: list[str], second: np.ndarray) -> pa.Table:
    """Orders with the status they had from a second on."""
    table = table.append_column("status", pa.array(status, pa.string()))
    return table.append_column("updated_at", times(plan.start_day, second))


def _cents(yuan: np.ndarray) -> np.ndarray:
    return np.rint(yuan * 100).astype(np.int64)


def order_table(plan: Plan, rows: list[Row], ids: dict[Key, str]) -> pa.Table:
    """Orders as they were placed, without their state."""
    second = column(rows, lambda row: row.second)
    paid = _cents(column(rows, lambda row: row.fact.paid))
    points = _cents(column(rows, lambda row: row.fact.by_points))
    zero = money(np.zeros(len(rows), np.int64))
    return pa.table(
        {
            "order_id": pa.array([ids[row.case, row.fact.name] for row in rows]),
            "customer_id": _who(rows),
            "ordered_at": times(plan.start_day, second),
            "paid_at": times(plan.start_day, second + 60),
            "currency": constant("CNY", len(rows)),
            "gross_amount": money(paid + points),
            "discount_amount": zero,
            "shipping_amount": zero,
            "tax_amount": zero,
            "points_amount": money(points),
            "gift_card_amount": zero,
            "net_paid_amount": money(paid),
        }
    )


def line_table(plan: Plan, rows: list[Row], ids: dict[Key, str]) -> pa.Table:
    """A line an order: one piece of a product."""
    goods = money(_cents(column(rows, lambda row: row.fact.paid + row.fact.by_points)))
    one = np.ones(len(rows), np.int64)
    return pa.table(
        {
            "order_id": pa.array([ids[row.case, row.fact.name] for row in rows]),
            "line_no": integers(one),
            "product_id": product_id(np.arange(len(rows))),
            "quantity": integers(one),
            "unit_price": goods,
            "discount_amount": money(one * 0),
            "line_amount": goods,
            "updated_at": times(plan.start_day, column(rows, lambda row: row.second)),
        }
    )


def refund_table(
    plan: Plan, rows: list[Row], ids: dict[Key, str], back: dict[Key, int]
) -> pa.Table:
    """Refunds; ``back``: orders paid back as a whole."""
    whole = column(rows, lambda row: (row.case, row.fact.order) in back)
    return pa.table(
        {
            "refund_id": numbered("WOR", column(rows, lambda row: FIRST_SERIAL + row.number), 9),
            "order_id": pa.array([ids[row.case, row.fact.order] for row in rows]),
            "line_no": integers(np.ones(len(rows), np.int64), whole),
            "refunded_at": times(plan.start_day, column(rows, lambda row: row.second)),
            "amount": money(_cents(column(rows, lambda row: row.fact.amount))),
            "reason": constant("changed_mind", len(rows)),
        }
    )


def grant_table(plan: Plan, rows: list[Row], _: dict[Key, str]) -> pa.Table:
    """Tiers given by hand."""
    day = column(rows, lambda row: row.second // DAY) + plan.start_day
    return pa.table(
        {
            "grant_id": numbered("TG", column(rows, lambda row: 90_000_000 + row.number), 8),
            "customer_id": _who(rows),
            "tier_code": pa.array([row.fact.tier for row in rows]),
            "starts_on": dates(day),
            "ends_on": dates(day + column(rows, lambda row: row.fact.days)),
            "reason": constant("service_recovery", len(rows)),
        }
    )


def ledger(plan: Plan, rows: list[Row], ids: dict[Key, str]) -> pa.Table:
    """The lines of the ledger."""
    second = column(rows, lambda row: row.second)
    ends = (second // DAY + column(rows, lambda row: row.fact.lasts)) * DAY
    opens = column(rows, lambda row: row.fact.kind in {"earn", "activate"})
    orders = [ids.get((row.case, row.fact.order)) for row in rows]
    return pa.table(
        {
            "entry_id": numbered("PE", column(rows, lambda row: FIRST_SERIAL + row.number), 9),
            "customer_id": _who(rows),
            "occurred_at": times(plan.start_day, second),
            "entry_type": pa.array([row.fact.kind for row in rows]),
            "points": integers(column(rows, lambda row: row.fact.points)),
            "reason": pa.array([row.fact.reason for row in rows]),
            "order_id": pa.array(orders, pa.string()),
            "expires_at": times(plan.start_day, ends, ~opens),
        }
    )
