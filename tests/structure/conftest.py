"""dbt's own reading of the project, parsed once."""

from typing import Any

import pytest

from tests.structure.repository import Model, models_of


@pytest.fixture(scope="session")
def manifest() -> Any:
    """The parsed dbt project."""
    from dagster_project.build.dbt import load_manifest

    return load_manifest()


@pytest.fixture(scope="session")
def models(manifest: Any) -> list[Model]:
    """The project's models."""
    return models_of(manifest)
