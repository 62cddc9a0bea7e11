"""The mini-program's shop as a Youzan shop: a page in snake case, pushed trades in camel case."""

from __future__ import annotations

from dagster_project.sample.native.cells import Fields, Wrong, camel, json_said
from dagster_project.sample.native.names import customer_sql, order_sql
from dagster_project.sample.native.nested import Part, Shop
from dagster_project.sample.native.writer import Writer
from dagster_project.sample.plan import WECHAT

_STATUS = (
    "case status when 'created' then 'WAIT_BUYER_PAY' when 'paid' then 'WAIT_SELLER_SEND_GOODS' "
    "when 'shipped' then 'WAIT_BUYER_CONFIRM_GOODS' when 'completed' then 'TRADE_SUCCESS' "
    "else 'TRADE_CLOSED' end"
)


def _time(column: str) -> str:
    return f"coalesce(strftime({column}, '%Y-%m-%d %H:%M:%S'), '')"


_CELLS = {
    "parent": "order_id",
    "tid": f"to_json({order_sql()})",
    "created": f"to_json({_time('ordered_at')})",
    "pay_time": f"to_json({_time('paid_at')})",
    "update_time": f"to_json({_time('updated_at')})",
    "status": f"to_json({_STATUS})",
    "openid": "to_json(coalesce(openid, ''))",
    # without a phone the platform shows a sealed one
    "phone": "to_json(coalesce(phone, '$eTS8t8hAECdXKgNtV6DIfw==$1$'))",
    "buyer": f"to_json(coalesce(cast({customer_sql()} as bigint), 0))",
    "nick": "to_json(nickname)",
    "province": "to_json(province)",
    "city": "to_json(city)",
    "total": "to_json(cast(gross_amount as varchar))",
    "post": "to_json(cast(coalesce(shipping_amount, 0) as varchar))",
    "payment": "to_json(cast(net_paid_amount as varchar))",
}
_TRADE: Fields = {
    "full_order_info": {
        "order_info": {
            "tid": "tid",
            "created": "created",
            "pay_time": "pay_time",
            "update_time": "update_time",
            "status": "status",
        },
        "buyer_info": {
            "outer_user_id": "openid",
            "buyer_phone": "phone",
            "buyer_id": "buyer",
            "fans_nickname": "nick",
        },
        "pay_info": {"total_fee": "total", "post_fee": "post", "payment": "payment"},
        "address_info": {"delivery_province": "province", "delivery_city": "city"},
        "orders": "coalesce(lines, '[]')",
    },
    "refund_order": "coalesce(refunds, '[]')",
}
_LINE_CELLS = {
    "parent": "order_id",
    "oid": "to_json('15' || right(order_id, 9) || line_no)",
    "item": "to_json(cast('4578' || regexp_extract(product_id, '[0-9]+') as bigint))",
    "code": "to_json(product_id)",
    "num": "to_json(quantity)",
    "price": "to_json(cast(unit_price as varchar))",
    "total": "to_json(cast(quantity * unit_price as varchar))",
    "payment": "to_json(cast(line_amount as varchar))",
}
_LINE: Fields = {
    "oid": "oid",
    "item_id": "item",
    "outer_item_id": "code",
    "title": "code",
    "num": "num",
    "price": "price",
    "total_fee": "total",
    "payment": "payment",
}
_REFUND_CELLS = {
    "parent": "'XO' || right(refund_id, 9)",
    "id": "to_json('2019' || right(refund_id, 9))",
    "fee": "to_json(cast(amount as varchar))",
}
_REFUND: Fields = {
    "refund_id": "id",
    "refund_type": json_said("1"),
    "refund_fee": "fee",
    "refund_state": "to_json(60)",
}
_BAD_TRADES = (
    Wrong("missing_required", "trade_id", "tid"),
    Wrong("bad_decimal", "paid_amount", "payment", json_said("one")),
    Wrong("bad_timestamp", "created_at", "created", json_said("2025-13-45 10:00:00")),
    Wrong("impossible_time", "paid_at", "pay_time", json_said("2099-01-01 10:00:00")),
)
_BAD_LINES = (
    Wrong("bad_decimal", "quantity", "num", json_said("two")),
    Wrong("missing_required", "line_id", "oid"),
)
_BAD_REFUNDS = (Wrong("bad_decimal", "amount", "fee", json_said("all")),)
_SHOP = Shop(
    "youzan", WECHAT, "X",
    Part("trades", _CELLS, _BAD_TRADES, "tid", _TRADE),
    Part("trade_lines", _LINE_CELLS, _BAD_LINES, "oid", _LINE),
    Part("trade_refunds", _REFUND_CELLS, _BAD_REFUNDS, "id", _REFUND),
)  # fmt: skip


def deliver(writer: Writer) -> None:
    """Trades that were told early on a page, and every trade as it was pushed last."""
    head = '{"trace_id": "yz7", "code": 200, "data": {"full_order_info_list": [\n'
    early = _SHOP.records(writer, "age > 1")
    writer.json_page("youzan/trades_page_1.json", *early, (head, "\n]}}\n"))
    pushed = _SHOP.records(writer, "age = 1", camel)
    writer.json_lines("youzan/trades_pushed.jsonl", *pushed, "trades")
