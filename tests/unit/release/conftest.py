"""The home every test of releases works in."""

from pathlib import Path

import pytest

from dagster_project.settings import Home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """An empty home, under a name that quoting and globbing must survive."""
    return Home(tmp_path / "a home [1] 'q'")
