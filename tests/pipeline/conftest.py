"""What runs of the pipeline share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dagster_project.build import dbt


@pytest.fixture(scope="module")
def no_data_tests() -> Iterator[None]:
    """Leave dbt's data tests out: other runs have them, these look at something else."""
    flags = [*dbt._BUILD_FLAGS, "--exclude-resource-type", "test"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dbt, "_BUILD_FLAGS", flags)
        yield
