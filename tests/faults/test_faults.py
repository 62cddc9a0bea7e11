"""The short form of ``make faults``."""

import random

import pytest

from tests.faults.trial import Stage

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    return Stage(tmp_path_factory.mktemp("faults"))


def test_a_killed_run_needs_no_repair(stage: Stage):
    outcomes = stage.kill_in_a_row(random.Random(11), 0, kills=1)
    assert all(outcome.good for outcome in outcomes), outcomes


def test_a_full_disk_needs_no_repair(stage: Stage, tmp_path):
    try:
        outcome = stage.fill_disk_once(8, tmp_path / "disk")
    except PermissionError as error:
        pytest.skip(str(error))
    assert outcome.good, outcome
