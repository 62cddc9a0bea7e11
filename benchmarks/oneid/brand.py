"""The demo brand's customers and orders in a home, and who really is who."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

from benchmarks.oneid.home import conformed_home
from dagster_project.sample import write_sample
from dagster_project.settings import Home

EVIDENCE = ("customers", "orders")  # files of the demo brand that carry identifiers
_RECORD = "channel || ':' || coalesce(customer_id, 'guest:' || order_id)"


def brand_home(persons: int, folder: Path) -> tuple[Home, date]:
    """A home up to the conformed layer, of so many persons; its truth is in ``folder/truth``."""
    write_sample(folder / "all", members=persons, truth=folder / "truth")
    for path in (folder / "all").rglob("*"):
        if path.is_file() and path.name.startswith(EVIDENCE):
            target = folder / "landing" / path.relative_to(folder / "all")
            target.parent.mkdir(parents=True, exist_ok=True)
            path.rename(target)
    shutil.rmtree(folder / "all")
    home, plan = conformed_home(folder / "landing", folder / "home")
    return home, plan.as_of


def owners(folder: Path) -> str:
    """Statements that make tables ``owner`` and ``trap`` (record_key, person_id …) of the truth."""
    return ";".join(
        f"create temp table {table} as select *, {_RECORD} as record_key "
        f"from read_parquet('{folder}/truth/{file}.parquet')"
        for table, file in (("owner", "persons"), ("trap", "identity_traps"))
    )
