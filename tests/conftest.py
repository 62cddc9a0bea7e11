"""What all tests share: a fixed key, no home of the developer's, and the real data sets' place."""

from __future__ import annotations

from pathlib import Path

import pytest

from dagster_project.settings import Home

REPOSITORY = Path(__file__).resolve().parents[1]
SHARED_DATA = REPOSITORY.parent / "shared" / "data"
TEST_KEY = "11" * 32


@pytest.fixture(autouse=True, scope="session")
def _environment() -> object:
    patch = pytest.MonkeyPatch()
    for name in (
        "LANDING",
        "TIME_ZONE",
        "CURRENCY",
        "RELEASES_KEPT",
        "ALERT_DAYS",
        "ALERT_TARGETS",
        "THREADS",
        "MEMORY_LIMIT",
    ):
        patch.delenv(f"MEMBER_WAREHOUSE_{name}", raising=False)
    patch.setenv("MEMBER_WAREHOUSE_KEY", TEST_KEY)
    # tests deliver whole files: there is nothing to wait for
    patch.setenv("MEMBER_WAREHOUSE_SETTLE_SECONDS", "0")
    patch.setenv("MEMBER_WAREHOUSE_HOME", "/nonexistent/member-warehouse-home")
    yield
    patch.undo()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """An empty home."""
    return Home(tmp_path / "home")


def shared_data(name: str) -> Path:
    """A real data set, or a skipped test where it is not at hand."""
    folder = SHARED_DATA / name
    if not folder.is_dir():
        pytest.skip(f"the data set {name} is not beside the checkout")
    return folder
