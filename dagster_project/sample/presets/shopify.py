"""The exports of a Shopify shop that sells tea: orders with continuation rows, and customers."""

from __future__ import annotations

from functools import partial

from dagster_project.sample.presets.files import PresetFile, cells_of, csv_text

ORDER_COLUMNS = [
    "Name", "Email", "Financial Status", "Paid at", "Fulfillment Status", "Fulfilled at",
    "Accepts Marketing", "Currency", "Subtotal", "Shipping", "Taxes", "Total", "Discount Code",
    "Discount Amount", "Shipping Method", "Created at", "Lineitem quantity", "Lineitem name",
    "Lineitem price", "Lineitem compare at price", "Lineitem sku", "Lineitem requires shipping",
    "Lineitem taxable", "Lineitem fulfillment status", "Billing Name", "Billing Street",
    "Billing City", "Billing Zip", "Billing Phone", "Shipping Name", "Shipping Street",
    "Shipping Phone", "Notes", "Cancelled at", "Payment Method", "Refunded Amount", "Vendor",
    "Outstanding Balance", "Location", "Id", "Tags", "Risk Level", "Source", "Lineitem discount",
    "Phone", "Receipt Number",
]  # fmt: skip
CUSTOMER_COLUMNS = [
    "Customer ID", "First Name", "Last Name", "Email", "Accepts Email Marketing",
    "Default Address Company", "Default Address Address1", "Default Address City",
    "Default Address Province Code", "Default Address Country Code", "Default Address Zip",
    "Default Address Phone", "Phone", "Accepts SMS Marketing", "Total Spent", "Total Orders",
    "Note", "Tax Exempt", "Tags",
]  # fmt: skip
_order = partial(cells_of, ORDER_COLUMNS)
_customer = partial(cells_of, CUSTOMER_COLUMNS)
LIN = "lin@example.com"

ORDERS = [
    # an order of three lines: two continuation rows
    _order(
        Name="#1001", Email=LIN, Financial_Status="paid", Fulfillment_Status="fulfilled",
        Paid_at="2026-01-05 10:00:00 +0800", Fulfilled_at="2026-01-06 09:00:00 +0800",
        Currency="CNY", Subtotal="1,180.00", Shipping="12.00", Taxes="0.00", Total="1,192.00",
        Discount_Code="SPRING", Discount_Amount="20.00", Created_at="2026-01-05 09:58:00 +0800",
        Lineitem_quantity=2, Lineitem_name="Oolong 100 g", Lineitem_price="300.00",
        Lineitem_sku="'00117", Lineitem_discount="20.00", Billing_Name="林 一",
        Billing_Zip="'200001", Billing_Phone="'13800000001", Shipping_Phone="13900000009",
        Vendor="Hill", Refunded_Amount="0.00", Outstanding_Balance="0.00", Id="5410991464714",
        Source="web", Phone="",
    ),
    _order(
        Name="#1001", Email=LIN, Created_at="2026-01-05 09:58:00 +0800", Vendor="Hill",
        Lineitem_quantity=1, Lineitem_name="Pot", Lineitem_price="550.00", Lineitem_sku="POT-1",
    ),
    _order(
        Name="#1001", Email=LIN, Created_at="2026-01-05 09:58:00 +0800", Vendor="Hill",
        Lineitem_quantity=1, Lineitem_name="Gift card note", Lineitem_price="50.00",
    ),
    # half of it came back; the phone of the order outranks the payer's
    _order(
        Name="#1002", Email="WANG+tea@gmail.com", Financial_Status="partially_refunded",
        Fulfillment_Status="fulfilled", Paid_at="2026-01-07 08:00:00 +0800", Currency="CNY",
        Subtotal="200.00", Shipping="0.00", Taxes="0.00", Total="200.00",
        Discount_Amount="0.00", Created_at="2026-01-07 07:59:00 +0800", Lineitem_quantity=2,
        Lineitem_name="Pu'er", Lineitem_price="100.00", Lineitem_sku="PU-2",
        Billing_Phone="+86 138 0000 0003", Refunded_Amount="100.00", Phone="+8613800000002",
    ),
    # cancelled before it was paid
    _order(
        Name="#1003", Financial_Status="voided", Fulfillment_Status="unfulfilled",
        Currency="CNY", Subtotal="30.00", Total="30.00", Created_at="2026-01-08 12:00:00 +0800",
        Cancelled_at="2026-01-08 13:00:00 +0800", Lineitem_quantity=1, Lineitem_name="Cup",
        Lineitem_price="30.00", Lineitem_sku="CUP", Outstanding_Balance="30.00",
    ),
    # cancelled and paid back as a whole, in another zone
    _order(
        Name="#1004", Email="lee@example.com", Financial_Status="refunded", Currency="CNY",
        Paid_at="2026-01-08 20:00:00 -0500", Subtotal="88.00", Total="88.00",
        Created_at="2026-01-08 19:59:00 -0500", Cancelled_at="2026-01-10 00:00:00 -0500",
        Lineitem_quantity=1, Lineitem_name="Cup", Lineitem_price="88.00", Lineitem_sku="CUP",
        Refunded_Amount="88.00",
    ),
    _order(Name="#1005", Financial_Status="paid", Total="12..50",
        Created_at="2026-01-09 12:00:00 +0800", Lineitem_quantity=1, Lineitem_price="12.50"),
    _order(Email="x@example.com", Total="5.00", Created_at="2026-01-09 12:00:00 +0800"),
    _order(Name="#1006", Total="5.00", Created_at="yesterday"),
    _order(Name="#1007", Total="5.00", Created_at="2026-01-09 12:00:00 +0800",
        Paid_at="2062-01-09 12:00:00 +0800"),
]  # fmt: skip

CUSTOMERS = [
    _customer(
        Customer_ID="'7410991464001", First_Name="一", Last_Name="林",
        Email=" Lin@Example.com ", Accepts_Email_Marketing="yes",
        Default_Address_City="Shanghai", Default_Address_Province_Code="SH",
        Default_Address_Zip="'200001",
        Default_Address_Phone="'13800000001", Phone="", Accepts_SMS_Marketing="no",
        Total_Spent="1192.00", Total_Orders=1, Note="likes oolong",
    ),
    _customer(Customer_ID="'7410991464002", Email="wang+tea@gmail.com", Phone="+8613800000002",
        Default_Address_Phone="021-61234567", Total_Spent="100.00", Total_Orders=1),
    _customer(First_Name="Nobody", Email="n@example.com", Total_Orders=0),
    _customer(Customer_ID="'7410991464004", Email="m@example.com", Total_Orders="one"),
]  # fmt: skip


def files() -> list[PresetFile]:
    """One export of each kind."""
    return [
        PresetFile(
            "shopify/orders_export_1.csv",
            csv_text(ORDER_COLUMNS, ORDERS).encode("utf-8-sig"),
            {"order_rows": len(ORDERS)},
            (
                ("order_rows", 7, "bad_decimal", "total_amount"),
                ("order_rows", 8, "missing_required", "order_name"),
                ("order_rows", 9, "bad_timestamp", "created_at"),
                ("order_rows", 10, "impossible_time", "paid_at"),
            ),
        ),
        PresetFile(
            "shopify/customers_export.csv",
            csv_text(CUSTOMER_COLUMNS, CUSTOMERS).encode(),
            {"customers": len(CUSTOMERS)},
            (
                ("customers", 3, "missing_required", "customer_id"),
                ("customers", 4, "bad_integer", "total_orders"),
            ),
        ),
    ]
