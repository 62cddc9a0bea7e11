"""The nasty cells of files, out of a database and a service: the same values, or quarantine.

What only these two have comes beside: cells that are no text.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
import yaml

from dagster_project.connectors import pull_source, read_sources
from dagster_project.privacy.keys import load_keys
from tests.unit.connectors.servers import Service, postgresql
from tests.unit.ingest.cells import COLUMNS, PLAIN, Row, judge
from tests.unit.ingest.delivery import Warehouse, warehouse  # noqa: F401

CHINA = timezone(timedelta(hours=8))
INSTANT = datetime(2024, 1, 1, 19, 4, 5)
MOST = Decimal("9999999999999999.99")
# Cells as a service's JSON holds them, and their values.
IN_JSON = [
    ("gross_amount", 1234.5, Decimal("1234.50")),
    ("gross_amount", 0, Decimal("0.00")),
    ("gross_amount", 0.1, Decimal("0.10")),
    ("gross_amount", -3, Decimal("-3.00")),
    ("is_test", True, True),
    ("is_test", False, False),
    ("is_test", 1, True),
    ("coupon_id", 9007199254740993, "9007199254740993"),
    ("coupon_id", (1 << 70) + 1, str((1 << 70) + 1)),
    ("coupon_id", None, None),
    ("phone", 13800000001, "+8613800000001"),
    ("ordered_at", 1704135845, INSTANT),
    ("ordered_at", 1704135845000, INSTANT),
]
# Tables of one row: the type of a column, its cell, and the value.
IN_TABLES = [
    {
        "ordered_at": (sa.DateTime(), datetime(2024, 1, 2, 3, 4, 5), INSTANT),
        "gross_amount": (sa.Integer(), 12, Decimal("12.00")),
        "is_test": (sa.Boolean(), True, True),
        "coupon_id": (sa.BigInteger(), 2**63 - 1, str(2**63 - 1)),
        "phone": (sa.BigInteger(), 13800000001, "+8613800000001"),
    },
    {
        "ordered_at": (sa.Date(), date(2024, 1, 2), datetime(2024, 1, 1, 16)),
        "gross_amount": (sa.Double(), 0.1, Decimal("0.10")),
        "is_test": (sa.Boolean(), False, False),
        "coupon_id": (sa.CHAR(20), "00117", "00117"),
        "phone": (sa.Text(), None, None),
    },
    {
        "ordered_at": (sa.BigInteger(), 1704135845123, INSTANT.replace(microsecond=123000)),
        "gross_amount": (sa.Numeric(9, 2), None, None),
        "is_test": (sa.SmallInteger(), 1, True),
        "coupon_id": (sa.Integer(), 0, "0"),
        "phone": (sa.CHAR(20), "138 0000 0001", "+8613800000001"),
    },
]
# SQLite has neither zones nor exact numbers.
IN_POSTGRESQL = [
    {
        "ordered_at": (sa.DateTime(timezone=True), INSTANT.replace(tzinfo=UTC), INSTANT),
        "gross_amount": (sa.Numeric(18, 2), MOST, MOST),
    },
    {
        "ordered_at": (
            sa.DateTime(timezone=True), datetime(2024, 1, 2, 3, 4, 5, tzinfo=CHINA), INSTANT,
        ),
        "gross_amount": (sa.Numeric(30, 10), Decimal("1234.5"), Decimal("1234.50")),
    },
]  # fmt: skip


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def engine(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp(request.param)
    if request.param == "sqlite":
        yield sa.create_engine(f"sqlite:///{folder}/shop.db")
    else:
        with postgresql(folder) as url:
            yield sa.create_engine(url)


@pytest.fixture
def shop(warehouse: Warehouse):  # noqa: F811
    warehouse.home.root.mkdir(parents=True, exist_ok=True)
    return warehouse


def pull(shop: Warehouse, channel: str, source: dict[str, Any], **feed: Any) -> None:
    """Ask a source, of one channel, for its orders."""
    said = {"sources": {channel: {**source, "feeds": {"orders": feed}}}}
    (shop.home.root / "sources.yml").write_text(yaml.safe_dump(said), encoding="utf-8")
    pull_source(shop.home, read_sources(shop.home)[channel])


def lay(engine: sa.Engine, name: str, rows: list[Row], types: dict[str, Any]) -> None:
    """A table of these rows, text where nothing else is said."""
    kinds = dict.fromkeys(COLUMNS, sa.Text()) | types
    table = sa.Table(name, sa.MetaData(), *(sa.Column(one, kind) for one, kind in kinds.items()))
    table.metadata.drop_all(engine)
    table.metadata.create_all(engine)
    with engine.begin() as con:
        con.execute(table.insert(), rows)


@pytest.fixture
def from_database(shop: Warehouse, engine: sa.Engine, monkeypatch):
    """Sends rows by way of a table: (channel, rows, types of its columns)."""
    monkeypatch.setenv("TEST_URL", engine.url.render_as_string(hide_password=False))

    def send(channel: str, rows: list[Row], **types: Any) -> None:
        lay(engine, f"orders_{channel}", rows, types)
        pull(shop, channel, {"database": "TEST_URL"}, query=f"select * from orders_{channel}")

    return send


def test_cells_of_a_database(shop: Warehouse, from_database):
    judge(shop, from_database)


def test_typed_cells_of_a_database(shop: Warehouse, engine: sa.Engine, from_database):
    tables = IN_TABLES + (IN_POSTGRESQL if engine.name == "postgresql" else [])
    for number, cells in enumerate(tables):
        row = {"order_id": "1"} | PLAIN | {name: cell for name, (_, cell, _) in cells.items()}
        types = {name: kind for name, (kind, *_) in cells.items()}
        from_database(f"typed{number}", [row], **types)
    assert shop.ingest().held == []
    keys = load_keys(shop.home)
    for number, cells in enumerate(tables):
        names = [f"{name}_token" if name == "phone" else name for name in cells]
        [found] = shop.query(
            f"select {', '.join(names)} from raw.contract__orders where channel = 'typed{number}'"
        )
        values = {name: value for name, (*_, value) in cells.items()}
        if values.get("phone"):
            values["phone"] = keys.token("phone", values["phone"])
        assert dict(zip(cells, found, strict=True)) == values


def answers(shop: Warehouse, channel: str, text: str) -> None:
    """Pull the records of an answer."""
    with Service().running() as service:
        service.handlers["/orders"] = lambda params, url: (text, {})
        pull(shop, channel, {"service": service.url}, path="/orders", records="orders")


def test_cells_of_a_service(shop: Warehouse):
    judge(shop, lambda channel, rows: answers(shop, channel, json.dumps({"orders": rows})))


def test_typed_cells_of_a_service(shop: Warehouse):
    """Numbers keep the digits they are written with, more than a double has."""

    def send(channel: str, rows: list[Row]) -> None:
        answers(shop, channel, json.dumps({"orders": rows}).replace(f'"{MOST}"', str(MOST)))

    judge(shop, send, [*IN_JSON, ("gross_amount", str(MOST), MOST)], [])
