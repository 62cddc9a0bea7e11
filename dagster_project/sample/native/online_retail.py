"""The tills of Chengdu in the columns of the UCI Online Retail set: a row a line of an invoice."""

from __future__ import annotations

from dagster_project.sample.native.cells import Wrong, said
from dagster_project.sample.native.names import ORDERS, order_sql
from dagster_project.sample.native.writer import Writer
from dagster_project.sample.plan import CHENGDU

# Invoices that are nobody's order: adjustments by a clerk, and charges that are no products.
EXTRA, DEBT = "6", "A6"
_CELLS = {
    "InvoiceNo": "invoice",
    "StockCode": "code",
    "Description": "code",
    "Quantity": "cast(quantity as varchar)",
    "InvoiceDate": "strftime(moment, '%-m/%-d/%Y %-H:%M')",
    "UnitPrice": "cast(price as varchar)",
    # a card is known as a number that a spreadsheet wrote
    "CustomerID": "cast(cast(regexp_extract(card_no, '[0-9]+$') as bigint) as varchar) || '.0'",
    "Country": "'China'",
}
# What made an invoice cheaper is a line of its own, D. A cancellation names one product, a whole
# one none (M).
_LINES = f"""(
    with sold as (
        select *, {order_sql()} as invoice from bills where channel = '{CHENGDU}' and age = 1
    )
    select invoice, ordered_at as moment, card_no, l.product_id as code, l.quantity,
        l.unit_price as price, l.line_no as line
    from sold inner join order_lines as l
        on l.channel = '{CHENGDU}' and l.order_id = sold.order_id
    union all
    select invoice, ordered_at, card_no, 'D', -1, taken_off, 90 from sold where taken_off > 0
    union all
    select 'C' || s.invoice, r.refunded_at, s.card_no, coalesce(l.product_id, 'M'), -1, r.amount, 1
    from refunds as r
    inner join sold as s on s.serial = right(r.refund_id, 9)
    left join order_lines as l
        on l.channel = '{CHENGDU}' and l.order_id = s.order_id and l.line_no = r.line_no
    where r.channel = '{CHENGDU}'
    union all
    select '{EXTRA}' || serial, ordered_at, null, 'BANK CHARGES', 1, 15, 1
    from sold where cast(serial as bigint) % 50 = 7
    union all
    select '{EXTRA}' || serial, ordered_at, null, 'POST', 1, 9.5, 1
    from sold where cast(serial as bigint) % 50 = 17
    union all
    select '{EXTRA}' || serial, ordered_at, null, 'DAMAGED', -3, 0, 1
    from sold where cast(serial as bigint) % 50 = 27
    union all
    select '{DEBT}' || serial, ordered_at, null, 'B', 1, -20, 1
    from sold where cast(serial as bigint) % 50 = 37
)"""
_BAD = (
    Wrong("missing_required", "stock_code", "StockCode"),
    Wrong("bad_decimal", "quantity", "Quantity", said("twelve")),
    Wrong("bad_timestamp", "invoiced_at", "InvoiceDate", said("13/45/2025 10:00")),
    Wrong("impossible_time", "invoiced_at", "InvoiceDate", said("1/1/2099 10:00")),
)


def deliver(writer: Writer) -> None:
    """All invoices in one file."""
    writer.make("retail_lines", _CELLS, _LINES, "moment, invoice, line")
    writer.plant("retail_lines", _BAD, {"InvoiceNo": f"'{ORDERS['CDO']}' || sort || 'bad'"})
    writer.csv("online_retail/online_retail.csv", "invoice_lines", "retail_lines")
