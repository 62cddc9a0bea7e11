"""dbt's own reading of the project, parsed once, and the empty release it promises."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import duckdb
import pytest

from dagster_project.release.build import OWN_COLUMNS
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


@pytest.fixture(scope="session")
def promised(manifest: Any) -> Iterator[duckdb.DuckDBPyConnection]:
    """An empty release: every published table with the columns of its contract."""
    tables = {
        f"{node.schema}.{node.name}": {c.name: c.data_type for c in node.columns.values()}
        for node in manifest.nodes.values()
        if node.resource_type == "model" and node.schema in {"core", "marts", "ops"}
    }
    for relation, columns in OWN_COLUMNS.items():
        tables[relation] = {name: kind for name, (kind, *_) in columns.items()}
    with closing(duckdb.connect()) as con:
        for schema in ("core", "marts", "ops"):
            con.execute(f"create schema {schema}")
        for relation, columns in tables.items():
            typed = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
            con.execute(f"create table {relation} ({typed})")
        yield con
