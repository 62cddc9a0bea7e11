"""Orders that are none: tests, staff, zero-pay, wholesale, brushing. Delivered by the web shop."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from dagster_project.sample.catalogue import Catalogue, product_id
from dagster_project.sample.plan import DAY, Plan
from dagster_project.sample.text import (
    constant,
    integers,
    money,
    numbered,
    times,
    words,
)

KINDS = ("test", "employee", "zero_pay", "wholesale", "brushing")
TEST, EMPLOYEE, ZERO, WHOLESALE, BRUSHING = range(len(KINDS))
STAFF, RESELLERS, BRUSHERS, BRUSH_ORDERS = 12, 6, 4, 15
WHOLESALE_PIECES = 1_200
FIRST_SERIAL = 900_000_000  # above every ordinary order of the channel


@dataclass(frozen=True)
class Abnormal:
    """One element an order: its kind, the account, the second, product and pieces."""

    kind: np.ndarray
    account: np.ndarray
    second: np.ndarray
    product: np.ndarray
    quantity: np.ndarray

    def __len__(self) -> int:
        return len(self.kind)

    @property
    def serial(self) -> np.ndarray:
        """Order numbers."""
        return FIRST_SERIAL + np.arange(len(self.kind))


def account_ids() -> dict[str, list[str]]:
    """The accounts by what they do; the same in every sample."""
    return {
        "test": ["TEST0001"],
        "employee": [f"EMP{number:04d}" for number in range(1, STAFF + 1)],
        "wholesale": [f"RESELL{number:02d}" for number in range(1, RESELLERS + 1)],
        "brushing": [f"BRUSH{number:02d}" for number in range(1, BRUSHERS + 1)],
        "zero_pay": [f"GIFTED{number:02d}" for number in range(1, 6)],
    }


def all_accounts() -> list[str]:
    """Every abnormal account, in the order of ``KINDS``."""
    return [account for kind in KINDS for account in account_ids()[kind]]


def make_abnormal(plan: Plan, rng: np.random.Generator, catalogue: Catalogue) -> Abnormal:
    """Counts grow with the sample, except tests and brushing."""
    size = max(plan.members // 2_000, 2)
    counts = [12, 6 * size, 4 * size, size, BRUSHERS * BRUSH_ORDERS]
    kind = np.repeat(np.arange(len(KINDS)), counts)
    owned = [len(account_ids()[name]) for name in KINDS]
    first = np.cumsum([0, *owned[:-1]])
    turn = np.concatenate([np.arange(count) for count in counts])
    day = rng.integers(20, plan.days - 1, len(kind))
    brushing = kind == BRUSHING
    day[brushing] = 20 + 7 * (turn[brushing] % BRUSHERS)  # all orders of an account on one day
    return Abnormal(
        kind=kind,
        account=first[kind] + turn % np.array(owned)[kind],
        second=day * DAY + rng.integers(9 * 3_600, 20 * 3_600, len(kind)),
        product=rng.integers(0, len(catalogue.price), len(kind)),
        quantity=np.where(kind == WHOLESALE, WHOLESALE_PIECES, 1),
    )


def abnormal_tables(
    plan: Plan, catalogue: Catalogue, odd: Abnormal
) -> tuple[pa.Table, pa.Table, pa.Table]:
    """Customers, orders and order lines of these accounts."""
    price = catalogue.price[odd.product]
    goods = price * odd.quantity
    gift = np.where(odd.kind == ZERO, goods, 0)
    ids, order_id = pa.array(all_accounts()), numbered("WO", odd.serial, 9)
    count, zero = len(odd), np.zeros(len(odd), np.int64)
    orders = pa.table(
        {
            "order_id": order_id,
            "customer_id": ids.take(pa.array(odd.account)),
            "ordered_at": times(plan.start_day, odd.second),
            "paid_at": times(plan.start_day, odd.second + 60),
            "status": constant("completed", count),
            "currency": constant("CNY", count),
            "gross_amount": money(goods),
            "discount_amount": money(zero),
            "shipping_amount": money(zero),
            "tax_amount": money(zero),
            "points_amount": money(zero),
            "gift_card_amount": money(gift),
            "net_paid_amount": money(goods - gift),
            "is_test": integers(odd.kind == TEST),
            "updated_at": times(plan.start_day, odd.second + 120),
        }
    )
    return _customers(plan), orders, _lines(plan, catalogue, odd)


def _lines(plan: Plan, catalogue: Catalogue, odd: Abnormal) -> pa.Table:
    price, zero = catalogue.price[odd.product], np.zeros(len(odd), np.int64)
    return pa.table(
        {
            "order_id": numbered("WO", odd.serial, 9),
            "line_no": integers(zero + 1),
            "product_id": product_id(odd.product),
            "quantity": integers(odd.quantity),
            "unit_price": money(price),
            "discount_amount": money(zero),
            "line_amount": money(price * odd.quantity),
            "updated_at": times(plan.start_day, odd.second),
        }
    )


def _customers(plan: Plan) -> pa.Table:
    accounts = all_accounts()
    place = np.arange(len(accounts))
    return pa.table(
        {
            "customer_id": pa.array(accounts),
            "phone": numbered("138", 90_000_000 + place),  # no person has a 138
            "registered_at": times(plan.start_day, place * 60 + 9 * 3_600),
            "registration_source": words(
                KINDS,
                np.repeat(np.arange(len(KINDS)), [len(account_ids()[name]) for name in KINDS]),
            ),
            "updated_at": times(plan.start_day, place * 60 + 9 * 3_600),
        }
    )
