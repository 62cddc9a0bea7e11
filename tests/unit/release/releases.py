"""A small built database, and the means to publish it, to watch it and to die while at it."""

import importlib
import os
import signal
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb

from dagster_project.release import (
    Description,
    Release,
    ReleaseManifest,
    current,
    open_release,
    publish,
)
from dagster_project.settings import Home

FIRST_RUN = datetime(2026, 3, 1, 8, 30)
DESCRIPTION = Description(
    comments={
        "core.fct_order": "订单 — One row per order; it's no basket.",
        "core.fct_order.net_revenue": "净收入 — What was kept, in CNY.",
    },
    keys={"core.fct_order": ["order_key"], "marts.member_rfm": ["member_id"]},
    segments={"marts.member_rfm": ["segment"]},
)


def build(home: Home, orders: int, mark: int = 0) -> Path:
    """Write ``work/next.duckdb``: ``orders`` orders and members, every value led by ``mark``."""
    home.next_database.parent.mkdir(parents=True, exist_ok=True)
    home.next_database.unlink(missing_ok=True)
    with duckdb.connect(str(home.next_database)) as con:
        con.execute(f"""
            create schema core; create schema marts; create schema ops; create schema staging;
            create table core.fct_order as
            select
                'shop:' || i as order_key,
                cast(i + 0.25 as decimal(18, 2)) as net_revenue,
                timestamp '2026-01-01' + to_hours(cast(i as integer)) as ordered_at,
                {mark} as mark
            from range({orders}) as r(i);
            create table marts.member_rfm as
            select
                'm' || i as member_id,
                if(i < {mark}, 'lost', 'champion') as segment,
                {mark} as mark
            from range({orders}) as r(i);
            create table ops.ingest_file as
            select 'orders.csv' as file, 'orders' as entity,
                {orders} as rows_read, {orders} as rows_loaded;
            create table staging.secret as select 1 as id;
            create table core.fct_order__dbt_tmp as select 1 as id;
        """)
    return home.next_database


def manifest(run: int = 0, **given) -> ReleaseManifest:
    """The manifest of the run that began ``run`` seconds after the first."""
    facts = {
        "created_at": FIRST_RUN + timedelta(seconds=run),
        "as_of": date(2026, 2, 28),
        "code_version": "c0de",
        "batches": ("b2", "b1"),
        "description": DESCRIPTION,
    }
    return ReleaseManifest(**(facts | given))


def release(home: Home, orders: int, run: int = 0, mark: int = 0, **given) -> Release:
    """Build and publish."""
    return publish(home, build(home, orders, mark), manifest(run, **given))


def publish_and_die(root: Path, step: str, when: str) -> None:
    """Publish five orders, and get killed before or after one step (``module.function``)."""
    home = Home(root)
    module_name, _, name = step.rpartition(".")
    module = importlib.import_module(f"dagster_project.release.{module_name}")
    original = getattr(module, name)

    def dying(*args, **kwargs):
        if when == "after":
            original(*args, **kwargs)
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(module, name, dying)
    publish(home, home.next_database, manifest(run=1))


def whole(home: Home) -> bool:
    """Whether the current release says one number of orders in all its tables."""
    with open_release(home) as con:
        found = con.execute("""
            select count(*), min(mark), max(mark),
                (select count(*) from marts.member_rfm),
                (select max(mark) from marts.member_rfm),
                (select rows_read from ops.ingest_file)
            from core.fct_order
        """).fetchall()[0]
    return len(set(found)) == 1


def watch(root: Path, stop, results) -> None:
    """Read the current release until told to stop; report reads, releases seen and the faults."""
    home, reads, seen, faults = Home(root), 0, set(), []
    while not stop.is_set():
        try:
            seen.add(current(home).id)
            reads += 1
            if not whole(home):
                faults.append("a mixed release")
        except Exception as error:  # a reader's any error is the finding
            faults.append(repr(error))
    results.put((reads, len(seen), faults[:3]))
