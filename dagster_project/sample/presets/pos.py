"""A day of a till: one workbook with tickets, their lines and their payments."""

from __future__ import annotations

from functools import partial

from dagster_project.sample.presets.files import PresetFile, cells_of
from dagster_project.sample.workbook import sheets_bytes

TICKETS_HEAD = [
    "小票号", "门店编号", "销售时间", "类型", "状态", "原单号", "会员编号", "会员卡号", "会员手机",
    "原价金额", "优惠金额", "抹零", "实收金额", "收银员",
]  # fmt: skip
LINES_HEAD = [
    "小票号", "行号", "行类型", "商品编码", "商品名称", "商品分类", "数量", "单位", "单价",
    "优惠金额", "金额", "销售时间",
]  # fmt: skip
PAYMENTS_HEAD = ["小票号", "支付方式", "金额", "销售时间"]
NUMBER = "900719925474099"

_ticket = partial(cells_of, TICKETS_HEAD)
_line = partial(cells_of, LINES_HEAD)
_payment = partial(cells_of, PAYMENTS_HEAD)

TICKETS = [
    # a member buys tea by weight; three cents are let go; points and a gift card pay a part
    _ticket(小票号=NUMBER + "3001", 门店编号=7, 销售时间="2026-01-05 10:00:00", 类型="销售",
            状态="正常", 会员编号="M0017", 会员卡号="'00880017", 会员手机=13800000001,
            原价金额=158.53, 优惠金额=10, 抹零=0.03, 实收金额=148.5, 收银员="小王"),
    # a passer-by; the time is a serial day of Excel
    _ticket(小票号=NUMBER + "3002", 门店编号=7, 销售时间=46027.5, 类型="销售", 原价金额=20,
            优惠金额=0, 实收金额=20),
    # made void by the clerk
    _ticket(小票号=NUMBER + "3003", 门店编号=7, 销售时间="2026-01-05 12:30:00", 类型="销售",
            状态="作废", 原价金额=20, 优惠金额=0, 实收金额=20),
    # a return with its ticket, one without, and one that was made void
    _ticket(小票号=NUMBER + "3004", 门店编号=7, 销售时间="2026-01-06 10:00:00", 类型="退货",
            状态="正常", 原单号=NUMBER + "3001", 会员编号="M0017", 会员卡号="'00880017",
            实收金额=-40),
    _ticket(小票号=NUMBER + "3005", 门店编号=7, 销售时间="2026-01-06 11:00:00", 类型="退货",
            状态="正常", 会员编号="M0018", 实收金额=-5),
    _ticket(小票号=NUMBER + "3006", 门店编号=7, 销售时间="2026-01-06 12:00:00", 类型="退货",
            状态="作废", 会员编号="M0018", 实收金额=-5),
    _ticket(门店编号=7, 销售时间="2026-01-06 12:00:00", 类型="销售", 实收金额=1),
    _ticket(小票号=NUMBER + "3008", 销售时间="2026-01-06 25:00:00", 类型="销售", 实收金额=1),
    _ticket(小票号=NUMBER + "3009", 销售时间="2026-01-06 12:00:00", 类型="销售", 实收金额="免"),
]  # fmt: skip
LINES = [
    _line(小票号=NUMBER + "3001", 行号=1, 行类型="商品", 商品编码="2100485", 商品名称="散装龙井",
          商品分类="茶叶", 数量=0.485, 单位="kg", 单价=286.66, 优惠金额=10, 金额=129.03,
          销售时间="2026-01-05 10:00:00"),
    _line(小票号=NUMBER + "3001", 行号=2, 行类型="商品", 商品编码="'0006901", 商品名称="纸袋",
          数量=2, 单位="个", 单价=9.75, 金额=19.5, 销售时间="2026-01-05 10:00:00"),
    _line(小票号=NUMBER + "3001", 行号=3, 行类型="抹零", 商品编码="ROUND", 数量=1, 单价=-0.03,
          金额=-0.03, 销售时间="2026-01-05 10:00:00"),
    _line(小票号=NUMBER + "3002", 行号=1, 行类型="商品", 商品编码="'0006901", 商品名称="纸袋",
          数量=2, 单价=10, 金额=20, 销售时间="2026-01-05 12:00:00"),
    _line(小票号=NUMBER + "3002", 行类型="商品", 商品编码="X", 数量=1, 金额=1),
    _line(小票号=NUMBER + "3002", 行号=3, 行类型="商品", 商品编码="X", 数量="两个", 金额=1),
]  # fmt: skip
PAYMENTS = [
    _payment(小票号=NUMBER + "3001", 支付方式="微信", 金额=128.5, 销售时间="2026-01-05 10:00:00"),
    _payment(小票号=NUMBER + "3001", 支付方式="积分", 金额=5, 销售时间="2026-01-05 10:00:00"),
    _payment(小票号=NUMBER + "3001", 支付方式="礼品卡", 金额=15, 销售时间="2026-01-05 10:00:00"),
    _payment(小票号=NUMBER + "3002", 支付方式="现金", 金额=20, 销售时间="2026-01-05 12:00:00"),
    _payment(小票号=NUMBER + "3003", 金额=20, 销售时间="2026-01-05 12:30:00"),
]  # fmt: skip


def files() -> list[PresetFile]:
    """One workbook of three sheets, and a fourth that nobody asked for."""
    sheets = {
        "说明": [["由收银系统导出"]],
        "小票": [TICKETS_HEAD, *TICKETS],
        "明细": [LINES_HEAD, *LINES],
        "付款": [PAYMENTS_HEAD, *PAYMENTS],
    }
    return [
        PresetFile(
            "pos/2026-01-06.xlsx",
            sheets_bytes(sheets),
            {
                "tickets": len(TICKETS),
                "ticket_lines": len(LINES),
                "ticket_payments": len(PAYMENTS),
            },
            (
                ("tickets", 7, "missing_required", "ticket_no"),
                ("tickets", 8, "bad_timestamp", "sold_at"),
                ("tickets", 9, "bad_decimal", "paid_amount"),
                ("ticket_lines", 5, "missing_required", "line_no"),
                ("ticket_lines", 6, "bad_decimal", "quantity"),
                ("ticket_payments", 5, "missing_required", "method"),
            ),
        )
    ]
