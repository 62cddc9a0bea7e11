"""The vault gives back what was delivered, to the key's holder, until the person is erased."""

from __future__ import annotations

from datetime import timedelta

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dagster_project.privacy import (
    VaultDamaged,
    compact_keyring,
    erase_subjects,
    load_keys,
    read_quarantine,
    read_records,
)
from dagster_project.privacy.keyring import keys_folder
from dagster_project.privacy.keys import Keys
from tests.unit.ingest.delivery import NOW

CUSTOMERS = (
    "customer_id,name,phone,birth_date,remark\n"
    "1,张三,13800138000,1990-01-02,likes tea\n"
    "2,Li Na,+44 20 7946 0958,,\n"
    "13900139000,王五,13900139000,,\n"
    "4,,,,\n"
    "5,钱六,13700137000,1990-02-30,\n"
)
ORDERS = (
    "order_id,customer_id,ordered_at,status,net_paid_amount,phone\n"
    "A,1,2024-01-01,paid,1,13800138001\n"
    "B,,2024-01-01,paid,1,13600136000\n"
    "C,4,2024-01-01,paid,1,\n"
)


@pytest.fixture
def filled(warehouse):
    warehouse.deliver("web/customers.csv", CUSTOMERS)
    warehouse.deliver("web/orders.csv", ORDERS)
    warehouse.ingest()
    return warehouse


def opened(warehouse, **options) -> dict[str, list[dict]]:
    found: dict[str, list[dict]] = {}
    for one in read_records(warehouse.home, load_keys(warehouse.home), **options):
        found.setdefault(one.subject, []).append(one.values)
    return found


def test_round_trip(filled):
    token = load_keys(filled.home).token("customer_id", "13900139000")
    assert opened(filled) == {
        "web|1": [
            {"name": "张三", "phone": "13800138000", "birth_date": "1990-01-02",
             "remark": "likes tea"},
            {"phone": "13800138001"},
        ],
        "web|2": [{"name": "Li Na", "phone": "+44 20 7946 0958"}],
        f"web|t_{token}": [
            {"customer_id": "13900139000", "name": "王五", "phone": "13900139000"}
        ],
        "web|orders:B": [{"phone": "13600136000"}],
    }  # fmt: skip


def test_by_subject_and_entity(filled):
    assert opened(filled, subjects=["web|2", "web|9"]) == {
        "web|2": [{"name": "Li Na", "phone": "+44 20 7946 0958"}]
    }
    assert opened(filled, subjects=["web|1"], entities=["orders"]) == {
        "web|1": [{"phone": "13800138001"}]
    }
    assert opened(filled, batches=[]) == {}


def test_an_erased_person_is_unreadable_everywhere(filled):
    [batch] = filled.query("select batch_id from raw.batch where entity = 'customers'")
    before = opened(filled)
    assert erase_subjects(filled.home, ["web|1", "web|5", "web|nobody"]) == 2
    assert opened(filled) == {key: value for key, value in before.items() if key != "web|1"}
    assert not list(read_quarantine(filled.home, load_keys(filled.home), batch[0]))
    assert erase_subjects(filled.home, ["web|1"]) == 0


def test_later_records_of_an_erased_person_get_a_new_key(filled):
    erase_subjects(filled.home, ["web|1"])
    filled.deliver("web/customers_2.csv", "customer_id,name\n1,赵六\n")
    filled.ingest(NOW + timedelta(days=1))
    assert opened(filled, subjects=["web|1"]) == {"web|1": [{"name": "赵六"}]}


def test_one_person_has_one_key_over_batches(filled):
    filled.deliver("web/customers_2.csv", "customer_id,name\n1,a\n2,b\n6,c\n")
    filled.ingest(NOW + timedelta(days=1))
    tables = [pq.read_table(path) for path in keys_folder(filled.home).glob("*.parquet")]
    subjects = pa.concat_tables(tables)["subject"].to_pylist()
    assert len(subjects) == len(set(subjects))
    assert {"web|1", "web|2", "web|6"} <= set(subjects)


def test_compacting_keys_loses_none(filled, monkeypatch):
    monkeypatch.setattr("dagster_project.privacy.keyring.COMPACT_FROM", 2)
    before = opened(filled)
    compact_keyring(filled.home)
    assert len(list(keys_folder(filled.home).glob("*.parquet"))) == 1
    assert opened(filled) == before


def test_a_changed_or_moved_record_is_noticed(filled):
    path = next((filled.home.vault / "records" / "contract" / "customers").glob("*.parquet"))
    path.rename(path.with_stem("0" * 16))
    with pytest.raises(VaultDamaged):
        opened(filled)


def test_another_key_opens_nothing(filled):
    from cryptography.exceptions import InvalidTag

    with pytest.raises(InvalidTag):
        list(read_records(filled.home, Keys(b"x" * 32)))


def test_equal_values_are_sealed_differently(warehouse):
    warehouse.deliver("web/customers.csv", "customer_id,name\n1,a\n2,a\n")
    warehouse.ingest()
    path = next((warehouse.home.vault / "records").rglob("*.parquet"))
    sealed = pq.read_table(path)["sealed"].to_pylist()
    assert len(set(sealed)) == len({one[:12] for one in sealed}) == 2
