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


@pytest.fixture(scope="module")
def brand(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("same") / "home")
    write_sample(home.landing, members=400, days=90, truth=home.root.parent / "truth", daily_days=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MEMBER_WAREHOUSE_THREADS", "1")
        return published(home)


def test_file_order_and_threads_have_no_say(brand: Home, tmp_path: Path, monkeypatch):
    other = Home(tmp_path / "other")
    for path in sorted(brand.landing.rglob("*"), reverse=True):
        if path.is_file():
            target = other.landing / path.relative_to(brand.landing)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
    monkeypatch.setenv("MEMBER_WAREHOUSE_THREADS", "4")
    published(other)
    assert digests(other) == digests(brand)


def test_the_same_files_again_change_nothing(brand: Home):
    before = digests(brand)
    first = next(p for p in sorted(brand.landing.rglob("orders*")) if p.is_file())
    shutil.copyfile(first, first.with_name("orders_again" + "".join(first.suffixes)))
    published(brand)
    assert digests(brand) == before


def test_a_day_after_its_history_equals_one_delivery(brand: Home, tmp_path: Path):
    other = Home(tmp_path / "daily")
    late = {p for p in brand.landing.rglob("*") if "2026-10-31" in p.name}
    shutil.copytree(brand.landing, other.landing)
    held = sorted(other.landing / p.relative_to(brand.landing) for p in late)
    for path in held:
        path.rename(path.with_name(path.name + ".later"))
    aside = tmp_path / "aside"
    for path in sorted(other.landing.rglob("*.later")):
        target = aside / path.relative_to(other.landing)
        target.parent.mkdir(parents=True, exist_ok=True)
        path.rename(target)
    published(other)
    for path in sorted(p for p in aside.rglob("*") if p.is_file()):
        path.rename(other.landing / path.relative_to(aside).with_suffix(""))
    published(other)
    assert digests(other) == digests(brand)


def test_two_runs_at_once(brand: Home):
    with run_lock(brand):
        done = subprocess.run(
            [sys.executable, "-m", "dagster_project", "--home", str(brand.root), "run"],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
    assert done.returncode == 4
    assert "held by process" in done.stderr
