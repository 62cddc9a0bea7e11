"""Tables and queries of a real database, read once, read on, killed and read on."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from dagster_project.connectors import ConnectorError, Feed, database, pull_source, read_sources
from dagster_project.connectors import pull as pull_module
from tests.unit.connectors.servers import postgresql
from tests.unit.ingest.delivery import Warehouse, warehouse  # noqa: F401

START = datetime(2024, 1, 1)
SOURCES = """
sources:
  erp:
    database: TEST_ERP_URL
    time_zone: UTC
    feeds:
      refunds:
        table: shop_refunds
        cursor: changed
        key: number
        page_rows: 3
        deleted: {column: gone, set: {amount: 0, reason: cancelled}}
        columns: {refund_id: number, order_id: order_no, refunded_at: made, amount: value}
"""
SEEN = """
    select refund_id, cast(amount as varchar), cast(refunded_at as varchar)
    from raw.contract__refunds
    qualify row_number() over (
        partition by refund_id order by delivered_at desc, delivery_file desc
    ) = 1
    order by refund_id"""
TABLE = sa.Table(
    "shop_refunds",
    sa.MetaData(),
    sa.Column("number", sa.BigInteger, primary_key=True),
    sa.Column("order_no", sa.String(20)),
    sa.Column("made", sa.DateTime),
    sa.Column("value", sa.Numeric(12, 2)),
    sa.Column("gone", sa.Boolean),
    sa.Column("changed", sa.DateTime),
)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def url(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp(request.param)
    if request.param == "sqlite":
        yield f"sqlite:///{folder}/shop.db"
    else:
        with postgresql(folder) as found:
            yield found


@pytest.fixture
def shop(url, warehouse: Warehouse, monkeypatch):  # noqa: F811
    """The warehouse beside a table of seven refunds, two of them changed at the same instant."""
    engine = sa.create_engine(url)
    TABLE.metadata.drop_all(engine)
    TABLE.metadata.create_all(engine)
    monkeypatch.setenv("TEST_ERP_URL", url)
    warehouse.engine = engine
    write(engine, range(1, 8))
    warehouse.home.root.mkdir(parents=True, exist_ok=True)
    (warehouse.home.root / "sources.yml").write_text(SOURCES)
    yield warehouse
    engine.dispose()


def write(engine, numbers, minutes=0, value=1, gone=False):
    rows = [
        {
            "number": (1 << 60) + n, "order_no": f"00{n}", "made": START, "value": value,
            "gone": gone, "changed": START + timedelta(minutes=minutes + n // 2),
        }
        for n in numbers
    ]  # fmt: skip
    with engine.begin() as con:
        con.execute(TABLE.delete().where(TABLE.c.number.in_([row["number"] for row in rows])))
        con.execute(TABLE.insert(), rows)


def pull(shop) -> tuple[int, int]:
    [report] = pull_source(shop.home, read_sources(shop.home)["erp"])
    return report.rows, report.pages


def amounts(shop, hour=0) -> list[tuple[str, str]]:
    shop.ingest(datetime(2024, 6, 1, hour))
    return [(str(int(no) - (1 << 60)), amount) for no, amount, _ in shop.query(SEEN)]


def test_a_table_is_read_once_and_then_on(shop):
    assert pull(shop) == (7, 3)
    assert pull(shop) == (0, 0)
    assert amounts(shop) == [(str(n), "1.00") for n in range(1, 8)]
    # SQLite keeps times as text without a zone: they are the business zone's
    midnight = "2023-12-31 16:00:00" if shop.engine.name == "sqlite" else "2024-01-01 00:00:00"
    assert {at for *_, at in shop.query(SEEN)} == {midnight}
    write(shop.engine, [2, 8], minutes=60, value="2.50")
    write(shop.engine, [3], minutes=90, gone=True)
    assert pull(shop) == (3, 1)
    found = dict(amounts(shop, 1))
    assert found == dict.fromkeys("14567", "1.00") | {"2": "2.50", "8": "2.50", "3": "0.00"}


@pytest.mark.parametrize("when", ["before the page", "after the page"])
def test_a_killed_pull_goes_on(shop, monkeypatch, when):
    land, landed = pull_module.land_page, []

    def dying(*args):
        if when == "before the page" and len(landed) == 1:
            raise KeyboardInterrupt
        landed.append(land(*args))
        if when == "after the page" and len(landed) == 2:
            raise KeyboardInterrupt
        return landed[-1]

    monkeypatch.setattr(pull_module, "land_page", dying)
    with pytest.raises(KeyboardInterrupt):
        pull(shop)
    amounts(shop)
    monkeypatch.setattr(pull_module, "land_page", land)
    assert pull(shop) == (4, 2)
    assert amounts(shop, 1) == [(str(n), "1.00") for n in range(1, 8)]


def test_a_late_row_is_found_by_the_overlap(shop):
    text = SOURCES.replace("page_rows: 3", "page_rows: 3\n        overlap_seconds: 600")
    pull(shop)
    write(shop.engine, [9], minutes=-5)
    assert pull(shop) == (0, 0)
    (shop.home.root / "sources.yml").write_text(text)
    # SQLite has no times to go back by: there it finds nothing more
    expected = 7 if shop.engine.name == "sqlite" else 8
    assert pull(shop)[0] == (0 if shop.engine.name == "sqlite" else 8)
    assert len(amounts(shop)) == expected


def test_the_overlap_goes_back_from_the_last_row():
    feed = Feed("refunds", table="t", cursor="changed", key="number", overlap_seconds=600)
    [place] = database._start(
        feed, {"cursor": START, "key": 7}, sa.column("changed"), sa.column("number")
    )
    assert str(place) == "changed >= :changed_1"
    assert place.right.value == START - timedelta(minutes=10)


def test_a_query_without_cursor_is_read_whole_each_time(shop):
    (shop.home.root / "sources.yml").write_text("""
sources:
  erp:
    database: TEST_ERP_URL
    feeds:
      stores: {query: "select distinct gone as store_id from shop_refunds"}
""")
    assert pull(shop) == (1, 1)
    assert pull(shop) == (1, 1)
    assert [one.status for one in shop.ingest().files] == ["loaded", "known"]


def test_what_is_wrong_is_said(shop, monkeypatch):
    with shop.engine.begin() as con:
        con.execute(TABLE.update().values(changed=None).where(TABLE.c.number == (1 << 60) + 1))
    with pytest.raises(ConnectorError, match="1 rows have no changed"):
        pull(shop)
    for there, instead, message in (
        ("table: shop_refunds", "table: nothing", "refunds: the database refuses"),
        ("        key: number\n", "", "needs a `key`"),
        ("key: number", "kye: number", r"unknown \['kye'\]"),
    ):
        (shop.home.root / "sources.yml").write_text(SOURCES.replace(there, instead))
        with pytest.raises(ConnectorError, match=message):
            pull(shop)
    (shop.home.root / "sources.yml").write_text(SOURCES)
    monkeypatch.delenv("TEST_ERP_URL")
    with pytest.raises(ConnectorError, match="set the variable TEST_ERP_URL"):
        pull(shop)
    (shop.home.root / "sources.yml").write_text(SOURCES.replace("refunds:", "refund:"))
    with pytest.raises(ConnectorError, match="no entity refund"):
        pull(shop)
