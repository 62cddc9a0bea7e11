"""What runs of the pipeline share."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest

from dagster_project.sample import write_sample
from dagster_project.settings import KEY_VARIABLE, LANDING_VARIABLE, Home
from tests.pipeline.daily import CHANNEL, files_of_days
from tests.pipeline.staged import Staged, stage
from tests.pipeline.support import (
    deliver_copies,
    files_of_last_day,
    link_files,
    published,
    without_data_tests,
)


@pytest.fixture(scope="module")
def no_data_tests() -> Iterator[None]:
    """Leave dbt's data tests out: other runs have them, these look at something else."""
    with without_data_tests():
        yield


def _published_once(
    factory: pytest.TempPathFactory, name: str, lay: Callable[[Home], None]
) -> Home:
    """A home of this name, laid and published by the first of a session's workers to ask."""
    shared = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    home = Home(shared / name)
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not home.current.exists():
            shutil.rmtree(home.root, ignore_errors=True)
            lay(home)
            published(home)
    return home


@pytest.fixture(scope="session")
def bulk(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """All of Online Retail in one delivery, with dbt's data tests; its current release stays."""
    files = files_of_days()
    return _published_once(
        tmp_path_factory, "bulk", lambda home: link_files(files, home.landing / CHANNEL)
    )


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A small demo brand, published once for the workers of a session: read it, or copy it."""

    def lay(home: Home) -> None:
        write_sample(home.landing, members=600, days=460, truth=home.root / "truth", daily_days=1)

    with without_data_tests():
        return _published_once(tmp_path_factory, "demo", lay)


@pytest.fixture(scope="session")
def eve(demo: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The demo brand before its last day, files and threads other than its own: copy it."""

    def lay(home: Home) -> None:
        files = [path for path in demo.landing.rglob("*") if path.is_file()]
        late = set(files_of_last_day(demo))
        assert late
        deliver_copies([p for p in sorted(files, reverse=True) if p not in late], demo, home)

    with pytest.MonkeyPatch.context() as patch, without_data_tests():
        patch.setenv("MEMBER_WAREHOUSE_THREADS", "1")
        return _published_once(tmp_path_factory, "eve", lay)


@pytest.fixture(scope="module")
def demo_copy(demo: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The demo brand to write to."""
    home = Home(tmp_path_factory.mktemp("copy") / "home")
    # Another worker may be trying a scenario in the brand meanwhile.
    tried = {demo.scenarios.name, demo.scenario_results.name}
    shutil.copytree(
        demo.root, home.root, symlinks=True,
        ignore=lambda folder, names: tried & {*names} if Path(folder) == demo.root else set(),
    )  # fmt: skip
    return home


@pytest.fixture(scope="session")
def staged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Staged]:
    """The demo brand and the presets' small files, ingested and staged once for all."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv(KEY_VARIABLE, raising=False)
        patch.delenv(LANDING_VARIABLE, raising=False)
        database, known = stage(tmp_path_factory.mktemp("staged"), patch)
    with duckdb.connect(str(database)) as con:
        yield Staged(**known, con=con)
