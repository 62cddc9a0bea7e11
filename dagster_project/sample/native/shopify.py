"""The web shop as a Shopify shop: two overlapping exports of orders, one of customers."""

from __future__ import annotations

from dagster_project.sample.native.cells import Wrong, said
from dagster_project.sample.native.names import CUSTOMERS, ORDERS, id_sql, order_sql
from dagster_project.sample.native.writer import Writer
from dagster_project.sample.plan import WEBSHOP
from dagster_project.sample.presets.shopify import CUSTOMER_COLUMNS, ORDER_COLUMNS

_PAID = "status not in ('created', 'cancelled', 'closed')"
_SENT = "status in ('completed', 'shipped')"


def _time(column: str) -> str:
    return f"strftime({column}, '%Y-%m-%d %H:%M:%S') || ' +0800'"


def _first(sql: str) -> str:
    """A cell that only the first row of an order has."""
    return f"case when line = 1 then {sql} end"


_GOODS = "net_paid_amount - coalesce(shipping_amount, 0) - coalesce(tax_amount, 0)"
_ORDER = {
    "Email": "email",
    "Financial Status": "case status when 'created' then 'pending' when 'cancelled' then 'voided' "
    "when 'closed' then 'expired' when 'refunded' then 'refunded' "
    "else case when refunded > 0 then 'partially_refunded' else 'paid' end end",
    "Paid at": _time("paid_at"),
    "Fulfillment Status": f"case when {_SENT} then 'fulfilled' else 'unfulfilled' end",
    "Fulfilled at": f"case when {_SENT} then {_time('updated_at')} end",
    "Currency": "currency",
    "Subtotal": f"format('{{:,.2f}}', cast({_GOODS} as double))",
    "Shipping": "cast(shipping_amount as varchar)",
    "Taxes": "cast(tax_amount as varchar)",
    "Total": "format('{:,.2f}', cast(net_paid_amount as double))",
    "Discount Code": "coupon_id",
    "Discount Amount": "cast(taken_off as varchar)",
    "Billing Name": "name",
    "Billing City": "city",
    # whoever receives a present is not its buyer
    "Shipping Phone": "'''' || order_phone",
    "Cancelled at": f"case when status in ('cancelled', 'refunded') then {_time('updated_at')} end",
    "Refunded Amount": "cast(refunded as varchar)",
    "Outstanding Balance": f"cast(case when {_PAID} then 0 else net_paid_amount end as varchar)",
    "Id": "'''54' || serial",
    "Source": "'web'",
    "Phone": "'''' || phone",
}
_LINE = {
    "Name": order_sql(),
    "Created at": _time("ordered_at"),
    "Lineitem quantity": "cast(quantity as varchar)",
    "Lineitem name": "product_id",
    "Lineitem price": "cast(unit_price as varchar)",
    "Lineitem sku": "'''' || product_id",
    "Lineitem discount": "cast(line_discount as varchar)",
    "Vendor": "'Qinghe'",
}
_CUSTOMER = {
    "Customer ID": "'''' || " + id_sql("customer_id", {"W": CUSTOMERS["W"]}, 8),
    "First Name": "substr(name, 2)",
    "Last Name": "substr(name, 1, 1)",
    "Email": "' ' || upper(substr(email, 1, 1)) || substr(email, 2)",
    "Accepts Email Marketing": "case when email is null then 'no' else 'yes' end",
    "Default Address Address1": "address",
    "Default Address City": "city",
    "Default Address Zip": "'''' || postcode",
    "Default Address Phone": "case when place % 4 = 0 then '''' || phone end",
    "Phone": "case when place % 4 <> 0 then '+86' || phone end",
    "Accepts SMS Marketing": "'no'",
    "Total Orders": "'1'",
}
_BAD_ORDERS = (
    Wrong("bad_decimal", "total_amount", "Total", said("12..50")),
    Wrong("missing_required", "order_name", "Name"),
    Wrong("bad_timestamp", "created_at", "Created at", said("2025-13-45 10:00:00 +0800")),
    Wrong("impossible_time", "paid_at", "Paid at", said("2099-01-01 10:00:00 +0800")),
)
_BAD_CUSTOMERS = (
    Wrong("missing_required", "customer_id", "Customer ID"),
    Wrong("bad_integer", "total_orders", "Total Orders", said("one")),
)


def deliver(writer: Writer) -> None:
    """Orders as they stood early, all orders as they stand now, and the customers."""
    cells = _LINE | {name: _first(sql) for name, sql in _ORDER.items()}
    orders = {name: cells.get(name, "cast(null as varchar)") for name in ORDER_COLUMNS}
    for number, states in enumerate(("age > 1", "age = 1"), start=1):
        rows = (
            "(select bills.*, product_id, quantity, unit_price, "
            "l.discount_amount as line_discount, "
            "row_number() over (partition by bills.order_id order by line_no) as line "
            "from bills left join order_lines as l on l.channel = bills.channel "
            f"and l.order_id = bills.order_id where bills.channel = '{WEBSHOP}' and {states})"
        )
        writer.make("shopify_orders", orders, rows, "ordered_at, order_id, line")
        own = {"Name": f"'{ORDERS['WO']}' || sort || 'bad'", "Id": "null"}
        writer.plant("shopify_orders", _BAD_ORDERS, own)
        file = f"shopify/orders_export_{number}.csv"
        writer.csv(file, "order_rows", "shopify_orders", "utf-8-sig")
    people = {name: _CUSTOMER.get(name, "cast(null as varchar)") for name in CUSTOMER_COLUMNS}
    # an export that ran twice: some customers stand in it twice
    twice = (
        f"(select * from customers where channel = '{WEBSHOP}' union all "
        f"select * from customers where channel = '{WEBSHOP}' and place % 33 = 0)"
    )
    writer.make("shopify_customers", people, twice, "place")
    writer.plant("shopify_customers", _BAD_CUSTOMERS, {"Customer ID": "'bad' || sort"})
    writer.csv("shopify/customers_export.csv", "customers", "shopify_customers")
