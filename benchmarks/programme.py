"""Tiers and points at three sizes: ``python -m benchmarks.programme --members 1000000``.

Members, orders, refunds and a ledger of about ten entries a member over three years are put into
core; then the models of the programme build on them. Prints seconds per model and how the whole
grows in CPU seconds from size to size, against the growth of the ledger (1.0 is linear).
"""

from __future__ import annotations

import argparse
import tempfile
import time
from datetime import date, datetime
from pathlib import Path

import duckdb

from dagster_project.build.clock import end_of_day
from dagster_project.build.dbt import Layer, build
from dagster_project.build.plan import BuildPlan
from dagster_project.settings import Home, Settings

AS_OF = date(2026, 10, 31)
RULES = (
    "tier_rules",
    "programme_rules",
    "points_rules",
    "points_entry_rules",
    "points_horizons",
)
MODELS = (
    "tier_earning", "tier_standing", "tier_path", "member_tier_history", "member_tier",
    "points_step", "points_draw", "points_lot", "points_balance", "points_movement",
)  # fmt: skip
# drawn(a, b, n): a number below n that looks random and is the same every time.
CORE = """
create schema core; create schema marts;
create macro drawn(a, b, n) as cast(hash(a * 1000003 + b) % n as bigint);
create table m as
select i, 'm' || i as member_id,
    1 + cast(floor(-4 * ln((drawn(i, 1, 1000000) + 1) / 1000001.0)) as integer) as bought
from range({members}) as r(i);
create table core.dim_member as select member_id, timestamp '2023-11-01' as first_seen_at from m;
create table core.member_identity as
select member_id || ':1' as record_key, member_id, timestamp '2023-11-01' as valid_from,
    cast(null as timestamp) as linked_at from m;
create table core.dim_date as
select cast(d as date) as date_day
from range(date '2023-11-01', date '2026-11-01', interval 1 day) as r(d);
create table core.fct_tier_grant as
select member_id, 'gold' as tier_code, date '2026-01-01' + cast(i % 90 as integer) as starts_on,
    cast(null as date) as ends_on from m where i % 200 = 0;
create table core.fct_event as
select '' as member_id, '' as record_key, timestamp '2026-01-01' as occurred_at,
    date '2026-01-01' as occurred_on where false;
create table o as
select m.*, j, member_id || ':' || j as order_key,
    timestamp '2023-12-01' + to_seconds(cast(drawn(i, 10 + j, 90000000) as bigint)) as ordered_at,
    cast(20 + drawn(i, 500 + j, 30000) / 50.0 as decimal(18, 2)) as paid
from m, lateral (select unnest(range(bought)) as j);
create table core.fct_order as
select order_key, 'shop' as channel, member_id, member_id || ':1' as record_key, ordered_at,
    cast(ordered_at + interval 8 hour as date) as ordered_on, paid as net_paid_amount,
    true as is_valid from o;
create table core.fct_refund as
select order_key || ':r' as refund_key, order_key, member_id, member_id || ':1' as record_key,
    ordered_at + interval 9 day as refunded_at,
    cast(ordered_at + interval 9 day + interval 8 hour as date) as refunded_on, paid as amount
from o where drawn(i, 900 + j, 16) = 0;
create table core.fct_points_entry as
with e as (
    select member_id, order_key, 'earn' as kind, ordered_at + interval 15 minute as moment,
        floor(paid) as points from o
    union all
    select member_id, null, 'earn', timestamp '2023-12-01 04:00:00', 100 from m
    union all
    select member_id, null, 'earn', ordered_at + interval 3 day, 5 from o where j % 2 = 0
    union all
    select member_id, order_key || ':s', 'redeem', ordered_at + interval 40 day,
        -(50 + drawn(i, 700 + j, 300)) from o where drawn(i, 800 + j, 5) < 2
    union all
    select member_id, order_key || ':s', 'return_redeem', ordered_at + interval 50 day,
        30 from o where drawn(i, 800 + j, 5) = 0 and j % 3 = 0
    union all
    select member_id, order_key, 'reverse_earn', ordered_at + interval 9 day, -floor(paid)
    from o where drawn(i, 900 + j, 16) = 0
    union all
    select member_id, null, 'expire', ordered_at + interval 366 day, -(20 + drawn(i, 600 + j, 200))
    from o where j % 5 = 0
)
select
    'e' || row_number() over (order by member_id, moment, kind) as points_entry_key,
    'shop' as channel, member_id, member_id || ':1' as record_key, order_key,
    order_key as order_id, kind as entry_type, 'purchase' as reason, moment as occurred_at,
    cast(moment + interval 8 hour as date) as occurred_on,
    cast(moment + interval 366 day as timestamp) as expires_at,
    cast(points as decimal(18, 2)) as points
from e where moment < timestamp '2026-10-31 16:00:00';
drop table o; drop table m;
"""


def _plan() -> BuildPlan:
    return BuildPlan(
        run_id="bench", delivered_at=datetime(2026, 11, 1), as_of=AS_OF,
        as_of_end=end_of_day(AS_OF, Settings()), fingerprint="", mode="", reason="",
        make_current=False, batches=(), open_batches=(), new_batches=(),
    )  # fmt: skip


def measure(members: int, folder: Path) -> tuple[int, dict[str, float], tuple[float, float]]:
    """Ledger entries, seconds per model; elapsed and CPU seconds of all with its data tests."""
    home = Home(folder)
    home.next_database.parent.mkdir(parents=True)
    with duckdb.connect(str(home.next_database)) as con:
        con.execute(CORE.format(members=members))
        entries = con.execute("select count(*) from core.fct_points_entry").fetchall()[0][0]
    build(home, Settings(), _plan(), Layer(RULES, ("path:models/marts",)))
    seconds: dict[str, float] = {}
    began, burnt = time.perf_counter(), time.process_time()
    build(
        home, Settings(), _plan(), Layer(MODELS), lambda name, _, took: seconds.update({name: took})
    )
    whole, burnt = time.perf_counter() - began, time.process_time() - burnt
    return entries, {model: seconds[model] for model in MODELS}, (whole, burnt)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--members", type=int, default=1_000_000, help="the largest size")
    largest = parser.parse_args().members
    before: tuple[int, float] | None = None
    for members in (largest // 25, largest // 5, largest):
        with tempfile.TemporaryDirectory() as folder:
            entries, seconds, (whole, burnt) = measure(members, Path(folder) / "home")
        total = sum(seconds.values())
        print(f"{members:,} members, {entries:,} entries: {total:.1f} s in models")
        print(f"  {whole:.1f} s and {burnt:.1f} CPU s in all, data tests included")
        print(*(f"  {model} {took:.1f}" for model, took in seconds.items()), sep="\n", flush=True)
        if before:
            growth = (burnt / before[1]) / (entries / before[0])
            print(f"  growth against the size before, over the ledger's: {growth:.2f}", flush=True)
        before = entries, burnt


if __name__ == "__main__":
    main()
