"""The app's shop as a WooCommerce shop: orders as its REST API answers, customers one a line."""

from __future__ import annotations

from dagster_project.sample.native.cells import Fields, Wrong, json_said, record_sql
from dagster_project.sample.native.names import customer_sql, order_sql
from dagster_project.sample.native.nested import Part, Shop
from dagster_project.sample.native.writer import Writer
from dagster_project.sample.plan import APP

_STATUS = (
    "case status when 'created' then 'pending' when 'cancelled' then 'cancelled' "
    "when 'closed' then 'failed' when 'refunded' then 'refunded' "
    "when 'completed' then 'completed' else 'processing' end"
)


def _gmt(column: str) -> str:
    return f"to_json(strftime({column} - interval 8 hour, '%Y-%m-%dT%H:%M:%S'))"


_CELLS = {
    "parent": "order_id",
    "id": f"to_json(cast({order_sql()} as bigint))",
    "status": f"to_json({_STATUS})",
    "currency": "to_json(currency)",
    "created": _gmt("ordered_at"),
    "paid": _gmt("paid_at"),
    "modified": _gmt("updated_at"),
    "discount": "to_json(cast(taken_off as varchar))",
    "shipping": "to_json(cast(coalesce(shipping_amount, 0) as varchar))",
    "tax": "to_json(cast(coalesce(tax_amount, 0) as varchar))",
    "total": "to_json(cast(net_paid_amount as varchar))",
    # 0 is a guest
    "customer": f"to_json(coalesce(cast({customer_sql()} as bigint), 0))",
    "email": "to_json(coalesce(email, ''))",
    "phone": "to_json(coalesce('+86 ' || phone, ''))",
    "city": "to_json(city)",
}
_ORDER: Fields = {
    "id": "id",
    "number": "id",
    "status": "status",
    "currency": "currency",
    "date_created_gmt": "created",
    "date_paid_gmt": "paid",
    "date_modified_gmt": "modified",
    "discount_total": "discount",
    "shipping_total": "shipping",
    "total_tax": "tax",
    "total": "total",
    "customer_id": "customer",
    "billing": {"email": "email", "phone": "phone", "city": "city"},
    "line_items": "coalesce(lines, '[]')",
    "refunds": "coalesce(refunds, '[]')",
}
_LINE_CELLS = {
    "parent": "order_id",
    "id": "to_json(cast('3' || right(order_id, 9) || line_no as bigint))",
    "sku": "to_json(product_id)",
    "quantity": "to_json(quantity)",
    "subtotal": "to_json(cast(quantity * unit_price as varchar))",
    "total": "to_json(cast(line_amount as varchar))",
}
_LINE: Fields = {
    "id": "id",
    "name": "sku",
    "product_id": "to_json(93)",
    "variation_id": "to_json(0)",
    "sku": "sku",
    "quantity": "quantity",
    "subtotal": "subtotal",
    "total": "total",
}
_REFUND_CELLS = {
    "parent": "'AO' || right(refund_id, 9)",
    "id": "to_json(cast('8' || right(refund_id, 9) as bigint))",
    "total": "to_json(cast(-amount as varchar))",
}
_REFUND: Fields = {"id": "id", "reason": json_said(""), "total": "total"}
_CUSTOMER_CELLS = {
    "id": f"to_json(cast({customer_sql()} as bigint))",
    "created": _gmt("registered_at"),
    "modified": _gmt("updated_at"),
    "phone": "to_json(coalesce(phone, ''))",
    "city": "to_json(city)",
}
_CUSTOMER: Fields = {
    "id": "id",
    "date_created_gmt": "created",
    "date_modified_gmt": "modified",
    "email": json_said(""),
    "billing": {"phone": "phone", "city": "city"},
}
_BAD_ORDERS = (
    Wrong("missing_required", "order_id", "id"),
    Wrong("missing_required", "total_amount", "total"),
    Wrong("bad_timestamp", "created_at", "created", json_said("2025-13-45T10:00:00")),
    Wrong("impossible_time", "paid_at", "paid", json_said("2099-01-01T10:00:00")),
)
_BAD_LINES = (
    Wrong("bad_decimal", "quantity", "quantity", json_said("many")),
    Wrong("missing_required", "line_amount", "total"),
)
_BAD_REFUNDS = (Wrong("bad_decimal", "amount", "total", json_said("all")),)
_BAD_CUSTOMERS = (Wrong("bad_timestamp", "registered_at", "created", json_said("13/25/2025")),)
_SHOP = Shop(
    "woo", APP, "A",
    Part("orders", _CELLS, _BAD_ORDERS, "id", _ORDER),
    Part("order_lines", _LINE_CELLS, _BAD_LINES, "id", _LINE),
    Part("refunds", _REFUND_CELLS, _BAD_REFUNDS, "id", _REFUND),
)  # fmt: skip


def deliver(writer: Writer) -> None:
    """Two deliveries of orders, the later over the earlier, and the customers."""
    for number, states in enumerate(("age > 1", "age = 1"), start=1):
        orders = _SHOP.records(writer, states)
        writer.json_lines(f"woocommerce/orders_{number}.jsonl", *orders, "orders")
    people = f"(select * from customers where channel = '{APP}')"
    writer.make("woo_customers", _CUSTOMER_CELLS, people, "place")
    writer.plant("woo_customers", _BAD_CUSTOMERS, {"id": "to_json('bad' || sort)"})
    told = {"customers": writer.wrong_rows("woo_customers")}
    source = "(select * from woo_customers order by sort)"
    writer.json_lines("woocommerce/customers.jsonl", record_sql(_CUSTOMER), source, told)
