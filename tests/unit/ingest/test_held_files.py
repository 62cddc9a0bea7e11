"""Files refused as a whole: the reason says what to do, and the other files go on."""

from __future__ import annotations

import gzip

import pytest

STORES = b"store_id,name\n1,a\n"
ZIPPED = gzip.compress(STORES * 100)

CASES = {
    "stores.csv": (b"", "empty"),
    "stores_zero.jsonl": (b"", "empty"),
    "stores_other.csv": (b"id,name\n1,a\n", "missing_column"),
    "orders.csv": (b"order_id,status\n1,paid\n", "missing_column"),
    "refunds.csv": (b"refund_id,refunded_at,amount\n1,2024-01-01,1\n", "missing_column"),
    "stores_no_header.csv": (b"1,Li Na,13800138000\n2,b,c\n", "missing_column"),
    "stores_twice.csv": (b"store_id,name,Store_ID\n1,a,2\n", "duplicate_column"),
    "stores_cut.csv.gz": (ZIPPED[:-20], "unreadable"),
    "stores_damaged.csv": ("store_id,name\n1,上海上海上海".encode() + b"\xff\xff\n", "undecodable"),
    "stores_bytes.csv": (b"store_id,name\n1,\xff\xff\xff\n", "undecodable"),
    "stores_cut.json": (b'[{"store_id": 1}, {"store_id"', "malformed_json"),
    "stores_scalar.json": (b'[{"store_id": 1}, 5]', "malformed_json"),
    "stores.parquet": (b"PAR1 nothing of the kind PAR1", "unreadable"),
    "stores.xlsx": (b"PK nothing of the kind", "unreadable"),
    "shops.csv": (STORES, "unknown_entity"),
}


@pytest.mark.parametrize("name", CASES)
def test_held(warehouse, name):
    content, reason = CASES[name]
    warehouse.deliver(f"web/{name}", content)
    warehouse.deliver("web/products.csv", "product_id\nP\n")
    report = warehouse.ingest()
    assert {one.file: one.reason for one in report.held} == {f"web/{name}": reason}
    assert warehouse.held() == {f"web/{name}": reason}
    assert warehouse.query("select product_id from raw.contract__products") == [("P",)]
    assert not list(warehouse.home.incoming.glob("*"))


def test_the_message_names_file_column_and_columns_found(warehouse):
    warehouse.deliver("web/orders.csv", "order_id,status,total\n1,paid,5\n")
    [held] = warehouse.ingest().held
    assert held.file == "web/orders.csv"
    assert "ordered_at, net_paid_amount" in held.detail
    assert held.columns == ["order_id", "status", "total"]
    assert held.remedy


def test_a_file_without_header_shows_none_of_its_values(warehouse):
    warehouse.deliver("web/customers.csv", "17,Li Na,13800138000\n")
    warehouse.deliver("web/customers_2.csv", "name,13800138000,li@example.com\nLi,1,2\n")
    warehouse.ingest()
    texts = "".join(path.read_text() for path in (warehouse.home.raw / "_held").iterdir())
    assert "Li Na" not in texts
    assert "13800138000" not in texts
    assert "li@example.com" not in texts
    assert texts.count("missing_column") == 2


def test_a_mended_file_leaves_the_list(warehouse):
    warehouse.deliver("web/stores.csv", "")
    warehouse.ingest()
    warehouse.deliver("web/stores.csv", STORES)
    warehouse.ingest()
    assert warehouse.held() == {}
    assert warehouse.query("select count(*) from raw.contract__stores") == [(1,)]


def test_a_file_outside_a_channel(warehouse):
    warehouse.deliver("stores.csv", STORES)
    warehouse.deliver("Web Shop/stores.csv", STORES)
    warehouse.deliver("web/.stores.csv", STORES)
    warehouse.deliver("web/~$stores.xlsx", STORES)
    warehouse.deliver("web/notes.txt", STORES)
    assert warehouse.ingest().files == []
    assert warehouse.held() == {"stores.csv": "no_channel", "Web Shop/stores.csv": "no_channel"}


def test_a_file_without_records_is_no_mistake(warehouse):
    warehouse.deliver("web/stores.csv", "store_id,name\n")
    warehouse.deliver("web/products.json", "[]")
    report = warehouse.ingest()
    assert [(one.status, one.rows_read) for one in report.files] == [("loaded", 0), ("loaded", 0)]


def test_a_reader_that_loses_a_record_holds_the_file(warehouse, monkeypatch):
    """Injected defect: a splitter that counts one record it never passed on."""
    from dagster_project.ingest import read_csv

    class Forgetful(read_csv.CsvSplitter):
        def run(self, chunks):
            super().run(chunks)
            self.records += 1

    monkeypatch.setattr(read_csv, "CsvSplitter", Forgetful)
    warehouse.deliver("web/stores.csv", STORES)
    warehouse.ingest()
    assert warehouse.held() == {"web/stores.csv": "count_mismatch"}
