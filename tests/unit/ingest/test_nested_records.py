"""Records inside records: paths, pages, arrays, sheets, and what is not as the format says."""

from __future__ import annotations

import json

from dagster_project.privacy import read_records
from dagster_project.privacy.keys import load_keys
from dagster_project.sample.workbook import sheets_bytes

ORDER = {"id": 1, "status": "completed", "total": "5.00", "date_created_gmt": "2024-01-02T03:04:05"}


def lines_of(*orders: dict) -> bytes:
    return "\n".join(map(json.dumps, orders)).encode()


def test_an_object_that_is_a_list_once_is_kept_in_the_vault(warehouse):
    orders = lines_of({**ORDER, "billing": {"email": "a@example.com"}},
                      {**ORDER, "id": 2, "billing": ["b@example.com"]})  # fmt: skip
    warehouse.deliver("woocommerce/orders.jsonl", orders)
    report = warehouse.ingest()
    assert report.held == []
    assert warehouse.query(
        "select order_id, email_status from raw.woocommerce__orders order by order_id"
    ) == [("1", "valid"), ("2", None)]
    kept = {one.file_row: one.values for one in read_records(
        warehouse.home, load_keys(warehouse.home), entities=["orders"])}  # fmt: skip
    assert "b@example.com" in kept[2]["billing"]


def test_an_order_without_lines_has_none_and_a_line_that_is_no_object_is_malformed(warehouse):
    line = {"id": 7, "quantity": 1, "total": "5.00", "product_id": 3}
    warehouse.deliver(
        "woocommerce/orders.jsonl",
        lines_of({**ORDER, "line_items": [line, "gift"]}, {**ORDER, "id": 2}),
    )
    warehouse.ingest()
    assert warehouse.query(
        "select order_id, line_id, file_row from raw.woocommerce__order_lines"
    ) == [("1", "7", 1)]
    assert warehouse.reasons() == [("malformed_json", None, 1)]


def test_a_page_without_records_is_an_empty_delivery(warehouse):
    warehouse.deliver("youzan/trades.json", b'{"data": {"full_order_info_list": []}}')
    report = warehouse.ingest()
    assert report.held == []
    assert {(one.entity, one.rows_read) for one in report.files} == {
        ("trades", 0), ("trade_lines", 0), ("trade_refunds", 0)
    }  # fmt: skip


def test_keys_that_are_known_deep_down_are_not_reported(warehouse):
    warehouse.deliver(
        "woocommerce/orders.jsonl",
        lines_of({**ORDER, "line_items": [], "refunds": [], "billing": {"email": "", "fax": "1"}}),
    )
    report = warehouse.ingest()
    told = {one.entity: one.unknown_columns for one in report.loaded}
    assert told["orders"] == ["billing.fax"]


def test_flat_rows_of_an_array_go_in_by_their_folder(warehouse):
    warehouse.deliver(
        "woocommerce/order_lines/mended.csv",
        "order_id,line_id,quantity,line_amount\n1,7,2,5.00\n",
    )
    report = warehouse.ingest()
    assert report.held == []
    assert warehouse.query(
        "select order_id, line_id, quantity from raw.woocommerce__order_lines"
    ) == [("1", "7", 2)]


def test_a_workbook_without_its_sheet_is_held_for_that_sheet(warehouse):
    tickets = [["Ticket", "Time", "Paid"], ["900719925474099301", "2024-01-02 03:04:05", 5]]
    warehouse.deliver(
        "pos/day.xlsx",
        sheets_bytes({"tickets ": tickets, "付款": [["小票号", "支付方式", "金额"]]}),
    )
    report = warehouse.ingest()
    assert {(one.entity, one.reason) for one in report.held} == {("ticket_lines", "missing_sheet")}
    assert warehouse.query("select ticket_no, paid_amount::int from raw.pos__tickets") == [
        ("900719925474099301", 5)
    ]


def test_the_same_file_again_is_known_for_each_entity(warehouse):
    warehouse.deliver("woocommerce/orders.jsonl", lines_of({**ORDER, "line_items": []}))
    warehouse.ingest()
    again = warehouse.ingest()
    assert {one.status for one in again.files} == {"known"}
    assert len(again.files) == 3
