"""A channel named as a preset may deliver the preset's files or the contract's."""

from __future__ import annotations

from datetime import timedelta

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
