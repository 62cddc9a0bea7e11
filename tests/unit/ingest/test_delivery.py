"""Delivering again, out of order, under odd names, and being killed: raw stays right."""

from __future__ import annotations

import gzip
import os
import shutil
from datetime import datetime, timedelta

import duckdb
import pytest

from dagster_project.ingest import UnknownBatch, clean_leftovers, list_batches, withdraw_batch
from dagster_project.ingest import load as load_module
from dagster_project.ingest import loading as loading_module
from dagster_project.privacy import vault
from tests.unit.ingest.delivery import NOW

STORES = "store_id,name\n1,a\n2,b\n"
CUSTOMERS = "customer_id,phone,updated_at\n1,13800138000,2024-01-02\n"


def tree(warehouse) -> dict[str, bytes]:
    raw = warehouse.home.raw
    return {
        str(path.relative_to(raw)): path.read_bytes()
        for path in sorted(raw.rglob("*"))
        if path.is_file() and path.name != "_seen.json"
    }


def test_the_longest_name_of_an_entity_wins(warehouse):
    warehouse.deliver("web/order_lines_2024.csv", LINES)
    warehouse.deliver("web/orders_2024.csv", "order_id,ordered_at,status,net_paid_amount\n")
    warehouse.deliver("web/stores/2024/01/part-0.csv", STORES)
    report = warehouse.ingest()
    assert [one.entity for one in report.files] == ["order_lines", "orders", "stores"]
    assert report.held == []


LINES = "order_id,line_no,product_id,quantity,line_amount\nA,1,P,1.5,3\n"


def test_same_bytes_again_change_nothing(warehouse):
    path = warehouse.deliver("web/stores.csv", STORES)
    warehouse.ingest()
    before = tree(warehouse)
    assert [one.status for one in warehouse.ingest(NOW + timedelta(days=1)).files] == ["known"]
    os.utime(path, (1, 1))
    warehouse.deliver("web/stores_again.csv", STORES)
    (warehouse.home.raw / "_seen.json").unlink()
    report = warehouse.ingest(NOW + timedelta(days=1))
    assert [one.status for one in report.files] == ["known", "known"]
    assert tree(warehouse) == before


def test_other_bytes_under_the_same_name_are_a_new_batch(warehouse):
    warehouse.deliver("web/stores.csv", STORES)
    warehouse.ingest()
    warehouse.deliver("web/stores.csv", STORES + "3,c\n")
    warehouse.ingest(NOW + timedelta(days=1))
    assert [one.rows_loaded for one in list_batches(warehouse.home)] in ([2, 3], [3, 2])
    assert warehouse.query(
        "select store_id, count(distinct delivered_at)::int from raw.contract__stores "
        "group by all order by all"
    ) == [("1", 2), ("2", 2), ("3", 1)]


def test_channels_do_not_share_batches(warehouse):
    for channel in ("web", "pos"):
        warehouse.deliver(f"{channel}/stores.csv", STORES)
    warehouse.ingest()
    assert warehouse.query(
        "select channel, count(*)::int from raw.contract__stores group by all order by all"
    ) == [("pos", 2), ("web", 2)]


@pytest.mark.parametrize(
    "name",
    [
        "stores[1].csv",
        "stores*.csv",
        "stores'; drop table x; --.csv",
        'stores".csv',
        "stores上.csv",
    ],
)
def test_odd_names_are_only_names(warehouse, name):
    warehouse.deliver("web/stores1.csv", STORES)
    warehouse.deliver(f"web/{name}", "store_id\n9\n")
    warehouse.ingest()
    found = warehouse.query(
        "select delivery_file, count(*)::int from raw.contract__stores group by all order by 2"
    )
    assert found == [(f"web/{name}", 1), ("web/stores1.csv", 2)]


def test_file_rows_batches_and_profile(warehouse):
    warehouse.deliver("web/order_lines.csv", LINES + "A,2,P,2.5,4\nA,3,P,3.5,x\n")
    [batch] = warehouse.ingest().loaded
    assert (batch.rows_read, batch.rows_loaded, batch.rows_quarantined) == (3, 2, 1)
    assert batch.profile["quantity"] == {"rows": 2, "nulls": 0, "median": 2.0}
    assert batch.profile["unit_price"] == {"rows": 2, "nulls": 2, "median": None}
    assert "unit_price" in batch.missing_columns
    assert warehouse.query("select rows_read, is_open from raw.batch") == [(3, True)]
    assert warehouse.query(
        "select median from raw.field_profile where column_name = 'quantity'"
    ) == [(2.0,)]


def test_greatest_times_leave_out_plans(warehouse):
    warehouse.deliver(
        "web/orders.csv",
        "order_id,ordered_at,updated_at,status,net_paid_amount\n"
        "A,2024-01-02 10:00:00,2024-01-05,paid,1\nB,2024-01-03 10:00:00,,paid,1\n",
    )
    warehouse.deliver(
        "web/coupons.csv", "coupon_id,issued_at,expires_at\nC,2024-01-01,2029-01-01\n"
    )
    warehouse.deliver(
        "web/campaign_costs.csv", "cost_id,spent_on,cost_type,amount\n1,2024-01-02,media,1\n"
    )
    batches = {one.entity: one for one in warehouse.ingest().loaded}
    assert batches["orders"].max_at == datetime(2024, 1, 4, 16)
    assert batches["orders"].max_order_at == datetime(2024, 1, 3, 2)
    assert batches["orders"].profile["status"]["values"] == {"paid": 2}
    assert batches["coupons"].max_at == datetime(2023, 12, 31, 16)
    assert batches["campaign_costs"].max_at == datetime(2024, 1, 1, 16)
    assert batches["coupons"].max_order_at is None


def test_a_file_says_over_how_many_days_its_records_spread(warehouse):
    rows = "".join(f"A{n},2024-01-{n % 20 + 1:02d} 10:00:00,paid,1\n" for n in range(200))
    stray = "B,2019-01-01 10:00:00,paid,1\n"
    header = "order_id,ordered_at,status,net_paid_amount\n"
    warehouse.deliver("web/orders.csv", header + rows + stray)
    [batch] = warehouse.ingest().loaded
    assert batch.span_days == 18  # the tenth part at the two ends does not count


def test_relations_show_open_batches_and_never_withdrawn_ones(warehouse):
    warehouse.deliver("web/stores.csv", STORES)
    warehouse.deliver("pos/stores.csv", "store_id\n9\n")
    warehouse.ingest()
    pos, web = sorted(list_batches(warehouse.home), key=lambda one: one.channel)
    count = "select count(*) from raw.contract__stores"
    assert warehouse.query(count, {web.batch_id}) == [(2,)]
    assert warehouse.query(count, set()) == [(0,)]
    assert warehouse.query(
        "select channel, is_open from raw.batch order by all", {web.batch_id}
    ) == [("pos", False), ("web", True)]
    withdraw_batch(warehouse.home, web.batch_id, "sent twice")
    assert warehouse.query(count) == [(1,)]
    assert [one.batch_id for one in list_batches(warehouse.home)] == [pos.batch_id]
    warehouse.ingest()
    assert warehouse.query(count) == [(1,)]
    with pytest.raises(UnknownBatch):
        withdraw_batch(warehouse.home, "no-such-batch", "why")
    with pytest.raises(ValueError, match="reason"):
        withdraw_batch(warehouse.home, pos.batch_id, " ")


def test_a_batch_of_an_older_format_shows_null_for_new_columns(warehouse):
    warehouse.deliver("web/stores.csv", STORES)
    warehouse.ingest()
    folder = warehouse.home.raw / "contract" / "stores"
    manifest = next(folder.glob("*/manifest.json"))
    data = manifest.with_name("data.parquet")
    with duckdb.connect() as con:
        con.execute(f"create table old as select * exclude (city, opened_on) from '{data}'")
        con.execute(f"copy old to '{data}' (format parquet)")
    manifest.write_text(
        manifest.read_text().replace('"city", "opened_on"], "profile"', '"x"], "profile"')
    )
    warehouse.deliver("pos/stores.csv", "store_id,city,opened_on\n9,上海,2020-01-01\n")
    warehouse.ingest()
    assert warehouse.query(
        "select store_id, city, cast(opened_on as varchar) from raw.contract__stores order by 1"
    ) == [("1", None, None), ("2", None, None), ("9", "上海", "2020-01-01")]


class Killed(BaseException):
    """Stands for a kill: nothing catches it."""


KILLS = {
    "while reading": (load_module, "create_other_phones"),
    "after the data keys": (vault, "_seal"),
    "after the vault": (loading_module.Loading, "commit"),
    "before the manifest": (loading_module.Loading, "_manifest"),
    "before the rename": (
        __import__("dagster_project.ingest.loading", fromlist=["x"]),
        "sync_tree",
    ),
}


@pytest.mark.parametrize("where", KILLS)
def test_a_killed_ingest_needs_no_repair(warehouse, monkeypatch, where):
    target, name = KILLS[where]

    def kill(*args, **kwargs):
        raise Killed

    warehouse.deliver("web/customers.csv", CUSTOMERS)
    with monkeypatch.context() as patched:
        patched.setattr(target, name, kill)
        with pytest.raises(Killed):
            warehouse.ingest()
    assert list_batches(warehouse.home) == []
    warehouse.ingest()
    assert warehouse.query("select customer_id from raw.contract__customers") == [("1",)]
    leftovers = [one for one in warehouse.home.root.rglob("*") if ".tmp-" in one.name]
    assert leftovers == []
    assert not list(warehouse.home.incoming.glob("*"))


def test_leftovers_go_and_batches_stay(warehouse):
    warehouse.deliver("web/stores.csv", gzip.compress(STORES.encode()))
    warehouse.ingest()
    before = tree(warehouse)
    shutil.copytree(
        next(warehouse.home.raw.glob("contract/stores/*")), warehouse.home.raw / ".tmp-dead"
    )
    (warehouse.home.incoming / "x").mkdir(parents=True)
    clean_leftovers(warehouse.home)
    assert tree(warehouse) == before
    assert not warehouse.home.incoming.exists()


def test_channel_bound_to_a_preset(warehouse):
    header = "Invoice,StockCode,Quantity,InvoiceDate,Price,Customer ID"
    lines = f"{header}\nC1,P,-1,12/1/2010 8:26,2.5,17850.0\n"
    warehouse.deliver("channels.yml", "channels: {uk_shop: online_retail}\n")
    warehouse.deliver("uk_shop/year 2010.csv", lines)
    warehouse.deliver("online_retail/a.csv", lines)
    warehouse.ingest()
    assert warehouse.query(
        "select channel, invoice_no, customer_id, cast(invoiced_at as varchar), "
        "cast(unit_price as varchar) from raw.online_retail__invoice_lines order by 1"
    ) == [
        ("online_retail", "C1", "17850", "2010-12-01 00:26:00", "2.5000"),
        ("uk_shop", "C1", "17850", "2010-12-01 00:26:00", "2.5000"),
    ]
