"""Orders and customers of a WooCommerce shop, as its REST API answers."""

from __future__ import annotations

import json
from typing import Any

from dagster_project.sample.presets.files import PresetFile


def _order(number: int | None, status: str, total: object, customer: int, **more: Any) -> dict:
    order = {
        "id": number, "number": str(number), "status": status, "currency": "CNY",
        "date_created": "2026-01-05T18:00:00", "date_created_gmt": "2026-01-05T10:00:00",
        "date_modified_gmt": "2026-01-06T10:00:00", "date_paid_gmt": None,
        "discount_total": "0.00", "shipping_total": "0.00", "total_tax": "0.00", "total": total,
        "customer_id": customer, "customer_note": "", "line_items": [], "refunds": [],
        "meta_data": [], "coupon_lines": [],
        "billing": {"first_name": "Mei", "last_name": "Lin", "email": "", "phone": ""},
    }  # fmt: skip
    return {**order, **more}


def _line(number: int | None, quantity: object, subtotal: str, total: str, **more: Any) -> dict:
    named = {"id": number, "name": "Tea", "product_id": 93, "variation_id": 0, "sku": ""}
    return {**named, "quantity": quantity, "subtotal": subtotal, "total": total, **more}


ORDERS = [
    # a customer's order with a coupon, postage and tax; half of it paid back later
    _order(
        727, "completed", "117.00", 26, date_paid_gmt="2026-01-05T10:00:30",
        discount_total="20.00", shipping_total="10.00", total_tax="7.00",
        billing={"first_name": "Mei", "last_name": "Lin", "email": "Mei.Lin@gmail.com",
                 "phone": "+86 138-0000-0001", "city": "Shanghai"},
        line_items=[_line(315, 2, "100.00", "80.00", sku="TEA-1", total_tax="7.00"),
                    _line(316, 1, "20.00", "20.00", variation_id=94)],
        refunds=[{"id": 726, "reason": "broken", "total": "-10.00"}],
    ),
    # a guest
    _order(
        728, "processing", "30.00", 0, date_paid_gmt="2026-01-05T23:59:59",
        billing={"email": "guest@example.com", "phone": "13800000008"},
        line_items=[_line(317, 3, "30.00", "30.00")],
    ),
    _order(729, "failed", "5.00", 26),
    _order(None, "pending", "5.00", 26, line_items=[_line(318, 1, "5.00", "5.00")]),
    _order(731, "pending", "5.00", 26, line_items=[_line(319, "many", "5.00", "5.00")],
           refunds=[{"id": 800, "reason": "", "total": "all"}]),
    _order(732, "pending", None, 26),
]  # fmt: skip
CUSTOMERS = [
    {"id": 26, "date_created_gmt": "2025-12-01T00:00:00", "date_modified_gmt": None,
     "email": "mei.lin@gmail.com", "first_name": "Mei", "last_name": "Lin", "username": "mei",
     "billing": {"phone": "", "city": "Shanghai", "postcode": "200001", "state": "CN-31"}},
    {"id": 27, "date_created_gmt": "01/12/2025", "email": "x@example.com", "billing": {}},
]  # fmt: skip


def files() -> list[PresetFile]:
    """A page of orders, and customers one a line."""
    return [
        PresetFile(
            "woocommerce/orders_page_1.json",
            json.dumps(ORDERS, indent=1).encode(),
            {"orders": 6, "order_lines": 5, "refunds": 2},
            (
                ("orders", 4, "missing_required", "order_id"),
                ("orders", 6, "missing_required", "total_amount"),
                ("order_lines", 4, "missing_required", "order_id"),
                ("order_lines", 5, "bad_decimal", "quantity"),
                ("refunds", 2, "bad_decimal", "amount"),
            ),
        ),
        PresetFile(
            "woocommerce/customers.jsonl",
            "\n".join(json.dumps(one) for one in CUSTOMERS).encode(),
            {"customers": 2},
            (("customers", 2, "bad_timestamp", "registered_at"),),
        ),
    ]
