"""Whatever the order of files, the number of threads or of runs: the same marts."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from dagster_project.release import run_lock
from dagster_project.settings import Home
from tests.pipeline.support import deliver_copies, digests, files_of_last_day, published

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("no_data_tests")]


def test_a_day_after_its_history_equals_one_delivery(
    demo: Home, eve: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """The other way round in all that may not matter: files, threads, a day later, bytes again."""
    monkeypatch.setenv("MEMBER_WAREHOUSE_THREADS", "4")
    home = Home(tmp_path / "home")
    shutil.copytree(eve.root, home.root, symlinks=True)
    deliver_copies(files_of_last_day(demo), demo, home)
    first = next(path for path in sorted(home.landing.rglob("orders*")))
    shutil.copyfile(first, first.with_name("orders_again" + "".join(first.suffixes)))
    published(home)
    assert digests(home) == digests(demo)


def test_two_runs_at_once(home: Home):
    home.root.mkdir(parents=True)
    with run_lock(home):
        done = subprocess.run(
            [sys.executable, "-m", "dagster_project", "--home", str(home.root), "run"],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
    assert done.returncode == 4
    assert "held by process" in done.stderr
