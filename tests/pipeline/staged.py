"""Some models built on raw, without a run: what staging and its neighbours make of a landing."""

from __future__ import annotations

import json
import os
from pathlib import Path

import duckdb
import pytest

from dagster_project.build import dbt
from dagster_project.ingest import create_raw_relations
from dagster_project.settings import Home


def build_models(
    patch: pytest.MonkeyPatch, home: Home, folder: Path, selected: list[str], as_of: str
) -> Path:
    """Builds models without their tests on all of raw; returns the database."""
    from dbt.cli.main import dbtRunner

    database = folder / "next.duckdb"
    with duckdb.connect(str(database)) as con:
        create_raw_relations(con, home, None)
    dbt.load_manifest()
    patch.setitem(os.environ, "MEMBER_WAREHOUSE_DB", str(database))
    project = str(dbt.DBT_PROJECT_DIR)
    result = dbtRunner(manifest=dbt.load_manifest()).invoke(
        [
            "build", "--select", *selected, "--exclude-resource-type", "test",
            "--exclude-resource-type", "unit_test",
            "--project-dir", project, "--profiles-dir", project,
            "--target-path", str(folder / "target"), "--log-path", str(folder / "logs"), "--quiet",
            "--vars", json.dumps({"as_of": as_of, "as_of_end": f"{as_of} 16:00:00"}),
        ]
    )  # fmt: skip
    dbt.close_connections()
    assert result.success, result.exception or [r.message for r in result.result.results]
    return database
