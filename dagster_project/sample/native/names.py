"""Which platform each channel of the brand runs on, and how that platform numbers things."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from dagster_project.sample.plan import (
    APP,
    CHENGDU,
    LOYALTY,
    SERVICE,
    SHANGHAI,
    TMALL,
    WEBSHOP,
    WECHAT,
)

# The folder is named after the preset, which binds it.
PLATFORMS = {
    WEBSHOP: "shopify",
    APP: "woocommerce",
    WECHAT: "youzan",
    TMALL: "tmall",
    SHANGHAI: "pos",
    CHENGDU: "online_retail",
}
MINI_PROGRAM, APP_STREAM = "wechat", "app_events"
FOLDERS = (*PLATFORMS.values(), MINI_PROGRAM, APP_STREAM, LOYALTY, SERVICE)

SOLD = ("orders", "order_lines", "refunds")
ENTITIES = {
    WEBSHOP: ("customers", *SOLD),
    APP: ("customers", *SOLD, "events"),
    WECHAT: ("customers", *SOLD),
    TMALL: ("customers", *SOLD),
    SHANGHAI: SOLD,
    CHENGDU: SOLD,
}
# An id of the contract's files, and what stands before its digits on the platform.
CUSTOMERS = {"W": "7410", "A": "1", "X": "2"}
ORDERS = {
    "WO": "#1",
    "AO": "7",
    "XO": "E2026",
    "MO": "1930679858",
    "SHO": "900719925",
    "CDO": "5",
}
_COLUMNS = {
    "customer_id": (CUSTOMERS, 8),
    "left_customer_id": (CUSTOMERS, 8),
    "right_customer_id": (CUSTOMERS, 8),
    "order_id": (ORDERS, 9),
}
_CHANNEL_COLUMNS = ("left_channel", "right_channel")


def id_sql(column: str, prefixes: dict[str, str], width: int) -> str:
    """SQL for an id as its platform has it; an id of another form stays as it is."""
    for prefix, said in prefixes.items():
        column = f"regexp_replace({column}, '^{prefix}([0-9]{{{width}}})$', '{said}\\1')"
    return column


def customer_sql(column: str = "customer_id") -> str:
    """SQL for a customer's id on its platform."""
    return id_sql(column, CUSTOMERS, 8)


def order_sql(column: str = "order_id") -> str:
    """SQL for an order's id on its platform."""
    return id_sql(column, ORDERS, 9)


def renamed(table: pa.Table) -> pa.Table:
    """A table of the contract that names customers, orders and channels as the platforms do."""
    for place, name in enumerate(table.column_names):
        values = table[name]
        if name in _COLUMNS:
            prefixes, width = _COLUMNS[name]
            for prefix, said in prefixes.items():
                pattern = f"^{prefix}([0-9]{{{width}}})$"
                values = pc.replace_substring_regex(values, pattern, f"{said}\\1")
        elif name in _CHANNEL_COLUMNS:
            for channel, platform in PLATFORMS.items():
                values = pc.replace_substring_regex(values, f"^{channel}$", platform)
        table = table.set_column(place, name, values)
    return table
