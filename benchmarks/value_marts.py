"""The value marts at a given number of buyers, beside one scan of their order lines."""

from __future__ import annotations

import time
from datetime import datetime
from pathlib import Path

import duckdb

from dagster_project.build import dbt
from dagster_project.build.clock import end_of_day
from dagster_project.build.plan import BuildPlan
from dagster_project.scores import FITS, run_fit
from dagster_project.settings import Home, settings_from_environment

SEEDS = dbt.Layer(("resource_type:seed",), exclude=("resource_type:model",))
INPUTS = dbt.Layer(
    ("scr_purchase_day", "scr_clv_*"), exclude=("path:models/marts", "path:models/ops")
)
OTHERS = ("lifecycle", "programme", "voice", "mining", "marketing", "profile", "activation",
          "monitor")  # fmt: skip
VALUE = dbt.Layer(
    ("path:models/marts/value",),
    exclude=("path:models/ops", *(f"path:models/marts/{folder}" for folder in OTHERS)),
)
CORE = """
create schema core;
create table core.fct_order as
select
    concat('o', row_number() over (order by member, day)) as order_key, 'shop' as channel,
    concat('m', member) as member_id, cast(date '{last}' - ({days} - day) as date) as ordered_on,
    row_number() over (partition by member order by day) as order_number, true as is_valid,
    cast(20 + hash(member, day) % 200 as decimal(18, 2)) as net_revenue,
    cast(8 + hash(member, day) % 80 as decimal(18, 2)) as margin_amount,
    cast(null as varchar) as campaign_key
from drawn;
create table core.fct_order_line as
select
    order_key, line_no, concat('c', hash(order_key, line_no) % 12) as category,
    cast(net_revenue / 3 as decimal(18, 2)) as line_amount
from core.fct_order cross join range(1, 4) as l(line_no);
create table core.fct_refund as
select
    cast(null as varchar) as order_key, cast(null as varchar) as member_id, 'shop' as channel,
    date '{last}' as refunded_on, cast(0 as decimal(18, 2)) as amount,
    cast(0 as decimal(18, 2)) as recovered_cost_amount
where false;
create table core.fct_service_ticket as select cast(null as varchar) as member_id where false;
create table core.dim_member as
select distinct member_id, true as is_buyer from core.fct_order;
create table core.dim_date as
select
    cast(d as date) as date_day, cast(date_trunc('month', d) as date) as month_start
from range(date '{last}' - {days}, date '{last}' + 1, interval 1 day) as r(d);
"""
SCAN = "select count(*), sum(line_amount), count(distinct category) from core.fct_order_line"


def measure(buyers: int, folder: Path) -> None:
    """Lay core by hand, build inputs, fits and value marts, and print the seconds."""
    from benchmarks.clv import DAYS, LAST_DAY, draw

    settings, home = settings_from_environment(), Home(folder / "home")
    home.next_database.parent.mkdir(parents=True)
    drawn = draw(buyers)
    with duckdb.connect(str(home.next_database)) as con:
        con.register("drawn", drawn)
        con.execute(CORE.format(last=LAST_DAY, days=DAYS))
        con.execute("checkpoint")
        con.execute(f"set threads = {settings.threads}")
        began = time.perf_counter()
        lines = con.execute(SCAN).fetchall()[0][0]
        scan = time.perf_counter() - began
    plan = BuildPlan(
        run_id="bench", delivered_at=datetime(2030, 1, 1), as_of=LAST_DAY,
        as_of_end=end_of_day(LAST_DAY, settings), fingerprint="", make_current=False, batches=(),
    )  # fmt: skip
    dbt.build(home, settings, plan, SEEDS)
    seconds: dict[str, float] = {}
    models: dict[str, float] = {}

    def told(name: str, status: str, took: float) -> None:
        if status == "success":
            models[name] = took

    for name, layer in (("inputs", INPUTS), ("value marts", VALUE)):
        began = time.perf_counter()
        dbt.build(home, settings, plan, layer, told)
        seconds[name] = time.perf_counter() - began
        if name == "inputs":
            began = time.perf_counter()
            run_fit(home.next_database, next(fit for fit in FITS if fit.name == "clv"), LAST_DAY)
            seconds["fit and scores"] = time.perf_counter() - began
    whole = sum(seconds.values())
    parts = ", ".join(f"{name} {took:.1f}" for name, took in seconds.items())
    print(f"{buyers:,} buyers, {lines:,} order lines: {whole:.1f} s ({parts}), tests included")
    slowest = sorted(models.items(), key=lambda item: -item[1])[:5]
    print("slowest models: " + ", ".join(f"{name} {took:.1f}" for name, took in slowest))
    print(f"one scan of the order lines: {scan:.2f} s; the build is {whole / scan:.0f} scans")
