"""Fitting BG/NBD beside lifetimes, and the value marts beside one scan of the order lines.

``python -m benchmarks.clv [BUYERS ...]`` draws buyers by the model's own story, writes their
purchase days to a DuckDB file, and measures in processes of their own, so that each has its own
memory:

- ours: the group-by to distinct histories in the engine, then the fit;
- lifetimes: the fit on a row per buyer, arrays ready in memory (making them is not counted).

``--marts`` also builds inputs, fits and value marts of the last size and prints their time beside
a scan of the order lines. Ratios are of CPU seconds measured in this run.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

SIZES = (100_000, 1_000_000)
TRUTH = {"r": 0.6, "alpha": 8.0, "a": 0.8, "b": 2.5}
DAYS = 730
LAST_DAY = date(2026, 10, 31)
GROUPED = """
select x, t_x, age, count(*) as n
from (
    select
        member, count(distinct day) - 1 as x, max(day) - min(day) as t_x, {days} - min(day) as age
    from purchases group by member
)
group by x, t_x, age order by x, t_x, age
"""
SINGLE = """
select count(distinct day) - 1 as x, (max(day) - min(day)) / 7.0 as t_x,
    ({days} - min(day)) / 7.0 as age
from purchases group by member order by member
"""


def draw(buyers: int, seed: int = 1) -> pa.Table:
    """Purchase days of buyers who began over the whole time: columns member, day (0 to DAYS)."""
    rng = np.random.default_rng(seed)
    rate = rng.gamma(TRUTH["r"], 1 / TRUTH["alpha"], buyers) / 7
    leave = rng.beta(TRUTH["a"], TRUTH["b"], buyers)
    clock = rng.uniform(0, DAYS, buyers)
    members, days = [np.arange(buyers)], [np.floor(clock)]
    active = np.arange(buyers)
    while active.size:
        clock[active] += rng.exponential(1 / rate[active])
        active = active[clock[active] < DAYS]
        members.append(active)
        days.append(np.floor(clock[active]))
        active = active[rng.random(active.size) >= leave[active]]
    columns = {"member": np.concatenate(members), "day": np.concatenate(days).astype(np.int32)}
    return pa.table(columns)


def _measured(began: float, found: dict[str, float], **more: float) -> dict[str, object]:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"cpu": time.process_time() - began, "peak": peak, "theta": found, **more}


def ours(database: Path) -> dict[str, object]:
    """Group in the engine and fit; seconds of the fit alone are ``fit``."""
    from dagster_project.scores.clv.counts import Counts
    from dagster_project.scores.clv.maximise import fit_purchases

    with duckdb.connect(str(database), read_only=True) as con:
        began = time.process_time()
        columns = con.execute(GROUPED.format(days=DAYS)).fetchnumpy()
    counts = Counts.of_days(*(np.asarray(columns[name]) for name in ("x", "t_x", "age", "n")))
    grouped = time.process_time()
    estimate = fit_purchases("BG/NBD", counts)
    fit = time.process_time() - grouped
    return _measured(began, estimate.theta, fit=fit, rows=counts.n.size)


def lifetimes(database: Path) -> dict[str, object]:
    """The other library's fit, as it comes."""
    from lifetimes import BetaGeoFitter

    with duckdb.connect(str(database), read_only=True) as con:
        columns = con.execute(SINGLE.format(days=DAYS)).fetchnumpy()
    x, t_x, age = (np.asarray(columns[name], dtype=float) for name in ("x", "t_x", "age"))
    began = time.process_time()
    model = BetaGeoFitter().fit(x, t_x, age)
    fit = time.process_time() - began
    theta = {name: float(value) for name, value in model.params_.items()}
    return _measured(began, theta, fit=fit, rows=x.size)


def apart(who: str, database: Path) -> dict[str, object]:
    """Run one of the two in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "benchmarks.clv", "--only", who, str(database)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return json.loads(done.stdout.strip().splitlines()[-1])


def compare(buyers: int, folder: Path) -> None:
    """Print the rows of one size."""
    database = folder / f"{buyers}.duckdb"
    table = draw(buyers)
    with duckdb.connect(str(database)) as con:
        con.register("drawn", table)
        con.execute("create table purchases as select * from drawn")
    found = {who: apart(who, database) for who in ("ours", "lifetimes")}
    for who, one in found.items():
        print(
            f"| {buyers:,} | {who} | {one['rows']:,} | {one['fit']:.2f} | {one['cpu']:.2f} "
            f"| {one['peak']:,.0f} |", flush=True,
        )  # fmt: skip
    left, right = found["ours"], found["lifetimes"]
    apart_by = max(abs(left["theta"][k] / right["theta"][k] - 1) for k in TRUTH)
    print(
        f"\n{buyers:,} buyers: fit {right['fit'] / left['fit']:.0f} x, with the group-by "
        f"{right['cpu'] / left['cpu']:.1f} x; parameters differ by at most {apart_by:.1e}\n"
    )


def main() -> None:
    """Measure every size asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("buyers", nargs="*", default=[str(size) for size in SIZES])
    parser.add_argument("--only", choices=("ours", "lifetimes"))
    parser.add_argument("--marts", action="store_true")
    asked = parser.parse_args()
    if asked.only:
        print(json.dumps({"ours": ours, "lifetimes": lifetimes}[asked.only](Path(asked.buyers[0]))))
        return
    print("| buyers | who | rows fitted | fit, CPU s | with group-by, CPU s | peak, MB |")
    print("|---:|---|---:|---:|---:|---:|")
    with tempfile.TemporaryDirectory(prefix="member-warehouse-clv-") as name:
        for size in asked.buyers:
            compare(int(size), Path(name))
        if asked.marts:
            from benchmarks.value_marts import measure

            measure(int(asked.buyers[-1]), Path(name))


if __name__ == "__main__":
    main()
