"""Small brands by hand, and what a run made of them."""

from __future__ import annotations

import csv
import logging
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from dagster_project.build import dbt
from dagster_project.build.request import RefreshRequest
from dagster_project.build.run import RunResult, run_refresh
from dagster_project.release import current, open_release
from dagster_project.settings import Home

LAST_DAY = "2026-10-31"  # of the demo brand


@contextmanager
def without_data_tests() -> Iterator[None]:
    """Runs leave dbt's data tests out; Dagster need not say of each that it gave no result."""
    flags = [*dbt._BUILD_FLAGS, "--exclude-resource-type", "test"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dbt, "_BUILD_FLAGS", flags)
        patch.setattr(logging.getLogger("dagster._core.execution.plan.active"), "disabled", True)
        yield


def deliver(home: Home, name: str, rows: Iterable[Mapping[str, Any]]) -> Path:
    """Write ``landing/<name>.csv``; the columns are the first row's keys."""
    path = home.landing / f"{name}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    listed = list(rows)
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, list(listed[0]))
        writer.writeheader()
        writer.writerows(listed)
    return path


def link_files(files: Iterable[Path], folder: Path) -> None:
    """Deliver existing files without copying their bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in files:
        target = folder / path.name
        if not target.exists():
            try:
                os.link(path, target)
            except OSError:
                shutil.copyfile(path, target)


def files_of_last_day(home: Home) -> list[Path]:
    """What the demo brand delivered on its last day."""
    return sorted(home.landing.rglob(f"*{LAST_DAY}*"))


def deliver_copies(files: Iterable[Path], source: Home, home: Home) -> None:
    """Deliver files of another home."""
    for path in files:
        target = home.landing / path.relative_to(source.landing)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)


def refresh(home: Home, as_of: date | None = None, **options: Any) -> RunResult:
    """One run in this process."""
    return run_refresh(home, RefreshRequest(as_of=as_of, **options))


def published(home: Home) -> Home:
    """A successful run, or a failed test that says why."""
    result = refresh(home)
    assert result.code == 0, "\n".join(result.messages)
    return home


def digests(home: Home, release: Any = None) -> dict[str, str]:
    """Digest of every core and mart table of the current release."""
    found = release or current(home)
    assert found is not None
    return {
        relation: facts["digest"]
        for relation, facts in found.facts["tables"].items()
        if relation.split(".")[0] in {"core", "marts"}
    }


def rows(home: Home, query: str) -> list[tuple]:
    """All rows of a query on the current release."""
    with open_release(home) as con:
        return con.execute(query).fetchall()
