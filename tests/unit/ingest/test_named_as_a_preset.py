"""A channel named as a preset may deliver the preset's files or the contract's."""

from __future__ import annotations

from datetime import timedelta

from dagster_project.sample.workbook import workbook_bytes
from tests.unit.ingest.delivery import NOW

CONTRACT = "order_id,ordered_at,status,net_paid_amount\nC1,2024-05-01,paid,5\n"
EXPORT = (
    "Name,Email,Financial Status,Paid at,Created at,Total,Lineitem quantity,Lineitem name\n"
    "#1001,a@example.com,paid,2024-05-02 10:00:00 +0800,2024-05-02 10:00:00 +0800,9.00,1,Tea\n"
)


def test_each_file_is_read_by_the_format_its_columns_are_in(warehouse):
    warehouse.deliver("shopify/orders_a.csv", CONTRACT)
    warehouse.deliver("shopify/orders_b.csv", EXPORT)
    warehouse.deliver("shopify/products.csv", "product_id\nP\n")
    report = warehouse.ingest()
    assert not report.held
    assert {(one.file, one.format, one.entity) for one in report.files if one.rows_loaded} == {
        ("shopify/orders_a.csv", "contract", "orders"),
        ("shopify/orders_b.csv", "shopify", "order_rows"),
        ("shopify/products.csv", "contract", "products"),
    }
    assert warehouse.query("select channel, order_id from raw.contract__orders") == [
        ("shopify", "C1")
    ]
    again = warehouse.ingest(NOW + timedelta(days=1))
    assert {one.status for one in again.files} == {"known"}
    assert not again.notices


def test_customers_are_read_by_the_format_that_knows_more_of_their_columns(warehouse):
    warehouse.deliver("shopify/customers_a.csv", "customer_id,name,phone,gender\nc1,林一,,F\n")
    warehouse.deliver("shopify/customers_b.csv", "Customer ID,Last Name,Phone,Note\n7,林,,vip\n")
    warehouse.deliver("woocommerce/customers.jsonl", '{"customer_id": "9", "gender": "M"}\n')
    warehouse.deliver("woocommerce/customers_2.jsonl", '{"id": 8, "billing": {"city": "上海"}}\n')
    report = warehouse.ingest()
    assert not report.held
    assert {(one.file, one.format) for one in report.files if one.rows_loaded == 1} == {
        ("shopify/customers_a.csv", "contract"),
        ("shopify/customers_b.csv", "shopify"),
        ("woocommerce/customers.jsonl", "contract"),
        ("woocommerce/customers_2.jsonl", "woocommerce"),
    }
    assert warehouse.query("select gender from raw.contract__customers order by 1") == [
        ("F",), ("M",)
    ]  # fmt: skip


def test_a_workbook_of_stores_has_no_sheets_of_tickets_inside(warehouse):
    rows = [["store_id", "name"], ["S1", "Xintiandi"]]
    warehouse.deliver("pos/stores.xlsx", workbook_bytes(rows))
    for now in (NOW, NOW + timedelta(days=1)):
        report = warehouse.ingest(now)
        assert not report.held
        [only] = report.files
        assert only.status == ("loaded" if now == NOW else "known")
    assert warehouse.query("select store_id from raw.contract__stores") == [("S1",)]


def test_a_damaged_export_is_told_in_the_presets_words(warehouse):
    warehouse.deliver("shopify/orders.csv", EXPORT.replace("Name,", "Nummer,"))
    [held] = warehouse.ingest().held
    assert (held.format, held.entity, held.reason) == ("shopify", "order_rows", "missing_column")
    assert "order_name" in held.detail


def test_a_bound_channel_is_read_as_it_is_bound(warehouse):
    warehouse.home.landing.mkdir(parents=True)
    (warehouse.home.landing / "channels.yml").write_text("channels: {shopify: shopify}")
    warehouse.deliver("shopify/orders.csv", CONTRACT)
    [held] = warehouse.ingest().held
    assert (held.format, held.reason) == ("shopify", "missing_column")
