"""dbt's unit tests, on the relations of an empty warehouse; which must build and publish itself."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from dagster_project.build import dbt
from dagster_project.build.connections import close_connections
from dagster_project.settings import Home
from tests.pipeline.support import published, rows

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("empty") / "home")
    home.landing.mkdir(parents=True)
    return published(home)


def test_an_empty_warehouse_is_published(empty: Home):
    assert rows(empty, "select count(*) from core.dim_member") == [(0,)]
    assert rows(empty, "select count(*) from marts.member_rfm") == [(0,)]


def test_every_unit_test_of_dbt_passes(empty: Home, tmp_path: Path, monkeypatch):
    from dbt.cli.main import dbtRunner

    database = tmp_path / "next.duckdb"
    shutil.copyfile(empty.state_database, database)
    monkeypatch.setitem(os.environ, "MEMBER_WAREHOUSE_DB", str(database))
    folder = str(dbt.DBT_PROJECT_DIR)
    result = dbtRunner(manifest=dbt.load_manifest()).invoke(
        [
            "test", "--select", "test_type:unit", "--project-dir", folder, "--profiles-dir", folder,
            "--target-path", str(tmp_path / "target"), "--log-path", str(tmp_path / "logs"),
            "--quiet", "--vars",
            json.dumps({"as_of": "2026-01-31", "as_of_end": "2026-01-31 16:00:00"}),
        ]
    )  # fmt: skip
    close_connections()
    assert result.result is not None, result.exception
    failed = [f"{r.node.name}: {r.message}" for r in result.result.results if r.status != "pass"]
    assert not failed, "\n".join(failed)
    assert len(result.result.results) == len(dbt.load_manifest().unit_tests)
