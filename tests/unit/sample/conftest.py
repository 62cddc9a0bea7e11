import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from dagster_project.sample import SampleSummary, generate, write_sample
from tests.unit.sample.reading import good_rows

MEMBERS, DAYS, CHUNK = 2_600, 400, 1_600


@dataclass
class Sample:
    summary: SampleSummary
    planted: dict
    parameters: dict

    @property
    def landing(self) -> Path:
        return self.summary.landing

    @property
    def truth(self) -> Path:
        return self.summary.truth

    def rows(self, channel: str, entity: str) -> list[dict]:
        return good_rows(self.landing, self.planted, channel, entity)


@pytest.fixture(scope="session")
def sample(tmp_path_factory):
    """A small sample of two chunks."""
    folder = tmp_path_factory.mktemp("brand")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(generate, "CHUNK_PERSONS", CHUNK)
        summary = write_sample(folder / "landing", members=MEMBERS, days=DAYS)
    known = [
        json.loads((summary.truth / f"{name}.json").read_text("utf-8"))
        for name in ("planted", "parameters")
    ]
    return Sample(summary, *known)
