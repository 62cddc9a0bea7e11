"""Nothing written outside landing shows an identifier: every file opened, every table read."""

from __future__ import annotations

import json

import duckdb
import pyarrow.parquet as pq

from dagster_project.ingest import create_raw_relations

SECRETS = {
    "name": "诸葛孔明",
    "nickname": "卧龙先生",
    "phone": "13812345678",
    "email": "kongming@shu.example",
    "wechat_unionid": "unionSECRETa1",
    "wechat_openid": "openSECRETb2",
    "card_no": "CARDSECRETc3",
    "device_id": "DEVSECRETd4",
    "marketplace_id": "MKTSECRETe5",
    "birth_date": "1981-07-23",
    "address": "南阳卧龙岗路七号",
    "remark": "喜欢羽扇",
    "15900001111": "列名也可以是秘密",
}
CALLER = "13987654321"


def deliver(warehouse) -> None:
    row = {"customer_id": CALLER, **SECRETS}
    warehouse.deliver("web/customers.jsonl", json.dumps(row, ensure_ascii=False) + "\n")
    bad = {**row, "customer_id": "8", "registered_at": "never"}
    warehouse.deliver("web/customers_bad.json", json.dumps([bad], ensure_ascii=False))
    warehouse.deliver(
        "web/events.csv",
        "event_id,event_type,occurred_at,device_id,page,properties,customer_id\n"
        f"1,view,2024-01-01,DEVSECRETd4,/u/{CALLER}?name=诸葛孔明,卧龙先生,{CALLER}\n"
        '2,view,2024-01-01,"DEVSECRETd4,/x,卧龙先生,1\n',
    )
    warehouse.deliver(
        "web/surveys.csv",
        "response_id,survey_type,answered_at,reason,comment\n"
        f"1,nps,2024-01-01,call {CALLER},kongming@shu.example\n",
    )
    warehouse.deliver("web/orders.csv", f"{CALLER},诸葛孔明\n")


def texts(warehouse) -> dict[str, str]:
    """Every file outside landing and the key's folder, Parquet decompressed."""
    found = {}
    for path in warehouse.home.root.rglob("*"):
        if not path.is_file() or path.is_relative_to(warehouse.home.landing):
            continue
        if path == warehouse.home.master_key:
            continue
        content = path.read_bytes().decode("utf-8", "replace") + path.name
        if path.suffix == ".parquet":
            content += str(pq.read_table(path).to_pydict())
        if path.suffix == ".json":
            content += str(json.loads(path.read_text()))
        found[str(path)] = content
    with duckdb.connect() as con:
        create_raw_relations(con, warehouse.home, None)
        for (name,) in con.execute(
            "select table_name from information_schema.tables where table_schema = 'raw'"
        ).fetchall():
            found[name] = str(con.execute(f'select * from raw."{name}"').fetchall())
    return found


def test_no_plain_identifier_outside_landing(warehouse, caplog, capfd):
    deliver(warehouse)
    lines = []
    report = warehouse.ingest(on_file=lambda one: lines.append(str(one)))
    assert len(report.loaded) == 4
    assert len(report.held) == 1
    found = texts(warehouse)
    assert any("vault/records" in name for name in found)
    assert any("vault/quarantine" in name for name in found)
    found["log"] = " ".join(lines) + caplog.text + "".join(capfd.readouterr()) + str(report)
    secrets = {*SECRETS.values(), "15900001111", CALLER}
    leaks = {(name, one) for name, text in found.items() for one in secrets if one in text}
    assert leaks == set()


def test_the_search_would_find_a_leak(warehouse):
    """Injected defect: a value written plainly into a Parquet file is found."""
    deliver(warehouse)
    warehouse.ingest()
    with duckdb.connect() as con:
        path = warehouse.home.raw / "leak.parquet"
        con.execute(f"copy (select '{CALLER}' as x) to '{path}' (format parquet)")
    assert any(CALLER in text for text in texts(warehouse).values())
