"""The short form of ``make faults``."""

import random

import pytest

from tests.faults.trial import Stage

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    return Stage(tmp_path_factory.mktemp("faults"))


@pytest.mark.parametrize("seed", [11, 12, 13])
def test_a_run_killed_at_any_moment_needs_no_repair(stage: Stage, seed: int):
    outcome = stage.kill_once(random.Random(seed), seed)
    assert outcome.good, outcome


def test_a_full_disk_needs_no_repair(stage: Stage, tmp_path):
    try:
        outcome = stage.fill_disk_once(8, tmp_path / "disk")
    except PermissionError as error:
        pytest.skip(str(error))
    assert outcome.good, outcome
