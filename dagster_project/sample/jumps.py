"""Members whose buying changes suddenly: calm for months, then much of an expensive category.

They are accounts of their own, delivered by the web shop; ``truth/jumps.csv`` names them.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pyarrow as pa

from dagster_project.sample.catalogue import CATEGORIES, PER_CATEGORY, Catalogue, product_id
from dagster_project.sample.plan import DAY, Plan
from dagster_project.sample.text import constant, integers, money, numbered, times

JUMPERS = 5
CALM_DAYS, CALM_GAP = 150, 30  # months before the jump, an order a month
JUMP_ORDERS, JUMP_DAYS, JUMP_PIECES = 6, 20, 3  # of the last days before the end
CALM_CATEGORY, JUMP_CATEGORY = 2, 8  # snacks, bedding
FIRST_SERIAL = 960_000_000  # above every other order of the channel
FIRST_PHONE = 90_500_000  # no person has a 138
STREAM = 50  # of random numbers


def account_ids() -> list[str]:
    """The accounts; the same in every sample."""
    return [f"JUMP{number:02d}" for number in range(1, JUMPERS + 1)]


def _orders(plan: Plan) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Account, second, product and pieces of every order, by account and time."""
    calm = np.arange(plan.days - JUMP_DAYS - 1, plan.days - CALM_DAYS, -CALM_GAP)[::-1]
    calm = calm[calm >= 1]
    jump = plan.days - 1 - np.arange(JUMP_ORDERS)[::-1] * 3
    day = np.tile(np.concatenate([calm, jump]), JUMPERS)
    category = np.tile(np.repeat([CALM_CATEGORY, JUMP_CATEGORY], [len(calm), len(jump)]), JUMPERS)
    account = np.repeat(np.arange(JUMPERS), len(calm) + len(jump))
    rng = plan.generator(STREAM)
    product = category * PER_CATEGORY + rng.integers(0, PER_CATEGORY, len(day))
    pieces = np.where(category == JUMP_CATEGORY, JUMP_PIECES, 1)
    return account, day * DAY + rng.integers(9 * 3_600, 20 * 3_600, len(day)), product, pieces


def jump_tables(plan: Plan, catalogue: Catalogue) -> dict[str, tuple[pa.Table, np.ndarray | None]]:
    """Customers, orders and lines of these accounts, with the day of each row."""
    account, second, product, pieces = _orders(plan)
    price, ids = catalogue.price[product], pa.array(account_ids())
    paid = price * pieces
    zero, count = np.zeros(len(account), np.int64), len(account)
    order_id = numbered("WO", FIRST_SERIAL + np.arange(count), 9)
    place = np.arange(JUMPERS)
    joined = times(plan.start_day, place * 60 + 8 * 3_600)
    customers = {"customer_id": ids, "phone": numbered("138", FIRST_PHONE + place),
                 "registered_at": joined, "updated_at": joined}  # fmt: skip
    moment = [times(plan.start_day, second + later) for later in (0, 60, 120)]
    orders = {"order_id": order_id, "customer_id": ids.take(pa.array(account)),
              "ordered_at": moment[0], "paid_at": moment[1],
              "status": constant("completed", count), "currency": constant("CNY", count),
              "gross_amount": money(paid), "net_paid_amount": money(paid),
              "updated_at": moment[2]}  # fmt: skip
    lines = {"order_id": order_id, "line_no": integers(zero + 1), "product_id": product_id(product),
             "quantity": integers(pieces), "unit_price": money(price),
             "discount_amount": money(zero), "line_amount": money(paid),
             "updated_at": moment[0]}  # fmt: skip
    day = second // DAY
    return {
        "customers_special_jumps": (pa.table(customers), None),
        "orders_special_jumps": (pa.table(orders), day),
        "order_lines_special_jumps": (pa.table(lines), day),
    }


def write_jumps(folder: Path) -> None:
    """``jumps.csv``: who jumps, and in which category and subcategory."""
    name = CATEGORIES[JUMP_CATEGORY].split("|")
    with (folder / "jumps.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["channel", "customer_id", "category", "subcategory"])
        for account in account_ids():
            writer.writerow(["webshop", account, name[2], f"{name[0]} {name[1]}"])
