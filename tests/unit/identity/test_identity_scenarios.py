"""docs/scenarios.md, replayed in one go, in three batches and in shuffled order."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dagster_project.settings import PROJECT_ROOT
from tests.unit.identity.scenarios import SCENARIOS, told
from tests.unit.identity.world import Record, World, groups

EVERYONE = [one for story in SCENARIOS for one in told(story)[0]]


@pytest.fixture(scope="module")
def in_one_go(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return World(tmp_path_factory.mktemp("go")).resolve(EVERYONE)


@pytest.mark.parametrize("story", SCENARIOS)
def test_scenario(in_one_go: dict[str, str], story: str) -> None:
    records, expected = told(story)
    assert groups({one.key: in_one_go[one.key] for one in records}) == expected


def test_no_story_meets_another(in_one_go: dict[str, str]) -> None:
    for part in groups(in_one_go):
        assert len({re.sub(r"^[a-z]+_(.*?):.*", r"\1", key) for key in part}) == 1


def test_the_catalogue_tells_every_scenario() -> None:
    text = (PROJECT_ROOT / "docs" / "scenarios.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE)) == set(SCENARIOS)
    assert len(SCENARIOS) >= 30


@pytest.mark.parametrize("seed", [1, 2])
def test_shuffled_it_is_the_same(tmp_path: Path, in_one_go: dict[str, str], seed: int) -> None:
    assert World(tmp_path).resolve(EVERYONE, seed=seed) == in_one_go


def test_in_three_batches_the_partition_is_the_same(
    tmp_path: Path, in_one_go: dict[str, str]
) -> None:
    world, arrived = World(tmp_path), list[Record]()
    for part in range(3):
        arrived += EVERYONE[part::3]
        members = world.resolve(arrived)
        registered = world.registered()
        assert {key: registered[key] for key in members} == members
    assert groups(members) == groups(in_one_go)
