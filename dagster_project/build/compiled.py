"""Rules that become SQL: tags and audiences, checked, as dbt gets them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from dagster_project.build.audiences import check_audiences, read_audiences, stored_audiences
from dagster_project.build.conditions import Row
from dagster_project.build.tags import check_tags, read_tags, stored_tags

Check = Callable[[list[Row], Any], None]
_sound: dict[Check, tuple[list[Row], Any]] = {}


def check_rule_files(manifest: Any) -> None:
    """Check the files before a run reads anything.

    Raises:
        ConditionError: the first wrong row.
    """
    check_tags(read_tags(), manifest)
    check_audiences(read_audiences(), manifest)


def compiled_rules(database: Path, manifest: Any) -> dict[str, list[Row]]:
    """dbt's variables ``tags`` and ``audiences``: as the rules of a build have them.

    Raises:
        ConditionError: the first wrong row.
    """
    tags, audiences = stored_tags(database), stored_audiences(database)
    _check_once(check_tags, tags, manifest)
    _check_once(check_audiences, audiences, manifest)
    return {"tags": tags, "audiences": audiences}


def _check_once(check: Check, rows: list[Row], manifest: Any) -> None:
    """A run builds many layers with the same rules: what was sound is."""
    known, project = _sound.get(check, (None, None))
    if known != rows or project is not manifest:
        check(rows, manifest)
        _sound[check] = rows, manifest
