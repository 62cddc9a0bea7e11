"""Late and corrected data restate the past, also where no order was delivered again."""

from __future__ import annotations

from pathlib import Path

import pytest

from dagster_project.settings import Home
from tests.pipeline.support import deliver, digests, published, rows

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("no_data_tests")]


def order(number: int, customer: str, day: str) -> dict[str, object]:
    return {
        "order_id": f"o{number}", "customer_id": customer, "ordered_at": f"{day} 10:00:00",
        "status": "completed", "net_paid_amount": 100, "store_id": "s1",
    }  # fmt: skip


def line(number: int, product: str) -> dict[str, object]:
    return {
        "order_id": f"o{number}", "line_no": 1, "product_id": product, "quantity": 1,
        "line_amount": 100,
    }  # fmt: skip


def product(category: str, cost: int, updated: str) -> dict[str, object]:
    return {
        "product_id": "p1", "name": "Tea", "category": category, "unit_cost": cost,
        "updated_at": updated,
    }  # fmt: skip


def refund(order_number: int, updated: str) -> dict[str, object]:
    return {"refund_id": "r1", "order_id": f"o{order_number}", "refunded_at": updated, "amount": 30}


def person(customer: str, phone: str) -> dict[str, object]:
    return {"customer_id": customer, "phone": phone, "registered_at": "2026-01-01"}


STEPS = [
    {
        "shop/orders_1": [order(1, "a", "2026-01-05"), order(2, "b", "2026-01-06"),
                          order(3, "a", "2026-03-01")],
        "shop/order_lines_1": [line(1, "p1"), line(2, "p1"), line(3, "p2")],
        "shop/products_1": [product("tea", 40, "2026-01-01")],
        "shop/refunds_1": [refund(1, "2026-01-20")],
        "shop/customers_1": [person("a", "13911112222"), person("b", "13933334444")],
    },
    {"shop/products_2": [product("gifts", 55, "2026-02-01")]},
    {"shop/refunds_2": [refund(2, "2026-02-15")]},
    {"till/customers_1": [person("t", "13911112222")],
     "till/orders_1": [order(9, "t", "2026-01-02")]},
]  # fmt: skip


def test_steps_equal_one_delivery(home: Home, tmp_path: Path):
    for step in STEPS:
        for name, listed in step.items():
            deliver(home, name, listed)
        published(home)
    whole = Home(tmp_path / "whole")
    for step in STEPS:
        for name, listed in step.items():
            deliver(whole, name, listed)
    published(whole)

    assert rows(home, "select distinct category from core.fct_order_line where line_amount = 100 "
                      "and product_key = 'shop:p1'") == [("gifts",)]  # fmt: skip
    assert rows(home, "select order_id, refund_amount from core.fct_order where refund_amount <> 0"
                ) == [("o2", 30)]  # fmt: skip
    assert rows(home, "select order_id from core.fct_order where order_number = 1 order by 1") == [
        ("o2",), ("o9",)
    ]  # fmt: skip
    assert digests(home) == digests(whole)
