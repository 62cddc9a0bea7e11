"""Exports of a Tmall shop, in GBK: trades and the items of trades."""

from __future__ import annotations

from functools import partial

from dagster_project.sample.presets.files import PresetFile, cells_of, csv_text

# blanks behind a name are the platform's
TRADE_COLUMNS = [
    "订单编号", "买家会员名", "买家支付宝账号", "买家应付货款", "买家应付邮费", "买家支付积分",
    "总金额", "返点积分", "买家实际支付金额", "买家实际支付积分", "订单状态", "买家留言",
    "收货人姓名", "收货地址 ", "运送方式", "联系电话 ", "联系手机", "订单创建时间",
    "订单付款时间 ", "宝贝标题 ", "宝贝种类 ", "物流单号 ", "物流公司", "订单备注", "宝贝总数量",
    "店铺Id", "店铺名称", "订单关闭原因", "OUID",
]  # fmt: skip
ITEM_COLUMNS = [
    "子订单编号", "主订单编号", "标题", "价格", "购买数量", "外部系统编号", "商品属性", "套餐信息",
    "备注", "订单状态", "商家编码", "支付单号", "买家应付货款", "买家实际支付金额", "退款状态",
    "退款金额", "订单创建时间", "订单付款时间 ",
]  # fmt: skip
PAID, SENT = "买家已付款，等待卖家发货", "卖家已发货，等待买家确认"
OUID = "AAHk5d-EAAeGwJedwSFu0XXX"


def _guarded(number: str) -> str:
    return f'="{number}"'


def _trade(number: str | None, created: str, paid: str, status: str, amount: str, **cells: object):
    row = cells_of(TRADE_COLUMNS, **cells)
    named = {
        "订单编号": _guarded(number) if number else "", "订单创建时间": created,
        "订单付款时间 ": paid, "订单状态": status, "买家实际支付金额": amount,
    }  # fmt: skip
    return [named.get(name, cell) for name, cell in zip(TRADE_COLUMNS, row, strict=True)]


_item = partial(cells_of, ITEM_COLUMNS)

TRADES = [
    # two items, so the number of pieces on the trade is 0; a masked phone
    _trade("1930679858170647001", "2026/1/5 22:02", "2026/1/5 22:03", SENT, "598.00",
           OUID=OUID, 买家会员名="幸福蔓岩1627", 买家应付货款="598.00", 买家应付邮费="0.00",
           总金额="598.00", 买家实际支付积分=200, 收货人姓名="马**", 联系手机="'186****6065",
           宝贝总数量=0, 店铺名称="茶叶旗舰店"),
    # the same buyer, by OUID, under another nick
    _trade("1930679858170647002", "2026-01-06 09:00:00", "2026-01-06 09:01:00", "交易成功", "99.00",
           OUID=OUID, 买家会员名="蔓岩新名", 买家应付货款="89.00", 买家应付邮费="10.00",
           联系手机="'13800000001", 宝贝总数量=1),
    # an older export without OUID: the nick is the buyer
    _trade("1930679858170647003", "2026-01-07 09:00:00", "", "等待买家付款", "0.00",
           买家会员名="tb129505", 买家应付货款="50.00"),
    # closed before it was paid; the nick is masked, so this is nobody
    _trade("1930679858170647004", "2026-01-08 09:00:00", "", "交易关闭", "0.00",
           买家会员名="我**", 买家应付货款="50.00", 订单关闭原因="买家未付款",
           联系手机="'139****0002"),
    # paid, then paid back as a whole
    _trade("1930679858170647005", "2026-01-09 09:00:00", "2026-01-09 09:05:00", "交易关闭",
           "120.00", 买家会员名="tb129505", 买家应付货款="120.00", 订单关闭原因="退款"),
    _trade(None, "2026-01-09 09:00:00", "", PAID, "1.00"),
    _trade("1930679858170647007", "2026-01-09 09:00:00", "", PAID, "一百"),
    _trade("1930679858170647008", "2026-02-30 09:00:00", "", PAID, "1.00"),
]  # fmt: skip
ITEMS = [
    _item(子订单编号=_guarded("1930679858170648001"), 主订单编号=_guarded("1930679858170647001"),
          标题="龙井 250g", 价格="200.00", 购买数量=2, 商家编码="LJ-250", 商品属性="等级:特级",
          订单状态=SENT, 买家应付货款="380.00", 买家实际支付金额="380.00", 退款状态="没有申请退款",
          退款金额="0.00", 订单创建时间="2026/1/5 22:02"),
    _item(子订单编号=_guarded("1930679858170648002"), 主订单编号=_guarded("1930679858170647001"),
          标题="茶杯", 价格="218.00", 购买数量=1, 外部系统编号="CUP-9", 订单状态=SENT,
          买家应付货款="218.00", 退款状态="退款成功", 退款金额="18.00",
          订单创建时间="2026/1/5 22:02"),
    _item(主订单编号=_guarded("1930679858170647002"), 标题="白茶", 价格="89.00", 购买数量=1,
          退款状态="没有申请退款", 订单创建时间="2026-01-06 09:00:00"),
    _item(子订单编号=_guarded("1930679858170648005"), 主订单编号=_guarded("1930679858170647005"),
          标题="龙井 250g", 价格="120.00", 购买数量=1, 商家编码="LJ-250", 买家应付货款="120.00",
          退款状态="SUCCESS", 退款金额="120.00", 订单创建时间="2026-01-09 09:00:00"),
    # asked for, not granted
    _item(主订单编号=_guarded("1930679858170647002"), 标题="样品", 价格="0.00", 购买数量=1,
          退款状态="买家已经申请退款，等待卖家同意", 退款金额="5.00",
          订单创建时间="2026-01-06 09:00:00"),
    _item(标题="没有主订单", 价格="1.00", 购买数量=1),
    _item(主订单编号=_guarded("1930679858170647002"), 标题="白茶", 价格="1.00", 购买数量="一盒"),
]  # fmt: skip


def files() -> list[PresetFile]:
    """One export of each kind."""
    return [
        PresetFile(
            "tmall/ExportOrderList202601101650.csv",
            csv_text(TRADE_COLUMNS, TRADES).encode("gbk"),
            {"trades": len(TRADES)},
            (
                ("trades", 6, "missing_required", "trade_id"),
                ("trades", 7, "bad_decimal", "paid_amount"),
                ("trades", 8, "bad_timestamp", "created_at"),
            ),
        ),
        PresetFile(
            "tmall/ExportOrderDetailList202601101650.csv",
            csv_text(ITEM_COLUMNS, ITEMS).encode("gbk"),
            {"trade_items": len(ITEMS)},
            (
                ("trade_items", 6, "missing_required", "trade_id"),
                ("trade_items", 7, "bad_decimal", "quantity"),
            ),
        ),
    ]
