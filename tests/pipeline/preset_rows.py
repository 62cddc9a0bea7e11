"""What the sample deliveries of the presets must become, by hand: model -> (columns, rows).

A set holds the text behind a token, as ``kind:text``; floats are amounts in cents' precision.
Times are UTC.
"""

from datetime import datetime

AT = datetime
ORDER = (
    "order_id", "customer_id", "phone_token", "email_match_token", "ordered_at", "paid_at",
    "status", "counts_as_paid", "gross_amount", "discount_amount", "shipping_amount",
    "net_paid_amount",
)  # fmt: skip
LINE = (
    "order_id", "line_no", "product_id", "cast(quantity as varchar)",
    "cast(unit_price as decimal(18, 2))", "line_amount",
)  # fmt: skip

SHOPIFY = {
    "shopify__orders": (
        ORDER,
        [
            (
                "#1001", None, {"phone:+8613800000001"}, {"email_match:lin@example.com"},
                AT(2026, 1, 5, 1, 58), AT(2026, 1, 5, 2, 0), "shipped", True, 1200.0, 20.0, 12.0,
                1192.0,
            ),
            (
                "#1002", None, {"phone:+8613800000002"}, {"email_match:wang@gmail.com"},
                AT(2026, 1, 6, 23, 59), AT(2026, 1, 7, 0, 0), "shipped", True, 200.0, 0.0, 0.0,
                200.0,
            ),
            (
                "#1003", None, None, None, AT(2026, 1, 8, 4, 0), None, "cancelled", False, 30.0,
                None, None, 30.0,
            ),
            (
                "#1004", None, None, {"email_match:lee@example.com"}, AT(2026, 1, 9, 0, 59),
                AT(2026, 1, 9, 1, 0), "refunded", True, 88.0, None, None, 88.0,
            ),
        ],
    ),
    "shopify__order_lines": (
        LINE,
        [
            ("#1001", "1", "00117", "2.000", 300.0, 580.0),
            ("#1001", "2", "POT-1", "1.000", 550.0, 550.0),
            ("#1001", "3", "Gift card note", "1.000", 50.0, 50.0),
            ("#1002", "1", "PU-2", "2.000", 100.0, 200.0),
            ("#1003", "1", "CUP", "1.000", 30.0, 30.0),
            ("#1004", "1", "CUP", "1.000", 88.0, 88.0),
        ],
    ),
    "shopify__refunds": (
        ("refund_id", "order_id", "refunded_at", "amount"),
        [
            ("#1002-refunded", "#1002", AT(2026, 1, 7, 0, 0), 100.0),
            ("#1004-refunded", "#1004", AT(2026, 1, 10, 5, 0), 88.0),
        ],
    ),
    "shopify__customers": (
        ("customer_id", "phone_token", "email_token", "province", "city", "postcode"),
        [
            (
                "7410991464001", {"phone:+8613800000001"}, {"email:lin@example.com"}, "SH",
                "Shanghai", "200001",
            ),
            (
                "7410991464002", {"phone:+8613800000002"}, {"email:wang+tea@gmail.com"}, None,
                None, None,
            ),
        ],
    ),
}  # fmt: skip

MAN = {"t_marketplace_id:AAHk5d-EAAeGwJedwSFu0XXX"}
TB = {"t_tmall_nick:tb129505"}
TRADE = "1930679858170647"
SUB = "1930679858170648"
TMALL = {
    "tmall__orders": (
        (*ORDER, "phone_status", "points_amount"),
        [
            (
                TRADE + "001", MAN, None, None, AT(2026, 1, 5, 14, 2), AT(2026, 1, 5, 14, 3),
                "shipped", True, 598.0, None, 0.0, 598.0, "masked", 2.0,
            ),
            (
                TRADE + "002", MAN, {"phone:+8613800000001"}, None, AT(2026, 1, 6, 1, 0),
                AT(2026, 1, 6, 1, 1), "completed", True, 89.0, None, 10.0, 99.0, "valid", None,
            ),
            (
                TRADE + "003", TB, None, None, AT(2026, 1, 7, 1, 0), None, "created", False, 50.0,
                None, None, 0.0, None, None,
            ),
            (
                TRADE + "004", None, None, None, AT(2026, 1, 8, 1, 0), None, "closed", False, 50.0,
                None, None, 0.0, "masked", None,
            ),
            (
                TRADE + "005", TB, None, None, AT(2026, 1, 9, 1, 0), AT(2026, 1, 9, 1, 5),
                "refunded", True, 120.0, None, None, 120.0, None, None,
            ),
        ],
    ),
    "tmall__order_lines": (
        (*LINE, "discount_amount"),
        [
            (TRADE + "001", SUB + "001", "LJ-250", "2.000", 200.0, 380.0, 20.0),
            (TRADE + "001", SUB + "002", "CUP-9", "1.000", 218.0, 218.0, 0.0),
            (TRADE + "002", "1", "白茶", "1.000", 89.0, 89.0, None),
            (TRADE + "002", "2", "样品", "1.000", 0.0, 0.0, None),
            (TRADE + "005", SUB + "005", "LJ-250", "1.000", 120.0, 120.0, 0.0),
        ],
    ),
    "tmall__refunds": (
        ("order_id", "line_no", "refunded_at", "amount"),
        [
            (TRADE + "001", SUB + "002", AT(2026, 1, 5, 14, 2), 18.0),
            (TRADE + "005", SUB + "005", AT(2026, 1, 9, 1, 0), 120.0),
        ],
    ),
    "tmall__customers": (
        ("customer_id", "nickname_token", "marketplace_id_token", "phone_token"),
        [
            (MAN, {"nickname:幸福蔓岩1627"}, {"marketplace_id:AAHk5d-EAAeGwJedwSFu0XXX"}, None),
            (MAN, {"nickname:蔓岩新名"}, {"marketplace_id:AAHk5d-EAAeGwJedwSFu0XXX"}, None),
            (TB, {"nickname:tb129505"}, None, None),
            (TB, {"nickname:tb129505"}, None, None),
        ],
    ),
}  # fmt: skip

EXPECTED = {**SHOPIFY, **TMALL}
