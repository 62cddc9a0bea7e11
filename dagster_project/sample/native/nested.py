"""A shop whose orders hold their lines and refunds, as web services give them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from dagster_project.sample.native.cells import Fields, Wrong, record_sql
from dagster_project.sample.native.writer import Writer


@dataclass(frozen=True)
class Part:
    """Records of one entity: SQL of their cells, how planted ones are wrong, and their JSON.

    Attributes:
        id: the cell that tells one record from another.
    """

    entity: str
    cells: Mapping[str, str]
    wrong: tuple[Wrong, ...]
    id: str
    fields: Fields

    @property
    def own(self) -> dict[str, str]:
        """What makes a planted record one of its own."""
        return {self.id: "to_json('bad' || sort)"}


@dataclass(frozen=True)
class Shop:
    """A channel of the brand as such a shop; its order ids begin with ``letter``."""

    platform: str
    channel: str
    letter: str
    orders: Part
    lines: Part
    refunds: Part

    def records(
        self, writer: Writer, states: str, word: Callable[[str], str] = str
    ) -> tuple[str, str, dict[str, tuple[int, list]]]:
        """The orders of one file with their lines and refunds: SQL of a record, rows, truth.

        Args:
            states: SQL of which states of orders the file holds.
            word: how the platform writes a field's name.
        """
        orders, lines, refunds = (
            f"{self.platform}_{part}" for part in ("orders", "lines", "refunds")
        )
        of_channel = f"channel = '{self.channel}'"
        chosen = f"(select * from bills where {of_channel} and {states})"
        writer.make(orders, self.orders.cells, chosen, "ordered_at, order_id")
        writer.plant(orders, self.orders.wrong, {"parent": "'bad' || sort", **self.orders.own})
        there = f"order_id in (select parent from {orders})"
        sold = f"(select * from order_lines where {of_channel} and {there})"
        writer.make(lines, self.lines.cells, sold, "order_id, line_no")
        writer.plant(lines, self.lines.wrong, self.lines.own)
        back = (
            f"(select * from refunds where {of_channel} "
            f"and '{self.letter}O' || right(refund_id, 9) in "
            f"(select order_id from bills where {of_channel} and {states} and refunded > 0))"
        )
        writer.make(refunds, self.refunds.cells, back, "refund_id")
        writer.plant(refunds, self.refunds.wrong, self.refunds.own)
        parts = {
            self.lines.entity: (lines, record_sql(self.lines.fields, word), "lines"),
            self.refunds.entity: (refunds, record_sql(self.refunds.fields, word), "refunds"),
        }
        record = record_sql(self.orders.fields, word)
        return record, *writer.nested(orders, self.orders.entity, parts)
