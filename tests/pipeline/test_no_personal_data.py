"""Search every file of a home, landing aside, for planted phones, e-mails and names."""

from __future__ import annotations

import gzip
import re
import sqlite3
import zlib
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from dagster_project.settings import Home
from tests.pipeline.support import deliver, published

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("no_data_tests")]

PEOPLE = 100


def people() -> list[dict[str, str]]:
    return [
        {
            "customer_id": f"c{n}" if n % 3 else f"1370013{n:04d}",
            "name": f"欧阳测试{n:03d}号" if n % 2 else f"Quentin Zweistein{n:03d}",
            "phone": f"1390013{n:04d}",
            "email": f"quentin.zweistein.{n:03d}@mail.example",
            "wechat_unionid": f"oUnionPlanted{n:03d}xyz",
            "birth_date": "1988-08-08",
            "address": f"苹果街{n:03d}号 1390013{n:04d}",
            "registered_at": "2026-01-05 10:00:00",
        }
        for n in range(PEOPLE)
    ]


def secrets() -> re.Pattern[bytes]:
    words = ["欧阳测试", "苹果街", "weistein", "1390013", "1370013", "oUnionPlanted"]
    return re.compile(b"|".join(word.encode() for word in words), re.IGNORECASE)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("private") / "home")
    listed = people()
    deliver(home, "webshop/customers", listed)
    deliver(
        home,
        "webshop/orders",
        (
            {
                "order_id": f"o{n}", "customer_id": person["customer_id"],
                "phone": person["phone"], "ordered_at": "2026-01-06 12:00:00",
                "status": "completed" if n else "", "net_paid_amount": "10",
                "buyer_wrote": f"call {person['phone']} {person['name']}",
            }
            for n, person in enumerate(listed)
        ),
    )  # fmt: skip
    deliver(
        home,
        "webshop/surveys",
        (
            {
                "response_id": f"s{n}", "customer_id": person["customer_id"], "survey_type": "nps",
                "score": 9, "reason": f"ask {person['email']}", "answered_at": "2026-01-07",
                "comment": f"{person['name']} {person['phone']}",
            }
            for n, person in enumerate(listed)
        ),
    )  # fmt: skip
    return published(home)


def _tables(path: Path) -> Iterator[bytes]:
    with duckdb.connect(str(path), read_only=True) as con:
        for schema, name in con.execute(
            "select table_schema, table_name from information_schema.tables"
        ).fetchall():
            try:
                found = con.execute(f'select * from "{schema}"."{name}"').fetchall()
            except duckdb.CatalogException:
                continue  # a view over the build's own name; its rows are read from raw below
            yield repr(found).encode()


def texts(path: Path) -> Iterator[bytes]:
    """A file's bytes, and what is inside it when it is a container."""
    content = path.read_bytes()
    yield content
    if path.suffix == ".parquet":
        yield repr(duckdb.execute("select * from read_parquet(?)", [str(path)]).fetchall()).encode()
    elif path.suffix == ".duckdb":
        yield from _tables(path)
    elif content[:2] == b"\x1f\x8b":
        yield gzip.decompress(content)
    elif content[:15] == b"SQLite format 3":
        with sqlite3.connect(path) as con:
            yield "\n".join(con.iterdump()).encode()
    elif content[:1] == b"\x78":
        yield zlib.decompress(content)


def test_the_search_finds_what_is_there(home: Home):
    landed = [t for p in home.landing.rglob("*.csv") for t in texts(p)]
    assert sum(len(secrets().findall(text)) for text in landed) > PEOPLE


def test_nothing_personal_outside_landing(home: Home):
    pattern = secrets()
    searched = [
        path
        for path in home.root.rglob("*")
        if path.is_file() and not path.is_symlink() and home.landing not in path.parents
    ]
    assert {".parquet", ".duckdb", ".json", ".db"} <= {path.suffix for path in searched}
    leaks = [
        str(path.relative_to(home.root))
        for path in searched
        if any(pattern.search(text) for text in texts(path))
    ]
    assert leaks == []
