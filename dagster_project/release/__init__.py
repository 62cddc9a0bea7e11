"""Releases: what readers see, put in place by one atomic rename.

A release is a finished folder ``releases/<id>/`` (``warehouse.duckdb``, ``tables/``,
``report.html``, ``release.json``); ``current`` is a symlink to one of them. Work is only ever seen
below ``releases/.tmp-*``, so a killed run leaves the last release untouched.
"""

from dagster_project.release.catalog import (
    Release,
    ReleaseError,
    current,
    find_release,
    list_releases,
    open_release,
)
from dagster_project.release.describe import Description, describe
from dagster_project.release.diff import DiffRow, release_diff
from dagster_project.release.digest import Measure, digest, measure
from dagster_project.release.lock import LockHeld, RunLock, run_lock
from dagster_project.release.manifest import QUALITY_COLUMNS, ReleaseManifest
from dagster_project.release.preview import preview
from dagster_project.release.publish import publish
from dagster_project.release.state import promote_state
from dagster_project.release.switch import clean_leftovers, prune, rollback

__all__ = [
    "QUALITY_COLUMNS",
    "Description",
    "DiffRow",
    "LockHeld",
    "Measure",
    "Release",
    "ReleaseError",
    "ReleaseManifest",
    "RunLock",
    "clean_leftovers",
    "current",
    "describe",
    "digest",
    "find_release",
    "list_releases",
    "measure",
    "open_release",
    "preview",
    "promote_state",
    "prune",
    "publish",
    "release_diff",
    "rollback",
    "run_lock",
]
