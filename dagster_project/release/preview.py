"""What readers would see change if a build were published; nothing is written."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from dagster_project.release import build
from dagster_project.release.catalog import ReleaseError, current
from dagster_project.release.describe import Description
from dagster_project.release.diff import DiffRow, compare
from dagster_project.release.digest import measure, text_literal
from dagster_project.release.manifest import table_facts
from dagster_project.release.publish import SCHEMAS, open_work
from dagster_project.settings import Home


def preview(home: Home, database: Path, description: Description) -> list[DiffRow]:
    """The differences of a built database to the release readers see.

    Raises:
        ReleaseError: nothing is published yet, so there is nothing to compare with.
    """
    seen = current(home)
    if seen is None:
        raise ReleaseError("nothing is published yet: `member-warehouse run` makes a release")
    with closing(open_work(home, database)) as con:
        relations = build.work_relations(con, SCHEMAS)
        con.execute("detach work")
        con.execute(f"attach {text_literal(database)} as current (read_only)")
        con.execute(f"attach {text_literal(seen.database)} as previous (read_only)")
        measures = {relation: measure(con, f"current.{relation}") for relation in relations}
        return compare(con, seen.facts["tables"], table_facts(measures, description))
