"""A build laid aside: made and gated, not published; it waits until the next run begins."""

from __future__ import annotations

import json
from typing import Any

from dagster_project.build.dbt import MANIFEST_PATH
from dagster_project.build.plan import BuildPlan, read_plan
from dagster_project.build.run import ASIDE
from dagster_project.release import DiffRow, ReleaseError, describe, preview
from dagster_project.settings import Home


def plan_aside(home: Home, instance: Any) -> BuildPlan:
    """The plan of the build that waits, made whole and let through by every gate.

    Args:
        instance: Dagster's instance of the home, which knows how the run that built it ended.

    Raises:
        ReleaseError: no build waits, or the one there is not whole.
    """
    plan = read_plan(home.next_database)
    run = instance.get_run_by_id(plan.run_id) if plan else None
    if plan is None or run is None or run.job_name != ASIDE or not run.is_success:
        raise ReleaseError("no build waits to be published: `member-warehouse plan` makes one")
    return plan


def preview_aside(home: Home) -> list[DiffRow]:
    """What would change for readers, figure by figure; what stays equal is left out."""
    description = describe(json.loads(MANIFEST_PATH.read_text(encoding="utf-8")))
    rows = preview(home, home.next_database, description)
    return [row for row in rows if row.difference]
