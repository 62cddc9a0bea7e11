"""A channel named as a preset may deliver the preset's files or the contract's."""

from __future__ import annotations

from datetime import timedelta

from tests.unit.ingest.delivery import NOW

CONTRACT = "order_id,ordered_at,status,net_paid_amount\nC1,2024-05-01,paid,5\n"
EXPORT = (
    "订单编号 ,买家会员名,买家应付货款,买家实际支付金额,订单状态,订单创建时间\n"
    '"=""123456789012345678""",tb_1,9.00,9.00,交易成功,2024-05-02 10:00:00\n'
)


def test_each_file_is_read_by_the_format_its_columns_are_in(warehouse):
    warehouse.deliver("tmall/orders_a.csv", CONTRACT)
    warehouse.deliver("tmall/orders_b.csv", EXPORT.encode("gb18030"))
    warehouse.deliver("tmall/products.csv", "product_id\nP\n")
    report = warehouse.ingest()
    assert not report.held
    assert {(one.file, one.format, one.entity) for one in report.files if one.rows_loaded} == {
        ("tmall/orders_a.csv", "contract", "orders"),
        ("tmall/orders_b.csv", "tmall", "trades"),
        ("tmall/products.csv", "contract", "products"),
    }
    assert warehouse.query("select channel, order_id from raw.contract__orders") == [
        ("tmall", "C1")
    ]
    again = warehouse.ingest(NOW + timedelta(days=1))
    assert {one.status for one in again.files} == {"known"}
    assert not again.notices


def test_a_damaged_export_is_told_in_the_presets_words(warehouse):
    warehouse.deliver("tmall/orders.csv", EXPORT.replace("买家实际支付金额", "x"))
    [held] = warehouse.ingest().held
    assert (held.format, held.entity, held.reason) == ("tmall", "trades", "missing_column")
    assert "paid_amount" in held.detail


def test_a_bound_channel_is_read_as_it_is_bound(warehouse):
    warehouse.home.landing.mkdir(parents=True)
    (warehouse.home.landing / "channels.yml").write_text("channels: {tmall: tmall}")
    warehouse.deliver("tmall/orders.csv", CONTRACT)
    [held] = warehouse.ingest().held
    assert (held.format, held.reason) == ("tmall", "missing_column")
