"""Break one input: the gate blocks, nothing downstream runs, readers keep the last release."""

from __future__ import annotations

import gzip
import hashlib
import random
import shutil
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from dagster_project.build import dbt
from dagster_project.scores import FITS
from dagster_project.settings import Home
from tests.pipeline.support import deliver, published, refresh, rows

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("no_data_tests")]

DAYS = 29  # four deliveries of every weekday come before


def orders(day: int, scale: int = 1, count: int = 120) -> list[dict[str, object]]:
    """One day's orders: the customers come back, the amounts are yuan."""
    chance = random.Random(day)
    return [
        {
            "order_id": f"o{day}-{number}",
            "customer_id": f"c{chance.randrange(400)}",
            "ordered_at": f"2026-03-{day:02d} {chance.randrange(8, 22):02d}:30:00",
            "status": "completed",
            "currency": "CNY",
            "gross_amount": chance.randrange(50, 400) * scale,
            "net_paid_amount": chance.randrange(50, 400) * scale,
        }
        for number in range(count)
    ]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home that has published a few ordinary days, one by one."""
    home = Home(tmp_path_factory.mktemp("gates") / "home")
    for day in range(1, DAYS):
        deliver(home, f"webshop/orders_2026-03-{day:02d}", orders(day))
    published(home)
    return home


@pytest.fixture
def brand(base: Home, tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    shutil.copytree(base.root, home.root, symlinks=True)
    return home


def release_bytes(home: Home) -> dict[str, str]:
    folder = home.current.resolve()
    return {
        str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(folder.rglob("*"))
        if p.is_file()
    } | {"current": str(folder.name)}


def steps_done(run_id: str) -> set[str]:
    with dg.DagsterInstance.get() as instance:
        assert instance.get_run_by_id(run_id).status == dg.DagsterRunStatus.FAILURE
        return {
            event.dagster_event.step_key
            for event in instance.all_logs(run_id)
            if event.dagster_event and event.dagster_event.event_type_value == "STEP_SUCCESS"
        }


def assert_blocked(home: Home, ran: set[str]) -> str:
    before = release_bytes(home)
    result = refresh(home)
    assert result.code == 3, result.messages
    assert release_bytes(home) == before
    assert rows(home, "select count(*) from core.fct_order") == [((DAYS - 1) * 120,)]
    assert steps_done(result.run_id) == ran
    return "\n".join(result.messages)


def drop_column(listed: list[dict[str, object]], name: str) -> list[dict[str, object]]:
    return [{k: v for k, v in row.items() if k != name} for row in listed]


@pytest.mark.parametrize(
    ("name", "delivery"),
    [
        ("fen for yuan", orders(DAYS, scale=100)),
        ("doubled rows", orders(DAYS) * 2),
        ("a missing column", drop_column(orders(DAYS), "net_paid_amount")),
        ("an unknown status", [{**row, "status": "teleported"} for row in orders(DAYS)]),
        ("far too few rows", orders(DAYS, count=20)),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_the_arrival_gate_blocks(brand: Home, name: str, delivery):
    deliver(brand, f"webshop/orders_2026-03-{DAYS:02d}", delivery)
    message = assert_blocked(brand, {"ingest"})
    assert "orders" in message, message


def test_a_truncated_file_blocks(brand: Home):
    whole = "order_id,ordered_at,status,net_paid_amount\n" + "a,2026-03-06,completed,5\n" * 400
    path = brand.landing / "webshop" / "orders_2026-03-06.csv.gz"
    path.write_bytes(gzip.compress(whole.encode())[:-20])
    assert_blocked(brand, {"ingest"})


def corrupt_after(monkeypatch: pytest.MonkeyPatch, layer: str, *statements: str) -> None:
    real = dbt.build

    def build(home: Home, settings, plan, built: dbt.Layer, on_result):
        events = real(home, settings, plan, built, on_result)
        if any(layer in part for part in built.select):
            with duckdb.connect(str(home.next_database)) as con:
                con.execute(";".join(statements))
        return events

    monkeypatch.setattr(dbt, "build", build)


BEFORE_CORE = {"ingest", "gate_arrival", "conform", "resolve_identity", "core"}


def test_the_members_gate_blocks(brand: Home, monkeypatch):
    """The day itself is an ordinary one: the arrival gate lets it pass."""
    deliver(brand, f"webshop/orders_2026-03-{DAYS:02d}", orders(DAYS))
    corrupt_after(
        monkeypatch, "schema:core",
        "delete from core.fct_order where order_number = 1",
        "update core.fct_order set net_paid_amount = net_paid_amount * 100",
    )  # fmt: skip
    message = assert_blocked(brand, BEFORE_CORE)
    assert "fct_order__order_numbers_run" in message
    assert "fct_order_line__totals_of_orders" in message


def test_the_marts_gate_blocks(brand: Home, monkeypatch):
    """Of an ordinary day both gates before this one let all pass."""
    deliver(brand, f"webshop/orders_2026-03-{DAYS:02d}", orders(DAYS))
    corrupt_after(
        monkeypatch, "schema:marts",
        "delete from marts.member_rfm where r_score = 5",
        "update core.dim_member set city = '13912345678' where member_id = "
        "(select min(member_id) from core.dim_member)",
    )  # fmt: skip
    fits = {f"fit_{fit.name}" for fit in FITS}
    message = assert_blocked(brand, {*BEFORE_CORE, "gate_members", "score_inputs", *fits, "marts"})
    assert "member_rfm__segments_are_buyers" in message
    assert "published_text__no_phone" in message
