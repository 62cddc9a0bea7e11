"""The marketplace as a Tmall shop: its back office's exports of trades and items, in GBK."""

from __future__ import annotations

from dagster_project.sample.native.cells import Wrong, said
from dagster_project.sample.native.names import order_sql
from dagster_project.sample.native.writer import Writer
from dagster_project.sample.plan import TMALL
from dagster_project.sample.presets.tmall import ITEM_COLUMNS, TRADE_COLUMNS

RECEIVED = "确认收货时间"
_GUARDED = f"'=\"' || {order_sql()} || '\"'"
_STATUS = (
    "case status when 'created' then '等待买家付款' when 'paid' then '买家已付款，等待卖家发货' "
    "when 'shipped' then '卖家已发货，等待买家确认' when 'completed' then '交易成功' "
    "else '交易关闭' end"
)
# the platform writes a time in two ways
_TIME = (
    "case when place % 3 = 0 then strftime({0}, '%Y/%-m/%-d %H:%M:%S') "
    "else strftime({0}, '%Y-%m-%d %H:%M:%S') end"
)
_TRADE = {
    "订单编号": _GUARDED,
    # without an account there is a masked nick and no OUID
    "买家会员名": "coalesce(nickname, '我**')",
    "买家应付货款": "cast(gross_amount as varchar)",
    "买家应付邮费": "cast(shipping_amount as varchar)",
    "总金额": "cast(gross_amount + coalesce(shipping_amount, 0) as varchar)",
    "买家实际支付金额": "cast(net_paid_amount as varchar)",
    "买家实际支付积分": "cast(cast(coalesce(points_amount, 0) * 100 as bigint) as varchar)",
    "订单状态": _STATUS,
    "收货人姓名": "substr(name, 1, 1) || '**'",
    "联系手机": "'''' || phone",
    "订单创建时间": _TIME.format("ordered_at"),
    "订单付款时间 ": _TIME.format("paid_at"),
    # a trade of several items has no number of pieces of its own
    "宝贝总数量": "cast(case when kinds > 1 then 0 else pieces end as varchar)",
    "店铺名称": "'青禾旗舰店'",
    "订单关闭原因": "case when status = 'refunded' then '退款' "
    "when status in ('closed', 'cancelled') then '买家未付款' end",
    "OUID": "marketplace_id",
    RECEIVED: f"case when status = 'completed' then {_TIME.format('updated_at')} end",
}
_ITEM = {
    # an older export does not number the items
    "子订单编号": f"case when place % 5 > 0 then '=\"' || {order_sql()} || line_no || '\"' end",
    "主订单编号": _GUARDED,
    "标题": "product_id",
    "价格": "cast(unit_price as varchar)",
    "购买数量": "cast(quantity as varchar)",
    "商家编码": "product_id",
    "订单状态": _STATUS,
    "买家应付货款": "cast(line_amount as varchar)",
    "退款状态": "case when back > 0 then '退款成功' when place % 11 = 0 "
    "then '买家已经申请退款，等待卖家同意' else '没有申请退款' end",
    # what was asked for and not granted is no refund
    "退款金额": "cast(case when back > 0 then back when place % 11 = 0 then 5 else 0 end "
    "as varchar)",
    "订单创建时间": _TIME.format("ordered_at"),
    "订单付款时间 ": _TIME.format("paid_at"),
}
_BAD_TRADES = (
    Wrong("missing_required", "trade_id", "订单编号"),
    Wrong("bad_decimal", "paid_amount", "买家实际支付金额", said("一百")),
    Wrong("bad_timestamp", "created_at", "订单创建时间", said("2026-02-30 09:00:00")),
    Wrong("impossible_time", "paid_at", "订单付款时间 ", said("2099-01-01 10:00:00")),
)
_BAD_ITEMS = (
    Wrong("missing_required", "trade_id", "主订单编号"),
    Wrong("bad_decimal", "quantity", "购买数量", said("一盒")),
)
# what was paid back for a whole order stands with its first item
_ITEMS = f"""(
    with back as (
        select right(refund_id, 9) as serial, coalesce(line_no, 1) as line_no,
            sum(amount) as back
        from refunds where channel = '{TMALL}' group by all
    )
    select b.serial, b.order_id, b.status, b.ordered_at, b.paid_at, l.* exclude (
        channel, order_id, place), cast(b.serial as bigint) as place, back.back
    from bills as b
    inner join order_lines as l on l.channel = b.channel and l.order_id = b.order_id
    left join back on back.serial = b.serial and back.line_no = l.line_no
    where b.channel = '{TMALL}' and b.age = 1
)"""


def deliver(writer: Writer) -> None:
    """One export of trades and one of their items."""
    nothing = "cast(null as varchar)"
    trades = {name: _TRADE.get(name, nothing) for name in [*TRADE_COLUMNS, RECEIVED]}
    rows = (
        f"(select *, cast(serial as bigint) as place from bills where channel = '{TMALL}' "
        "and age = 1)"
    )
    writer.make("tmall_trades", trades, rows, "ordered_at, order_id")
    writer.plant("tmall_trades", _BAD_TRADES, {"订单编号": "'=\"bad' || sort || '\"'"})
    writer.csv("tmall/ExportOrderList.csv", "trades", "tmall_trades", "gbk")
    items = {name: _ITEM.get(name, nothing) for name in ITEM_COLUMNS}
    writer.make("tmall_items", items, _ITEMS, "ordered_at, order_id, line_no")
    own = {"子订单编号": "null", "主订单编号": "'=\"bad' || sort || '\"'"}
    writer.plant("tmall_items", _BAD_ITEMS, own)
    writer.csv("tmall/ExportOrderDetailList.csv", "trade_items", "tmall_items", "gbk")
