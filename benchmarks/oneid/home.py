"""A home up to the conformed layer: what the identity step reads, without anything after it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from dagster_project.build import dbt
from dagster_project.build.plan import BuildPlan
from dagster_project.build.prepare import open_build, plan_build
from dagster_project.build.request import RefreshRequest
from dagster_project.ingest import ingest_landing
from dagster_project.settings import Home, settings_from_environment

NOW = datetime(2026, 11, 1, 2, tzinfo=UTC).replace(tzinfo=None)
CONFORM = (
    "resource_type:seed",
    "config.schema:staging",
    "config.schema:conformed",
    "config.schema:identity",
)
LATER = ("config.schema:core", "config.schema:marts", "config.schema:ops")


def conformed_home(landing: Path, root: Path) -> tuple[Home, BuildPlan]:
    """Ingest a landing folder and build the conformed layer and identity's inputs."""
    home, settings = Home(root.resolve()), settings_from_environment()
    ingest_landing(home, settings, NOW, landing=landing)
    plan = plan_build(home, settings, "benchmark", NOW, RefreshRequest())
    open_build(home, plan)
    dbt.build(home, settings, plan, dbt.Layer(CONFORM, exclude=LATER))
    return home, plan
