"""A file too large for memory is read as it streams by; what comes of it is the same."""

from __future__ import annotations

import pytest

from dagster_project.ingest import cells
from dagster_project.privacy import load_keys, read_quarantine, read_records
from dagster_project.settings import KEY_VARIABLE

FILES = {
    "web/customers.csv": "customer_id,name,phone,email,birth_date,remark\n"
    '1,张三,13800138000,a@b.cn,1990-01-02,"likes\n""tea"", hot"\n'
    "2,,+44 20 7946 0958,,1990-02-30,\n"
    ",王五,13900139000,,,\n4,,,,,\n",
    "web/order_lines.csv": "order_id,line_no,product_id,quantity,line_amount\n"
    'A,1,P,2,"1,234.50"\nA,2,P,two,1\nA,3,P,1\nB,1.0,Ｐ,1,￥3\n',
    "app/events.jsonl": '{"event_id":"1","event_type":"view","occurred_at":"2024-01-01"}\n'
    'no json\n{"event_id":"2","event_type":"view","occurred_at":"2099-01-01"}\n',
}


def outcome(warehouse) -> tuple:
    for file, content in FILES.items():
        warehouse.deliver(file, content)
    report = warehouse.ingest()
    keys = load_keys(warehouse.home)
    raw = [
        warehouse.query(f"select * from raw.contract__{entity} order by file_row")
        for entity in ("customers", "order_lines", "events")
    ] + [sorted(warehouse.query("select * from raw.quarantine"), key=str)]
    opened = [*read_records(warehouse.home, keys)]
    for batch in report.loaded:
        opened += read_quarantine(warehouse.home, keys, batch.batch_id)
    counts = [(one.file, one.rows_read, one.rows_loaded) for one in report.files]
    return counts, raw, opened


@pytest.fixture
def one_key(warehouse, monkeypatch):
    monkeypatch.setenv(KEY_VARIABLE, "07" * 32)
    return warehouse


def test_streamed_as_from_memory(one_key, monkeypatch, tmp_path):
    counts, raw, opened = outcome(one_key)
    assert counts == [
        ("app/events.jsonl", 3, 1),
        ("web/customers.csv", 4, 2),
        ("web/order_lines.csv", 4, 2),
    ]
    one_key.home.root.rename(tmp_path / "from memory")
    monkeypatch.setattr(cells, "MOST_ROWS_IN_MEMORY", 0)
    assert outcome(one_key) == (counts, raw, opened)
