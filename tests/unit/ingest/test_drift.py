"""Columns that come, go and change their name: kept, reported, and a new name is recognised."""

from __future__ import annotations

import pytest

from dagster_project.formats import load_formats
from dagster_project.formats.suggest import hints, likeness, suggest_field
from dagster_project.privacy.keys import load_keys
from dagster_project.privacy.records import read_records
from tests.unit.ingest.delivery import NOW

ENTITIES = load_formats()["contract"].entities


@pytest.mark.parametrize(
    ("entity", "header", "field"),
    [
        ("customers", "Phone No", "phone"),
        ("customers", "手机号", "phone"),
        ("customers", "E-Mail", "email"),
        ("customers", "Date of Birth", "birth_date"),
        ("customers", "会员编号", "customer_id"),
        ("customers", "ＣＵＳＴＯＭＥＲ ＩＤ", "customer_id"),
        ("customers", "postal code", "postcode"),
        ("orders", "订单编号", "order_id"),
        ("orders", "Order No.", "order_id"),
        ("orders", "实付金额", "net_paid_amount"),
        ("orders", "net_paid_ammount", "net_paid_amount"),
        ("orders", "ordered at", "ordered_at"),
        ("order_lines", "SKU", "product_id"),
        ("order_lines", "数量", "quantity"),
        ("customers", "favourite_colour", None),
        ("orders", "备注", None),
        ("orders", "", None),
    ],
)
def test_a_header_is_recognised(entity, header, field):
    names = {one.name for one in ENTITIES[entity].fields}
    found = suggest_field(header, ENTITIES[entity], names)
    assert (found[0] if found else None) == field


def test_how_sure():
    assert likeness("Customer-ID", "customer_id") == 1
    assert likeness("tel", "phone", ("tel",)) == 1
    assert 0.8 < likeness("会员号", "customer_id") < 1
    assert likeness("weight", "phone") < 0.5
    assert hints(["phone no", "phone number"], ENTITIES["customers"], {"phone"}) == {
        "phone no": "phone"
    }


def test_a_renamed_required_column_is_suggested(warehouse):
    warehouse.deliver(
        "web/orders.csv", "订单编号,ordered_at,status,net_paid_amount\n1,2024-01-01,paid,1\n"
    )
    [held] = warehouse.ingest().held
    assert held.reason == "missing_column"
    assert held.remedy == (
        "`订单编号` looks like `order_id`: add an alias to orders.order_id in "
        "dagster_project/formats/contract.yml"
    )


def test_new_lost_and_renamed_columns_are_kept_and_reported(warehouse):
    warehouse.deliver("web/customers.csv", "customer_id,phone,city\n1,13800138000,上海\n")
    warehouse.ingest()
    assert warehouse.query("select * from raw.file_notice") == []
    warehouse.deliver(
        "web/customers_2.csv", "customer_id,Phone No,shoe size\n2,13900139000,forty\n"
    )
    [batch] = warehouse.ingest(NOW).loaded
    found = {(one["notice"], one["column"]): one["detail"] for one in batch.notices}
    assert set(found) == {
        ("new_column", "Phone No"), ("new_column", "shoe size"),
        ("lost_column", "phone"), ("lost_column", "city"),
    }  # fmt: skip
    assert "`Phone No` looks like `phone`: add an alias" in found["new_column", "Phone No"]
    records = list(read_records(warehouse.home, load_keys(warehouse.home)))
    assert {"Phone No": "13900139000", "shoe size": "forty"} in [one.values for one in records]
    warehouse.deliver("web/customers_3.csv", "customer_id,Phone No,shoe size\n3,,\n")
    [batch] = warehouse.ingest(NOW.replace(day=2)).loaded
    assert batch.notices == []
    assert len(warehouse.query("select * from raw.file_notice")) == 4


def test_a_column_that_looks_like_a_value_is_not_shown(warehouse):
    warehouse.deliver("web/stores.csv", "store_id,13800138000\n1,2\n")
    [batch] = warehouse.ingest().loaded
    assert batch.notices == []
    assert batch.unknown_columns == ["(hidden)"]
