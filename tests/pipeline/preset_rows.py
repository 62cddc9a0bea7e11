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

OPENID = {"openid:oHIuujjq9q4n0oxoyfTskwyP6hbk"}
YZ = {"t_yz_open_id:lDWyZBas807636140352864256"}
YOUZAN = {
    "youzan__orders": (
        (*ORDER, "phone_status", "wechat_openid_token", "store_id"),
        [
            (
                "E20260326101702000600011", "1266262022", {"phone:+8613618649324"}, None,
                AT(2026, 1, 26, 2, 17, 2), AT(2026, 1, 26, 2, 17, 8), "refunded", True, 1.2, 0.2,
                0.0, 1.0, "valid", OPENID, "57694718",
            ),
            (
                "E20260127000000000000022", None, None, None, AT(2026, 1, 26, 16, 30),
                AT(2026, 1, 26, 16, 31), "completed", True, 100.0, 10.0, 5.0, 95.0, "invalid",
                None, None,
            ),
            (
                "E20260128000000000000033", YZ, None, None, AT(2026, 1, 27, 16, 30), None, "closed",
                False, 10.0, 0.0, 0.0, 10.0, None, None, None,
            ),
            (
                "E20260129000000000000066", YZ, {"phone:+8613800000006"}, None,
                AT(2026, 1, 29, 15, 59), AT(2026, 1, 29, 16, 0, 30), "paid", True, 59.9, 0.0, 0.0,
                59.9, "valid", OPENID, None,
            ),
        ],
    ),
    "youzan__order_lines": (
        (*LINE, "discount_amount"),
        [
            ("E20260326101702000600011", "1507387350277163963", "8002", "2.000", 0.3, 0.5, 0.1),
            (
                "E20260326101702000600011", "1507387350277163964", "457842156", "3.000", 0.2, 0.5,
                0.1,
            ),
            (
                "E20260127000000000000022", "1507387350277163970", "457846930", "1.000", 100.0,
                90.0, 10.0,
            ),
            (
                "E20260129000000000000066", "1507387350277164000", "457846930", "1.000", 59.9, 59.9,
                0.0,
            ),
        ],
    ),
    "youzan__refunds": (
        ("refund_id", "order_id", "refunded_at", "amount"),
        [
            (
                refund, "E20260326101702000600011", AT(2026, 1, 26, 2, 29, 56), 0.5,
            )
            for refund in ("201903261025110000010006", "201903261026430000030006")
        ],
    ),
    "youzan__customers": (
        ("customer_id", "phone_token", "wechat_openid_token", "nickname_token"),
        [
            ("1266262022", {"phone:+8613618649324"}, OPENID, {"nickname:一笑而过"}),
            (YZ, None, None, None),
            (YZ, {"phone:+8613800000006"}, OPENID, None),
        ],
    ),
}  # fmt: skip


def openid(text: str) -> tuple:
    """An openid as a customer's id and as an identifier."""
    return {f"t_openid:{text}"}, {f"openid:{text}"}


UNIONID = {"unionid:o6_bmasdasdsad6_2sgVt7hMZOPfL"}
WECHAT = {
    "wechat__customers": (
        (
            "customer_id", "wechat_openid_token", "wechat_unionid_token", "nickname_token",
            "phone_token", "phone_verified", "gender", "city", "registered_at",
            "registration_source",
        ),
        [
            (
                *openid("oAcc1_bmjrPTlm6_2sgVt7hMZOPfL2M"), UNIONID, None, None, None, None, None,
                AT(2026, 1, 5, 2, 0), "ADD_SCENE_QR_CODE",
            ),
            (
                *openid("oAcc1_6_2sgVt7hMZOPfL_older"), None, {"nickname:band"}, None, None, "F",
                "广州", AT(2026, 1, 5, 4, 0), "ADD_SCENE_SEARCH",
            ),
            (
                *openid("oAcc1_gone_gone_gone_gone_gone"), None, None, None, None, None, None,
                None, None,
            ),
            (
                *openid("oMini_0000000000000000000001"), UNIONID, None, {"phone:+8613800000001"},
                True, None, None, AT(2026, 1, 6, 2, 0), "1047",
            ),
            (
                *openid("oMini_0000000000000000000002"), None, {"nickname:微信用户"},
                {"phone:+85291234567"}, True, None, None, AT(2026, 1, 6, 2, 0), None,
            ),
        ],
    ),
}  # fmt: skip

TICKET = "900719925474099"
POS = {
    "pos__orders": (
        (*ORDER, "card_no_token", "points_amount", "gift_card_amount", "store_id"),
        [
            (
                TICKET + "3001", "M0017", {"phone:+8613800000001"}, None, AT(2026, 1, 5, 2, 0),
                AT(2026, 1, 5, 2, 0), "completed", True, 158.53, 10.03, None, 128.5,
                {"card_no:00880017"}, 5.0, 15.0, "7",
            ),
            (
                TICKET + "3002", None, None, None, AT(2026, 1, 5, 4, 0), AT(2026, 1, 5, 4, 0),
                "completed", True, 20.0, 0.0, None, 20.0, None, None, None, "7",
            ),
            (
                TICKET + "3003", None, None, None, AT(2026, 1, 5, 4, 30), None, "cancelled", False,
                20.0, 0.0, None, 20.0, None, None, None, "7",
            ),
        ],
    ),
    "pos__order_lines": (
        LINE,
        [
            (TICKET + "3001", "1", "2100485", "0.485", 286.66, 129.03),
            (TICKET + "3001", "2", "0006901", "2.000", 9.75, 19.5),
            (TICKET + "3001", "3", None, "1.000", -0.03, -0.03),
            (TICKET + "3002", "1", "0006901", "2.000", 10.0, 20.0),
        ],
    ),
    "pos__refunds": (
        ("refund_id", "order_id", "customer_id", "refunded_at", "amount"),
        [
            (TICKET + "3004", TICKET + "3001", "M0017", AT(2026, 1, 6, 2, 0), 40.0),
            (TICKET + "3005", None, "M0018", AT(2026, 1, 6, 3, 0), 5.0),
        ],
    ),
    "pos__products": (
        ("product_id", "name", "category"),
        [("2100485", "散装龙井", "茶叶"), ("0006901", "纸袋", None), ("0006901", "纸袋", None)],
    ),
    "pos__customers": (
        ("customer_id", "card_no_token", "phone_token"),
        [
            ("M0017", {"card_no:00880017"}, {"phone:+8613800000001"}),
            ("M0017", {"card_no:00880017"}, None),
            ("M0018", None, None),
            ("M0018", None, None),
        ],
    ),
}  # fmt: skip

DEVICE = {"device_id:0f485d4daaadedae5f"}
EVENTS = {
    # the record that was sent twice is there twice, with one event_id
    "app_events__events": (
        (
            "event_type", "customer_id", "device_id_token", "occurred_at", "product_id", "page",
            "session_id", "count(*) over (partition by event_id)",
        ),
        [
            ("view", None, DEVICE, AT(2026, 1, 5, 2, 0), "12345", None, None, 2),
            ("view", None, DEVICE, AT(2026, 1, 5, 2, 0), "12345", None, None, 2),
            ("view", "w000017", None, AT(2026, 1, 5, 2, 0, 5), None, "/tea", None, 1),
            ("register", "w000017", DEVICE, AT(2026, 1, 5, 2, 0, 10), None, None, None, 1),
            ("add_to_cart", "w000017", DEVICE, AT(2026, 1, 5, 2, 0, 20), "SKU-1", None, None, 1),
            (
                "view", None, {"device_id:1203.99"}, AT(2026, 1, 5, 2, 0, 50), "SKU-9", None, "77",
                1,
            ),
            ("HatchEgg", None, DEVICE, AT(2026, 1, 5, 2, 1), None, None, None, 1),
        ],
    ),
    "app_events__customers": (
        ("customer_id", "device_id_token", "phone_token", "updated_at"),
        [
            ("w000017", DEVICE, None, AT(2026, 1, 5, 2, 0, 10)),
            ("w000017", None, {"phone:+8613800000001"}, AT(2026, 1, 5, 2, 0, 30)),
        ],
    ),
}  # fmt: skip

WOO = {
    "woocommerce__orders": (
        (*ORDER, "tax_amount"),
        [
            (
                "727", "26", {"phone:+8613800000001"}, {"email_match:meilin@gmail.com"},
                AT(2026, 1, 5, 10, 0), AT(2026, 1, 5, 10, 0, 30), "completed", True, 120.0, 20.0,
                10.0, 117.0, 7.0,
            ),
            (
                "728", None, {"phone:+8613800000008"}, {"email_match:guest@example.com"},
                AT(2026, 1, 5, 10, 0), AT(2026, 1, 5, 23, 59, 59), "paid", True, 30.0, 0.0, 0.0,
                30.0, 0.0,
            ),
            (
                "729", "26", None, None, AT(2026, 1, 5, 10, 0), None, "closed", False, 5.0, 0.0,
                0.0, 5.0, 0.0,
            ),
            (
                "731", "26", None, None, AT(2026, 1, 5, 10, 0), None, "created", False, 5.0, 0.0,
                0.0, 5.0, 0.0,
            ),
        ],
    ),
    "woocommerce__order_lines": (
        (*LINE, "discount_amount"),
        [
            ("727", "315", "TEA-1", "2.000", 50.0, 80.0, 20.0),
            ("727", "316", "94", "1.000", 20.0, 20.0, 0.0),
            ("728", "317", "93", "3.000", 10.0, 30.0, 0.0),
        ],
    ),
    "woocommerce__refunds": (
        ("refund_id", "order_id", "refunded_at", "amount"),
        [("726", "727", AT(2026, 1, 6, 10, 0), 10.0)],
    ),
    "woocommerce__customers": (
        ("customer_id", "email_match_token", "phone_token", "city", "postcode", "registered_at"),
        [
            (
                "26", {"email_match:meilin@gmail.com"}, None, "Shanghai", "200001",
                AT(2025, 12, 1),
            ),
        ],
    ),
}  # fmt: skip

EXPECTED = {**SHOPIFY, **TMALL, **YOUZAN, **WECHAT, **POS, **EVENTS, **WOO}
