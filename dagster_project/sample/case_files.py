"""Delivers the members of ``cases`` through the web shop and the programme, and tells the truth."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import numpy as np
import pyarrow as pa

from dagster_project.sample import case_tables as tables
from dagster_project.sample.case_tables import FIRST_SERIAL, MORNING, Row, customer_id, planned
from dagster_project.sample.cases import Entry, Grant, Order, Refund
from dagster_project.sample.deliver import Delivery
from dagster_project.sample.plan import DAY, LOYALTY, WEBSHOP, Plan

# On one day an order is placed, then paid back, then the ledger follows.
ORDERED, REFUNDED, BOOKED = MORNING, MORNING + 3_600, MORNING + 7_200
FILE = "_programme"


class Cases:
    """Delivers what fits into the plan's days; a kind of fact nobody has makes no file."""

    def __init__(self, plan: Plan, delivery: Delivery) -> None:
        self.plan, self.delivery = plan, delivery
        self.orders = tables.rows(plan, Order, ORDERED)
        self.refunds = tables.rows(plan, Refund, REFUNDED)
        self.ids = {
            (row.case, row.fact.name): f"WO{FIRST_SERIAL + row.number:09d}" for row in self.orders
        }
        paid = {(row.case, row.fact.name): row.fact.paid for row in self.orders}
        self.paid_back = {
            (row.case, row.fact.order): row.second + 60
            for row in self.refunds
            if row.fact.amount == paid[row.case, row.fact.order]
        }

    def deliver(self) -> None:
        """Accounts, orders, refunds, grants and the ledger; and what they come to."""
        accounts, day = tables.account_table(self.plan)
        for channel in (WEBSHOP, LOYALTY):
            self.delivery.add(channel, "customers" + FILE, accounts, day)
        self._orders()
        self._deliver(WEBSHOP, "order_lines", self.orders, tables.line_table)
        self._deliver(WEBSHOP, "refunds", self.refunds, self._refund_table)
        self._deliver(LOYALTY, "tier_grants", tables.rows(self.plan, Grant, 0), tables.grant_table)
        self._deliver(
            LOYALTY, "points_entries", tables.rows(self.plan, Entry, BOOKED), tables.ledger
        )
        self.delivery.truth.programme += self._expected()

    def _deliver(
        self, channel: str, entity: str, rows: list[Row], build: Callable[..., pa.Table]
    ) -> None:
        if rows:
            table = build(self.plan, rows, self.ids)
            day = tables.column(rows, lambda row: row.second) // DAY
            self.delivery.add(channel, entity + FILE, table, day)
            self.delivery.truth.counts[entity] += len(rows)

    def _refund_table(self, plan: Plan, rows: list[Row], ids: dict) -> pa.Table:
        self.delivery.truth.counts["refunds_full"] += len(self.paid_back)
        return tables.refund_table(plan, rows, ids, self.paid_back)

    def _orders(self) -> None:
        """Orders as they were paid; those paid back as a whole once more, with their refund."""
        keys = [(row.case, row.fact.name) for row in self.orders]
        status = ["paid" if key in self.paid_back else "completed" for key in keys]
        second = tables.column(self.orders, lambda row: row.second + 120)
        table = tables.order_table(self.plan, self.orders, self.ids)
        self._states(table, status, second)
        again = [place for place, key in enumerate(keys) if key in self.paid_back]
        late = np.array([self.paid_back[keys[place]] for place in again], np.int64)
        self._states(table.take(pa.array(again, pa.int64())), ["refunded"] * len(again), late)
        self.delivery.truth.counts["orders_delivered_twice"] += len(again)

    def _states(self, table: pa.Table, status: list[str], second: np.ndarray) -> None:
        rows = tables.with_state(self.plan, table, status, second)
        self.delivery.add(WEBSHOP, "orders" + FILE, rows, second // DAY)

    def _expected(self) -> list[dict[str, object]]:
        return [
            {
                "case": case.name,
                "channel": LOYALTY,
                "customer_id": customer_id(number),
                "tier_code": case.tier,
                "since_on": str(self.plan.last_day - timedelta(days=case.since)),
                "reason": case.reason,
                "balance": case.balance,
                "pending": case.pending,
                "open_points": list(case.open_points),
            }
            for number, case in enumerate(planned(self.plan))
        ]
