"""What the channels sold, held in an engine until their platforms' files are written."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

_TEXT, _TIME, _MONEY = "varchar", "timestamp", "decimal(18, 2)"
_SHAPES = {
    "customers": {
        _TEXT: "customer_id name nickname phone email wechat_unionid wechat_openid device_id "
        "marketplace_id province city address postcode",
        _TIME: "registered_at updated_at",
    },
    "orders": {
        _TEXT: "order_id customer_id phone email wechat_openid card_no store_id status currency "
        "coupon_id",
        _TIME: "ordered_at paid_at updated_at",
        _MONEY: "gross_amount discount_amount shipping_amount tax_amount points_amount "
        "gift_card_amount net_paid_amount",
    },
    "order_lines": {
        _TEXT: "order_id product_id",
        "bigint": "line_no quantity",
        _MONEY: "unit_price discount_amount line_amount",
    },
    "refunds": {_TEXT: "refund_id", "bigint": "line_no", _TIME: "refunded_at", _MONEY: "amount"},
    "events": {
        _TEXT: "event_id customer_id device_id session_id event_type product_id page platform",
        _TIME: "occurred_at",
    },
}
# One row is an order in one of the states that are delivered; amounts in yuan, times local.
# `taken_off` is all that made the order cheaper: discounts, points and gift cards.
_BILLS = """
    create table bills as
    with states as (
        select *,
            row_number() over (
                partition by channel, order_id order by updated_at desc, place desc) as age,
            count(*) over (partition by channel, order_id) as states
        from orders
    ),
    back as (
        select channel, right(refund_id, 9) as serial, sum(amount) as refunded
        from refunds group by all
    ),
    sizes as (
        select channel, order_id, count(*) as kinds, sum(quantity) as pieces
        from order_lines group by all
    )
    select o.* exclude (phone, email, wechat_openid, states, place),
        right(o.order_id, 9) as serial,
        o.phone as order_phone, coalesce(c.phone, o.phone) as phone,
        coalesce(c.email, o.email) as email, coalesce(o.wechat_openid, c.wechat_openid) as openid,
        c.name, c.nickname, c.marketplace_id, c.city, c.province,
        o.gross_amount + coalesce(o.shipping_amount, 0) + coalesce(o.tax_amount, 0)
            - o.net_paid_amount as taken_off,
        case when o.age = 1 then coalesce(back.refunded, 0) else 0 end as refunded,
        coalesce(sizes.kinds, 0) as kinds, coalesce(sizes.pieces, 0) as pieces
    from states as o
    left join customers as c on c.channel = o.channel and c.customer_id = o.customer_id
    left join back on back.channel = o.channel and back.serial = right(o.order_id, 9)
    left join sizes on sizes.channel = o.channel and sizes.order_id = o.order_id
    where o.age = 1 or o.age = o.states
"""


class Store:
    """Tables of what was sold, one row a record of the contract, told apart by ``channel``."""

    def __init__(self, path: Path) -> None:
        self.con = duckdb.connect(str(path))
        self._columns: dict[str, list[str]] = {}
        for entity, shape in _SHAPES.items():
            typed = [f"{name} {kind}" for kind, names in shape.items() for name in names.split()]
            self.con.execute(
                f"create table {entity} (channel varchar, {', '.join(typed)}, place bigint)"
            )
            self._columns[entity] = [one.split()[0] for one in typed]
        self._place = 0

    def put(self, channel: str, entity: str, table: pa.Table) -> None:
        """Keep a table of a channel, in its order."""
        known = [one for one in table.column_names if one in self._columns[entity]]
        place = np.arange(self._place, self._place + len(table))
        self._place += len(table)
        rows = table.select(known).append_column("place", pa.array(place))
        self.con.register("arrived", rows)
        self.con.execute(
            f"insert into {entity} by name select '{channel}' as channel, * from arrived"
        )
        self.con.unregister("arrived")

    def close_books(self) -> None:
        """Makes ``bills``: every order as it is delivered, with its buyer's contact."""
        self.con.execute(_BILLS)

    def close(self) -> None:
        """Let go of the file."""
        self.con.close()


def entity_of(name: str) -> str:
    """The entity a file's name begins with: ``orders_special`` holds orders."""
    return re.sub(r"_(special|programme).*$", "", name)
