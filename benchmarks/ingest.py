"""Ingest beside the engine: a large CSV of order lines, and customers with their identifiers.

Writes the files, ingests each in a process of its own, and measures DuckDB on the same file with as
many threads: reading every cell as text, and reading it and writing it as Parquet as ingest does.
CPU seconds stand beside wall seconds: they say the same on a busy machine, nearly.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import duckdb

from dagster_project.formats.quoting import sql_path
from dagster_project.ingest import ingest_landing
from dagster_project.settings import Home, settings_from_environment

LINE_BYTES = 62
LINES = """
    select 'O' || (1000000000 + i // 3) as order_id, i % 3 + 1 as line_no,
        'P' || lpad(cast(hash(i) % 5000 as varchar), 5, '0') as product_id,
        1 + hash(i + 1) % 3 as quantity,
        cast(hash(i + 2) % 50000 / 100 as decimal(18, 2)) as unit_price,
        cast(hash(i + 3) % 2000 / 100 as decimal(18, 2)) as discount_amount,
        cast(hash(i + 4) % 90000 / 100 as decimal(18, 2)) as line_amount,
        strftime(timestamp '2024-01-01' + to_seconds(i * 7 % 40000000), '%Y-%m-%d %H:%M:%S')
            as updated_at
    from (select range as i from range({rows}))"""
CUSTOMERS = """
    select 'C' || (100000 + i) as customer_id,
        substr('赵钱孙李周吴郑王', 1 + i % 8, 1) || substr('伟芳娜敏静强磊', 1 + i % 7, 1) as name,
        '13' || lpad(cast(hash(i) % 1000000000 as varchar), 9, '0') as phone,
        'user' || i || '@' || case i % 3 when 0 then 'qq.com' else 'gmail.com' end as email,
        'o' || md5(cast(i as varchar)) as wechat_openid, substr('MFU', 1 + i % 3, 1) as gender,
        date '1970-01-01' + cast(hash(i) % 12000 as integer) as birth_date,
        '浙江' as province, '杭州' as city, '文三路' || i || '号' as address,
        strftime(timestamp '2024-01-01' + to_seconds(i * 60), '%Y-%m-%d %H:%M:%S') as registered_at
    from (select cast(range as integer) as i from range({rows}))"""


def ingest(folder: Path) -> dict[str, Any]:
    """Ingest the landing folder of a home; its figures. Call it in a process of its own."""
    now = datetime.now(UTC).replace(tzinfo=None)
    wall, cpu = perf_counter(), process_time()
    report = ingest_landing(Home(folder), settings_from_environment(), now)
    figures = {"seconds": perf_counter() - wall, "cpu": process_time() - cpu}
    [file] = report.files
    assert file.status == "loaded", file
    assert file.rows_read == file.rows_loaded, file
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return figures | {"rows": file.rows_loaded, "peak": peak}


def _in_own_process(folder: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.ingest", "--ingest", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def _measured(run: Callable[[], object]) -> dict[str, Any]:
    wall, cpu = perf_counter(), process_time()
    run()
    return {"seconds": perf_counter() - wall, "cpu": process_time() - cpu}


def _engine(file: Path, aside: Path) -> dict[str, dict[str, Any]]:
    """DuckDB alone on a file: every cell read as text, then read and written as Parquet."""
    source = f"read_csv({sql_path(file)}, all_varchar = true, header = true, delim = ',')"
    copy = f"copy (from {source}) to {sql_path(aside)} (format parquet, compression zstd)"
    with duckdb.connect(config={"threads": settings_from_environment().threads}) as con:
        read = f"select max(strlen(columns(*))) from {source}"
        figures = {
            "DuckDB reads it": _measured(lambda: con.execute(read).fetchall()),
            "DuckDB reads it, writes Parquet": _measured(lambda: con.execute(copy).fetchall()),
        }
    aside.unlink()
    return figures


def bench(entity: str, query: str, folder: Path) -> None:
    """Print the table of one entity."""
    file = folder / entity / "landing" / "shop" / f"{entity}.csv"
    file.parent.mkdir(parents=True)
    duckdb.sql(f"copy ({query}) to {sql_path(file)} (format csv, header true)")
    figures = {"ingest": _in_own_process(folder / entity)} | _engine(file, folder / "aside")
    ours = figures["ingest"]
    size = file.stat().st_size / 1e6
    print(
        f"\n{entity}: {ours['rows']:,} rows, {size:,.0f} MB, peak of ingest {ours['peak']:,.0f} MB"
    )
    print("| what | s | CPU s | MB/s | ingest takes, times | of CPU |")
    print("|---|---:|---:|---:|---:|---:|")
    for what, one in figures.items():
        wall, cpu = (ours[name] / one[name] for name in ("seconds", "cpu"))
        figure = f"{one['seconds']:.1f} | {one['cpu']:.1f} | {size / one['seconds']:,.0f}"
        print(f"| {what} | {figure} | {wall:.1f} | {cpu:.1f} |", flush=True)
    print(f"rows per CPU second: {ours['rows'] / ours['cpu']:,.0f}", flush=True)
    file.unlink()


def main() -> None:
    """Measure both entities at the size asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gigabytes", type=float, default=1.0, help="size of the order lines")
    parser.add_argument("--customers", type=int, default=500_000)
    parser.add_argument("--ingest", type=Path, help="(of this command itself) ingest this home")
    options = parser.parse_args()
    if options.ingest:
        print(json.dumps(ingest(options.ingest)))
        return
    with tempfile.TemporaryDirectory(prefix="member-warehouse-ingest-") as name:
        rows = int(options.gigabytes * 1e9 / LINE_BYTES)
        bench("customers", CUSTOMERS.format(rows=options.customers), Path(name))
        bench("order_lines", LINES.format(rows=rows), Path(name))


if __name__ == "__main__":
    main()
