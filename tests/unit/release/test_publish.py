"""What a release holds, and what publishing refuses."""

import hashlib
import json
from datetime import date

import duckdb
import pyarrow.parquet as pq
import pytest

from dagster_project.release import (
    ReleaseError,
    current,
    list_releases,
    open_release,
    publish,
)
from dagster_project.release import build as build_module
from tests.unit.release.releases import FIRST_RUN, build, manifest, release

QUALITY = {
    "gate": "marts",
    "suite": "marts/member_rfm",
    "expectation": "row count",
    "relation": "marts.member_rfm",
    "severity": "critical",
    "success": True,
    "observed": "3",
    "expected": "> 0",
}


def rows(home, sql, release_id=None):
    with open_release(home, release_id) as con:
        return con.execute(sql).fetchall()


def test_release_holds_the_published_schemas_and_nothing_else(home):
    made = release(home, orders=3)
    tables = rows(home, "select schema_name || '.' || table_name from duckdb_tables() order by 1")
    assert [name for (name,) in tables] == [
        "core.fct_order",
        "marts.member_rfm",
        "ops.ingest_file",
        "ops.quality_result",
        "ops.release",
        "ops.release_diff",
    ]
    found = {
        path.relative_to(made.path).as_posix() for path in made.path.rglob("*") if path.is_file()
    }
    parquet = {f"tables/{name.replace('.', '/')}.parquet" for (name,) in tables}
    assert found == {"warehouse.duckdb", "report.html", "release.json"} | parquet


def test_parquet_and_database_hold_the_built_rows(home):
    made = release(home, orders=7)
    expected = [(f"shop:{i}", i + 0.25) for i in range(7)]
    sql = "select order_key, cast(net_revenue as double) from core.fct_order order by net_revenue"
    assert rows(home, sql) == expected
    table = pq.read_table(made.path / "tables/core/fct_order.parquet").to_pydict()
    found = zip(table["order_key"], map(float, table["net_revenue"]), strict=True)
    assert sorted(found, key=lambda row: row[1]) == expected


def test_release_json_says_what_is_there(home):
    made = release(home, orders=4)
    facts = json.loads((made.path / "release.json").read_text(encoding="utf-8"))
    assert facts["release_id"] == made.id
    assert made.id.startswith("20260301T083000Z-")
    assert (facts["as_of"], facts["batches"]) == ("2026-02-28", ["b1", "b2"])
    assert facts["previous_release_id"] is None
    order = facts["tables"]["core.fct_order"]
    # 0.25 + 1.25 + 2.25 + 3.25
    assert (order["rows"], order["totals"]) == (4, {"net_revenue": "7.00"})
    for name, file in facts["files"].items():
        content = (made.path / name).read_bytes()
        assert file == {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def test_old_duckdb_can_read_the_file(home):
    made = release(home, orders=2)
    # Bytes 12 to 19 of a DuckDB file are the storage version: 64 is the format of 0.10 to 1.1.
    header = made.database.read_bytes()[:20]
    assert header[8:12] == b"DUCK"
    assert int.from_bytes(header[12:20], "little") == 64
    with duckdb.connect(str(build(home, orders=2))) as con:
        con.execute(f"attach '{str(made.database).replace(chr(39), chr(39) * 2)}' as r (read_only)")
        sql = "select tags['storage_version'] from duckdb_databases() where database_name = 'r'"
        assert con.execute(sql).fetchall()[0][0].startswith("v1.0.0")


def test_comments_reach_the_file(home):
    release(home, orders=1)
    tables = dict(rows(home, "select table_name, comment from duckdb_tables()"))
    assert tables["fct_order"] == "订单 — One row per order; it's no basket."
    assert tables["release"].startswith("发布信息")
    columns = rows(home, "select column_name, comment from duckdb_columns() where comment <> ''")
    assert ("net_revenue", "净收入 — What was kept, in CNY.") in columns


def test_own_tables_and_diff(home):
    first = release(home, orders=4, run=0)
    second = release(home, orders=6, run=1, mark=2, quality=[QUALITY])
    assert rows(home, "select * from ops.release") == [
        (second.id, FIRST_RUN.replace(second=1), date(2026, 2, 28), "c0de", first.id)
    ]
    assert rows(home, "select * from ops.quality_result") == [tuple(QUALITY.values())]
    diff = rows(home, "from ops.release_diff")
    found = {(relation, measure): tuple(map(float, rest)) for relation, measure, *rest in diff}
    assert found[("core.fct_order", "rows")] == (4, 6, 2)
    assert found[("core.fct_order", "net_revenue")] == (7, 16.5, 9.5)
    assert found[("core.fct_order", "keys_added")] == (0, 2, 2)
    assert found[("core.fct_order", "keys_removed")] == (0, 0, 0)
    # Members 0 and 1 were champions and are lost.
    assert found[("marts.member_rfm", "segment_moved")] == (0, 2, 2)
    assert not [key for key in found if key[0] == "ops.release"]


def test_readers_can_only_read(home):
    release(home, orders=1)
    with open_release(home) as con:
        for sql in (
            "create table t (i integer)",
            "delete from core.fct_order",
            "set enable_external_access = true",
            "select * from read_text('/etc/hostname')",
            "attach ':memory:' as other",
        ):
            with pytest.raises(duckdb.Error):
                con.execute(sql)


def test_a_kept_release_is_readable_but_not_current(home):
    first = release(home, orders=2, run=0)
    older = publish(home, build(home, 5), manifest(1), make_current=False)
    assert current(home).id == first.id
    assert rows(home, "select count(*) from core.fct_order", older.id) == [(5,)]
    assert [made.id for made in list_releases(home)] == [first.id, older.id]


def test_same_content_same_id_and_other_content_another(home):
    first, again = release(home, orders=3), release(home, orders=3)
    other = release(home, orders=4)
    assert first.id == again.id
    assert other.id != first.id
    assert len(list_releases(home)) == 2


def test_nothing_built_makes_no_release(home):
    release(home, orders=1)
    home.next_database.unlink()
    with duckdb.connect(str(home.next_database)) as con:
        con.execute("create schema core")
    with pytest.raises(ReleaseError, match="nothing built"):
        publish(home, home.next_database, manifest(1))
    assert len(list_releases(home)) == 1


def test_a_copy_that_lost_a_row_is_not_published(home, monkeypatch):
    last = release(home, orders=3)
    complete = build_module.create_database

    def losing(con, folder, relations):
        complete(con, folder, relations)
        con.execute("delete from current.core.fct_order where order_key = 'shop:1'")

    monkeypatch.setattr(build_module, "create_database", losing)
    with pytest.raises(ReleaseError, match="not written as built.*core.fct_order"):
        release(home, orders=3, run=1)
    assert current(home).id == last.id
    assert len(list_releases(home)) == 1


def test_nothing_published_yet(home):
    assert current(home) is None
    assert list_releases(home) == []
    with pytest.raises(ReleaseError, match="nothing is published yet"):
        open_release(home)
