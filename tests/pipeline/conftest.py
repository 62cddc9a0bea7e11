"""What runs of the pipeline share."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from dagster_project.sample import write_sample
from dagster_project.settings import KEY_VARIABLE, LANDING_VARIABLE, Home
from tests.pipeline.staged import Staged, stage
from tests.pipeline.support import published, without_data_tests


@pytest.fixture(scope="module")
def no_data_tests() -> Iterator[None]:
    """Leave dbt's data tests out: other runs have them, these look at something else."""
    with without_data_tests():
        yield


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A small demo brand, published once for the workers of a session: read it, or copy it."""
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    home = Home(shared / "demo")
    with (shared / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not home.current.exists():
            shutil.rmtree(home.root, ignore_errors=True)
            write_sample(home.landing, members=600, days=460, truth=home.root / "truth")
            with without_data_tests():
                published(home)
    return home


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
