"""Whatever the order of files, the number of threads or of runs: the same marts."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from dagster_project.release import run_lock
from dagster_project.sample import write_sample
from dagster_project.settings import Home
from tests.pipeline.support import digests, published

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("no_data_tests")]

LAST_DAY = "2026-10-31"


@pytest.fixture(scope="module")
def brand(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("same") / "home")
    write_sample(home.landing, members=400, days=90, truth=home.root.parent / "truth", daily_days=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MEMBER_WAREHOUSE_THREADS", "1")
        return published(home)


def test_a_day_after_its_history_equals_one_delivery(brand: Home, tmp_path: Path, monkeypatch):
    """The other way round in all that may not matter: files, threads, a day later, bytes again."""
    monkeypatch.setenv("MEMBER_WAREHOUSE_THREADS", "4")
    files = [path for path in sorted(brand.landing.rglob("*"), reverse=True) if path.is_file()]
    late = [path for path in files if LAST_DAY in path.name]
    assert late
    other = Home(tmp_path / "other")
    copy([path for path in files if path not in late], brand, other)
    published(other)
    copy(late, brand, other)
    first = next(path for path in reversed(files) if path.name.startswith("orders"))
    again = other.landing / first.relative_to(brand.landing)
    shutil.copyfile(again, again.with_name("orders_again" + "".join(first.suffixes)))
    published(other)
    assert digests(other) == digests(brand)


def copy(files: list[Path], brand: Home, other: Home) -> None:
    for path in files:
        target = other.landing / path.relative_to(brand.landing)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)


def test_two_runs_at_once(brand: Home):
    with run_lock(brand):
        done = subprocess.run(
            [sys.executable, "-m", "dagster_project", "--home", str(brand.root), "run"],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
    assert done.returncode == 4
    assert "held by process" in done.stderr
