"""The floor: what DuckDB alone needs to move the bytes a warehouse cannot avoid moving."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import duckdb

READERS = {
    ".csv": "read_csv({files}, all_varchar = true, ignore_errors = true)",
    ".csv.gz": "read_csv({files}, all_varchar = true, ignore_errors = true)",
    ".tsv": "read_csv({files}, all_varchar = true, ignore_errors = true, delim = '\t')",
    ".jsonl": "read_json_objects({files}, format = 'newline_delimited', ignore_errors = true)",
    ".jsonl.gz": "read_json_objects({files}, format = 'newline_delimited', ignore_errors = true)",
    ".parquet": "read_parquet({files})",
}


@dataclass(frozen=True)
class Floor:
    """Seconds to read all landing bytes once, write them once as Parquet, and group once."""

    megabytes: float
    move_seconds: float
    group_seconds: float

    @property
    def seconds(self) -> float:
        """The whole floor."""
        return self.move_seconds + self.group_seconds


def _groups(landing: Path) -> dict[tuple[Path, str, str], list[Path]]:
    """Files of one channel and entity share a header, so DuckDB can read them in one statement."""
    found: dict[tuple[Path, str, str], list[Path]] = {}
    for path in sorted(p for p in landing.rglob("*") if p.is_file()):
        suffix = next(
            (s for s in sorted(READERS, key=len, reverse=True) if path.name.endswith(s)), ""
        )
        if suffix:
            entity = re.sub(r"_\d{4}.*$", "", path.name[: -len(suffix)])
            found.setdefault((path.parent, entity, suffix), []).append(path)
    return found


def measure_floor(landing: Path, work: Path, threads: int) -> Floor:
    """Measure the floor on a landing folder."""
    work.mkdir(parents=True, exist_ok=True)
    con = duckdb.connect(config={"threads": str(threads)})
    size, began = 0, perf_counter()
    for number, ((_, _, suffix), files) in enumerate(_groups(landing).items()):
        listed = "[" + ", ".join("'" + str(f).replace("'", "''") + "'" for f in files) + "]"
        source = READERS[suffix].format(files=listed)
        con.execute(f"copy (select * from {source}) to '{work}/{number}.parquet' (format parquet)")
        size += sum(f.stat().st_size for f in files)
    moved = perf_counter() - began
    lines = [g for g in _groups(landing).items() if g[0][1].startswith("order_lines")]
    orders = [g for g in _groups(landing).items() if g[0][1] == "orders"]
    began = perf_counter()
    _group_lines(con, lines, orders)
    return Floor(size / 1e6, moved, perf_counter() - began)


def _union(con: duckdb.DuckDBPyConnection, groups: list, columns: list[str]) -> str:
    parts = []
    for (_, _, suffix), files in groups:
        listed = "[" + ", ".join("'" + str(f).replace("'", "''") + "'" for f in files) + "]"
        source = READERS[suffix].format(files=listed)
        if suffix.startswith(".jsonl"):
            cells = [f"json_extract_string(json, '$.{c}') as {c}" for c in columns]
        else:
            known = {row[0] for row in con.execute(f"describe select * from {source}").fetchall()}
            cells = [f"cast({c if c in known else 'null'} as varchar) as {c}" for c in columns]
        parts.append(f"select {', '.join(cells)} from {source}")
    return " union all ".join(parts)


def _group_lines(con: duckdb.DuckDBPyConnection, lines: list, orders: list) -> None:
    """One hash aggregate of the order lines by member, as a delivered customer id."""
    con.execute(
        f"select o.customer_id, count(*), sum(try_cast(l.line_amount as decimal(18, 2))) "
        f"from ({_union(con, lines, ['order_id', 'line_amount'])}) as l "
        f"join ({_union(con, orders, ['order_id', 'customer_id'])}) as o using (order_id) "
        f"group by o.customer_id"
    ).fetchall()
