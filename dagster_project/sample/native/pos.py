"""The tills of Shanghai: a workbook a quarter with sheets of tickets, lines and payments."""

from __future__ import annotations

from dagster_project.sample.native.cells import Wrong, said
from dagster_project.sample.native.names import order_sql
from dagster_project.sample.native.writer import Writer
from dagster_project.sample.plan import SHANGHAI
from dagster_project.sample.presets.pos import LINES_HEAD, PAYMENTS_HEAD, TICKETS_HEAD

RETURNED, VOID = "900719926", "900719927"  # what stands before the digits of such tickets
_ROUNDED = "0.03"
# a sixth of the times are serial days, as a spreadsheet keeps them
_TIME = (
    "case when cast({1} as bigint) % 6 = 0 then printf('%.9f', epoch({0}) / 86400.0 + 25569) "
    "else strftime({0}, '%Y-%m-%d %H:%M:%S') end"
)
# Sales, returns and tickets a clerk made void. Cents are let go where the first line's discount
# has room for them.
_TICKETS = f"""
    create or replace table pos_all as
    with fitting as (
        select l.order_id from order_lines as l
        where l.channel = '{SHANGHAI}' and l.line_no = 1 and l.discount_amount >= {_ROUNDED}
    ),
    sales as (
        select b.*, {order_sql()} as ticket, '销售' as kind, '正常' as state,
            cast(null as varchar) as original,
            case when cast(serial as bigint) % 4 = 0 and order_id in (select order_id from fitting)
                then {_ROUNDED} else 0 end as rounded
        from bills as b where channel = '{SHANGHAI}' and age = 1
    )
    select * exclude (refunded) from sales
    union all by name
    select order_id, serial, store_id, ordered_at, card_no, '{VOID}' || serial as ticket,
        '销售' as kind, '作废' as state, gross_amount, taken_off, net_paid_amount, 0 as rounded
    from sales where cast(serial as bigint) % 40 = 0
    union all by name
    select s.order_id, s.serial, s.store_id, r.refunded_at as ordered_at, s.card_no,
        '{RETURNED}' || s.serial as ticket, '退货' as kind, '正常' as state, s.ticket as original,
        -r.amount as net_paid_amount, 0 as rounded
    from refunds as r inner join sales as s on s.serial = right(r.refund_id, 9)
    where r.channel = '{SHANGHAI}'
"""
_TICKET = {
    "小票号": "ticket",
    "门店编号": "store_id",
    "销售时间": _TIME.format("ordered_at", "serial"),
    "类型": "kind",
    "状态": "state",
    "原单号": "original",
    "会员卡号": "'''' || card_no",
    "会员手机": "case when kind = '销售' and state = '正常' then '''' || phone end",
    "原价金额": "cast(gross_amount as varchar)",
    "优惠金额": "cast(taken_off - rounded - coalesce(points_amount, 0) "
    "- coalesce(gift_card_amount, 0) as varchar)",
    "抹零": "cast(rounded as varchar)",
    "实收金额": "cast(net_paid_amount + coalesce(points_amount, 0) + coalesce(gift_card_amount, 0) "
    "as varchar)",
    "收银员": "'小王'",
}
_LINE = {
    "小票号": "ticket",
    "行号": "cast(line_no as varchar)",
    "行类型": "kind_of_line",
    "商品编码": "'''' || product_id",
    "数量": "cast(quantity as varchar)",
    "单位": "'件'",
    "单价": "cast(unit_price as varchar)",
    "优惠金额": "cast(line_discount as varchar)",
    "金额": "cast(line_amount as varchar)",
    "销售时间": _TIME.format("ordered_at", "serial"),
}
_LINES = f"""(
    select t.ticket, t.serial, t.ordered_at, '商品' as kind_of_line, l.line_no, l.product_id,
        l.quantity, l.unit_price,
        l.discount_amount - case when l.line_no = 1 then t.rounded else 0 end as line_discount,
        l.line_amount + case when l.line_no = 1 then t.rounded else 0 end as line_amount
    from {{0}} as t
    inner join order_lines as l on l.channel = '{SHANGHAI}' and l.order_id = t.order_id
    where t.kind = '销售' and t.state = '正常'
    union all
    select ticket, serial, ordered_at, '抹零', 99, 'ROUND', 1, -rounded, 0, -rounded
    from {{0}} where rounded > 0
)"""
_PAYMENT = {
    "小票号": "ticket",
    "支付方式": "method",
    "金额": "cast(amount as varchar)",
    "销售时间": _TIME.format("ordered_at", "serial"),
}
_PAYMENTS = """(
    select ticket, serial, ordered_at, method, amount
    from (
        select ticket, serial, ordered_at, kind, state,
            unnest(['微信', '礼品卡', '积分']) as method,
            unnest([net_paid_amount, gift_card_amount, points_amount]) as amount
        from {0}
    )
    where kind = '销售' and state = '正常' and amount > 0
)"""
_BAD_TICKETS = (
    Wrong("missing_required", "ticket_no", "小票号"),
    Wrong("bad_timestamp", "sold_at", "销售时间", said("2026-01-06 25:00:00")),
    Wrong("bad_decimal", "paid_amount", "实收金额", said("免")),
)
_BAD_LINES = (
    Wrong("missing_required", "line_no", "行号"),
    Wrong("bad_decimal", "quantity", "数量", said("两个")),
)
_BAD_PAYMENTS = (Wrong("missing_required", "method", "支付方式"),)


def deliver(writer: Writer) -> None:
    """A workbook for every quarter in which a till sold or took back something."""
    writer.con.execute(_TICKETS)
    quarters = writer.con.execute(
        "select year(ordered_at) as y, quarter(ordered_at) as q from pos_all group by all "
        "order by y, q"
    ).fetchall()
    for year, quarter in quarters:
        writer.con.execute(
            "create or replace table pos_part as select * from pos_all "
            f"where year(ordered_at) = {year} and quarter(ordered_at) = {quarter}"
        )
        _make(writer)
        sheets = {"小票": "pos_tickets", "明细": "pos_lines", "付款": "pos_payments"}
        told = {
            "tickets": writer.wrong_rows("pos_tickets"),
            "ticket_lines": writer.wrong_rows("pos_lines"),
            "ticket_payments": writer.wrong_rows("pos_payments"),
        }
        writer.workbook(f"pos/{year}-q{quarter}.xlsx", sheets, told)


def _make(writer: Writer) -> None:
    nothing = "cast(null as varchar)"
    for name, head, cells, source, wrong in (
        ("pos_tickets", TICKETS_HEAD, _TICKET, "pos_part", _BAD_TICKETS),
        ("pos_lines", LINES_HEAD, _LINE, _LINES.format("pos_part"), _BAD_LINES),
        ("pos_payments", PAYMENTS_HEAD, _PAYMENT, _PAYMENTS.format("pos_part"), _BAD_PAYMENTS),
    ):
        listed = {one: cells.get(one, nothing) for one in head}
        order = {"pos_lines": "ordered_at, ticket, line_no", "pos_payments": "ticket, method"}
        writer.make(name, listed, source, order.get(name, "ordered_at, ticket"))
        writer.plant(name, wrong, {"小票号": "'bad' || sort"})
