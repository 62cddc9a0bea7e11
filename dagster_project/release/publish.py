"""Publish: build aside, check what was written, put it in place by one rename, then switch.

The steps are plain functions in the order of ``publish``. A kill during any of them leaves either
a ``.tmp-`` folder, which the next publish removes, or a finished release that is not current yet.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import duckdb

from dagster_project.release import build
from dagster_project.release.catalog import FACTS, Release, ReleaseError, current, find_release
from dagster_project.release.diff import OWN_TABLES, DiffRow, compare
from dagster_project.release.digest import Measure, fingerprint, measure, text_literal
from dagster_project.release.durable import rename_durably, sha256, sync_tree, write_durably
from dagster_project.release.manifest import ReleaseManifest, as_json, release_id, table_facts
from dagster_project.release.report import REPORT, write_report
from dagster_project.release.switch import UNFINISHED, clean_leftovers, log_action, point_current
from dagster_project.settings import Home, settings_from_environment

SCHEMAS = ("core", "marts", "ops")


@dataclass(frozen=True)
class Draft:
    """A release in the making: where it is built and what must be found in it."""

    id: str
    folder: Path
    manifest: ReleaseManifest
    previous: Release | None
    measures: Mapping[str, Measure]

    @property
    def own_row(self) -> dict[str, object]:
        """The row of ``ops.release``, which also opens ``release.json``."""
        return {
            "release_id": self.id,
            "created_at": self.manifest.created_at,
            "as_of": self.manifest.as_of,
            "code_version": self.manifest.code_version,
            "previous_release_id": self.previous.id if self.previous else None,
        }

    @property
    def relations(self) -> list[str]:
        """Every relation of the release, its own three included."""
        return sorted([*self.measures, *OWN_TABLES])


def engine_settings(home: Home) -> dict[str, str]:
    """DuckDB's settings for this installation: threads, memory and where it may spill."""
    settings = settings_from_environment()
    return {
        "threads": str(settings.threads),
        "memory_limit": settings.memory_limit,
        "temp_directory": str(home.next_database.parent / "spill"),
    }


def open_work(home: Home, database: Path) -> duckdb.DuckDBPyConnection:
    """An in-memory database with the built one attached read-only as ``work``."""
    con = duckdb.connect(config=engine_settings(home))
    con.execute(f"attach {text_literal(database)} as work (read_only)")
    return con


def start_draft(
    con: duckdb.DuckDBPyConnection, home: Home, manifest: ReleaseManifest, schemas: Sequence[str]
) -> Draft:
    """Measure what was built and name the release after it."""
    relations = build.work_relations(con, schemas)
    if not relations:
        raise ReleaseError(f"the work database has no table in {', '.join(schemas)}: nothing built")
    measures = {relation: measure(con, f"work.{relation}") for relation in relations}
    name = release_id(manifest, measures)
    folder = home.releases / f"{UNFINISHED}{name}"
    folder.mkdir(parents=True)
    return Draft(name, folder, manifest, current(home), measures)


def diff_to_previous(con: duckdb.DuckDBPyConnection, draft: Draft) -> list[DiffRow]:
    """The differences to the release readers see now; none at the first publish."""
    if draft.previous is None:
        return []
    con.execute(f"attach {text_literal(draft.previous.database)} as previous (read_only)")
    tables = table_facts(draft.measures, draft.manifest.description)
    rows = compare(con, draft.previous.facts["tables"], tables)
    con.execute("detach previous")
    return rows


def write_files(con: duckdb.DuckDBPyConnection, draft: Draft) -> None:
    """Write the release's database and Parquet tables."""
    build.create_database(con, draft.folder, draft.measures)
    diff = diff_to_previous(con, draft)
    # nearly two thousand statements: each for itself would wait for the disk
    con.execute("begin")
    build.write_own_tables(con, draft.own_row, draft.manifest.quality, diff)
    build.write_comments(con, draft.relations, draft.manifest.description.comments)
    con.execute("commit")
    build.write_parquet(con, draft.folder, draft.relations)
    build.close_database(con, draft.folder)


def verify(home: Home, database: Path, draft: Draft) -> dict[str, Measure]:
    """Read the written database again and compare it with what was built.

    Raises:
        ReleaseError: a table differs from the one in the work database.
    """
    path = draft.folder / build.DATABASE
    with closing(open_work(home, database)) as con:
        con.execute(f"attach {text_literal(path)} as written (read_only)")
        wrong = [
            name
            for name in draft.measures
            if fingerprint(con, f"written.{name}") != fingerprint(con, f"work.{name}")
        ]
        own = {name: measure(con, f"written.{name}") for name in OWN_TABLES}
    if wrong:
        raise ReleaseError(f"not written as built, the release is not made: {', '.join(wrong)}")
    return {**draft.measures, **own}


def write_facts(draft: Draft, measures: Mapping[str, Measure]) -> None:
    """Write ``release.json`` and force the whole folder to the disk."""
    files = sorted(path for path in draft.folder.rglob("*") if path.is_file())
    facts = draft.own_row | {
        "batches": sorted(draft.manifest.batches),
        "tables": table_facts(measures, draft.manifest.description),
        "files": {
            path.relative_to(draft.folder).as_posix(): {
                "bytes": path.stat().st_size,
                "sha256": sha256(path),
            }
            for path in files
        },
    }
    write_durably(draft.folder / FACTS, as_json(facts))
    sync_tree(draft.folder)


def place(home: Home, draft: Draft) -> None:
    """Give the finished folder its id; the same content published twice stays as it was."""
    target = home.releases / draft.id
    if target.exists():
        shutil.rmtree(draft.folder)
    else:
        rename_durably(draft.folder, target)


def publish(
    home: Home,
    database: Path,
    manifest: ReleaseManifest,
    schemas: Sequence[str] = SCHEMAS,
    *,
    make_current: bool = True,
) -> Release:
    """Make a release of the built database, whose connections must be closed.

    Args:
        home: where the release goes.
        database: the built DuckDB file.
        manifest: what the run knows and the database does not.
        schemas: the schemas readers get.
        make_current: whether readers see it at once; otherwise it is kept and can be opened.

    Raises:
        ReleaseError: nothing was built, or what was written is not what was built.
    """
    clean_leftovers(home)
    with closing(open_work(home, database)) as con:
        draft = start_draft(con, home, manifest, schemas)
        write_files(con, draft)
    measures = verify(home, database, draft)
    write_report(draft.folder / build.DATABASE, draft.folder / REPORT)
    write_facts(draft, measures)
    place(home, draft)
    if make_current:
        point_current(home, draft.id)
    log_action(home, "publish", draft.id, draft.previous.id if draft.previous else None)
    return find_release(home, draft.id)
