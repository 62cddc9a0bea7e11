"""Trades of a Youzan shop: a page of the API in snake case, and single trades in camel case."""

from __future__ import annotations

import json
import re
from typing import Any

from dagster_project.sample.presets.files import PresetFile

PAGE, SINGLE = "youzan/trades_page_1.json", "youzan/trades_pushed.jsonl"
OPENID = "oHIuujjq9q4n0oxoyfTskwyP6hbk"
YZ_OPEN_ID = "lDWyZBas807636140352864256"


def _trade(tid: str | None, order: dict, *parts: Any) -> dict[str, Any]:
    """A trade; parts: buyer, payment, lines and, if there are any, refunds."""
    buyer, pay, lines, *refunds = parts
    return {
        "order_promotion": {"adjust_fee": "0.00"},
        "refund_order": refunds[0] if refunds else [],
        "full_order_info": {
            "child_info": None,
            "address_info": {"receiver_name": "yht", "receiver_tel": "13900000009",
                             "delivery_province": "四川省", "delivery_city": "成都市"},
            "remark_info": {"buyer_message": "", "trade_memo": None},
            "pay_info": pay,
            "buyer_info": buyer,
            "orders": lines,
            "source_info": {"is_offline_order": False, "order_mark": "wx_shop"},
            "order_info": {"tid": tid, "type": 0, "status_str": "", "pay_time": "", **order},
        },
    }  # fmt: skip


def _line(oid: str, item: int, num: object, price: str, payment: str, **more: object) -> dict:
    named = {"oid": oid, "item_id": item, "outer_item_id": "null", "title": f"商品{item}"}
    return {**named, "num": num, "price": price, "payment": payment, **more}


def _pay(total: str, payment: object, post: str = "0.00") -> dict[str, object]:
    return {"total_fee": total, "post_fee": post, "payment": payment, "transaction": ["1903261"]}


TRADES = [
    # paid, then paid back in two refunds
    _trade(
        "E20260326101702000600011",
        {"created": "2026-01-26 10:17:02", "pay_time": "2026-01-26 10:17:08",
         "offline_id": 57694718, "update_time": "2026-01-26 10:29:56", "status": "TRADE_CLOSED",
         "refund_state": 12},
        {"outer_user_id": OPENID, "buyer_phone": "13618649324", "fans_type": 9,
         "buyer_id": 1266262022, "fans_nickname": "一笑而过"},
        _pay("1.20", "1.00"),
        [_line("1507387350277163963", 457846930, 2, "0.30", "0.50", total_fee="0.60",
               outer_item_id="8002"),
         _line("1507387350277163964", 457842156, 3, "0.20", "0.50", total_fee="0.60")],
        [{"refund_id": "201903261025110000010006", "refund_type": 1, "refund_fee": "0.50",
          "refund_state": 60, "oids": [{"oid": "1507387350277163963"}]},
         {"refund_id": "201903261026430000030006", "refund_type": 1, "refund_fee": "0.50",
          "refund_state": 60, "oids": [{"oid": "1507387350277163964"}]}],
    ),
    # the platform sealed the phone; a refund was asked for and refused; a guest of the shop
    _trade(
        "E20260127000000000000022",
        {"created": "2026-01-27 00:30:00", "pay_time": "2026-01-27 00:31:00",
         "update_time": "2026-01-28 09:00:00", "status": "TRADE_SUCCESS"},
        {"outer_user_id": "", "buyer_phone": "$eTS8t8hAECdXKgNtV6DIfw==$1$", "buyer_id": 0},
        _pay("100.00", "95.00", "5.00"),
        [_line("1507387350277163970", 457846930, 1, "100.00", "90.00", total_fee="100.00")],
        [{"refund_id": "201903270000000000000001", "refund_type": 1, "refund_fee": "9.00",
          "refund_state": 10, "oids": []}],
    ),
    # closed before it was paid
    _trade(
        "E20260128000000000000033",
        {"created": "2026-01-28 00:30:00", "update_time": "2026-01-28 01:30:00",
         "status": "TRADE_CLOSED", "close_type": 1},
        {"yz_open_id": YZ_OPEN_ID, "buyer_phone": ""},
        _pay("10.00", "10.00"), [],
    ),
    _trade(None, {"created": "2026-01-28 00:30:00", "status": "TRADE_PAID"}, {}, _pay("1", "1"),
           [_line("1507387350277163980", 1, 1, "1.00", "1.00")]),
    _trade("E20260128000000000000055", {"created": "2026-01-28 00:30:00", "status": "TRADE_PAID"},
           {}, _pay("1", "one"), [_line("1507387350277163990", 1, "two", "1.00", "1.00")]),
]  # fmt: skip
PUSHED = [
    _trade(
        "E20260129000000000000066",
        {"created": "2026-01-29 23:59:00", "pay_time": "2026-01-30 00:00:30",
         "update_time": "2026-01-30 00:00:30", "status": "WAIT_SELLER_SEND_GOODS"},
        {"yz_open_id": YZ_OPEN_ID, "outer_user_id": OPENID, "buyer_phone": "138 0000 0006"},
        _pay("59.90", "59.90"),
        [_line("1507387350277164000", 457846930, 1, "59.90", "59.90", total_fee="59.90")],
    ),
]  # fmt: skip


def files() -> list[PresetFile]:
    """A page as the API gives it, and pushed trades one a line, of which one is cut."""
    page = {"trace_id": "yz7", "code": 200, "data": {"full_order_info_list": TRADES}}
    pushed = [json.dumps(_camel(one), ensure_ascii=False) for one in PUSHED]
    return [
        PresetFile(
            PAGE,
            json.dumps(page, ensure_ascii=False, indent=1).encode(),
            {"trades": 5, "trade_lines": 5, "trade_refunds": 3},
            (
                ("trades", 4, "missing_required", "trade_id"),
                ("trades", 5, "bad_decimal", "paid_amount"),
                ("trade_lines", 4, "missing_required", "trade_id"),
                ("trade_lines", 5, "bad_decimal", "quantity"),
            ),
        ),
        PresetFile(
            SINGLE,
            "\n".join([*pushed, pushed[0][:200]]).encode(),
            {"trades": 2, "trade_lines": 1, "trade_refunds": 0},
            (("trades", 2, "malformed_json", None),),
        ),
    ]


def _camel(value: Any) -> Any:
    """The same with keys in camel case, as the platform's own libraries write them."""
    if isinstance(value, dict):
        return {
            re.sub(r"_([a-z])", lambda found: found[1].upper(), key): _camel(one)
            for key, one in value.items()
        }
    return [_camel(one) for one in value] if isinstance(value, list) else value
