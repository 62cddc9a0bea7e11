"""What every asset uses: the home, its settings, and the lock for as long as a run lasts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

from dagster_project.build.plan import BuildPlan, read_plan
from dagster_project.build.session import exclusive, heap_at_rest
from dagster_project.settings import (
    Home,
    Settings,
    home_from_environment,
    settings_from_environment,
)


class Warehouse(dg.ConfigurableResource):
    """One warehouse. Its home and settings come from the environment (``settings.py``)."""

    @property
    def home(self) -> Home:
        """The paths."""
        return home_from_environment()

    @property
    def settings(self) -> Settings:
        """The settings."""
        return settings_from_environment()

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator[Warehouse]:
        """Hold the run lock from the first step to the last."""
        with exclusive(self.home), heap_at_rest():
            yield self

    def plan(self, run_id: str) -> BuildPlan:
        """The plan of this run; published, it is that of the state.

        Raises:
            dg.Failure: a step was started alone; it has nothing to build in.
        """
        for database in (self.home.next_database, self.home.state_database):
            plan = read_plan(database)
            if plan is not None and plan.run_id == run_id:
                return plan
        raise dg.Failure(
            "No build is open in this home: layers are built together. "
            "Launch the job `refresh` (or run `member-warehouse run`)."
        )
