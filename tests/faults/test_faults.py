"""The short form of ``make faults``: a killed run, then a full disk, in a row."""

import random
from pathlib import Path

import pytest

from dagster_project.settings import Home
from tests.faults.trial import Stage, last_seconds, published_digests
from tests.pipeline.support import deliver_copies, files_of_last_day

pytestmark = pytest.mark.slow


@pytest.fixture
def stage(demo: Home, eve: Home, tmp_path: Path) -> Stage:
    late = Home(tmp_path / "late")
    deliver_copies(files_of_last_day(demo), demo, late)
    before, after = published_digests(eve), published_digests(demo)
    assert after != before
    return Stage(tmp_path, eve, late.landing, before, after, last_seconds(demo))


def test_a_killed_run_and_a_full_disk_need_no_repair(stage: Stage, tmp_path: Path):
    chance, refusal = random.Random(11), ""
    try:
        outcomes = stage.fill_disk(8, tmp_path / "disk", chance)
    except PermissionError as error:
        outcomes, refusal = stage.kill_in_a_row(chance, 0, kills=1), str(error)
    assert all(outcome.good for outcome in outcomes), outcomes
    if refusal:
        pytest.skip(f"no full disk: {refusal}")
