"""The rule files a scenario may change, and what they look like with its rows in place."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dagster_project.scenario.definition import Row, ScenarioError, read_rows
from dagster_project.settings import DBT_PROJECT_DIR


@dataclass(frozen=True)
class Seed:
    """A rule file: its dbt id, its rows as text, and the columns that tell two rows apart.

    An empty key means the file always holds exactly one row.
    """

    unique_id: str
    name: str
    columns: list[str]
    rows: list[dict[str, str]]
    key: tuple[str, ...]


@dataclass(frozen=True)
class Change:
    """A cell that differs from today; ``column`` is None where a whole row comes or goes."""

    seed: str
    key: str
    column: str | None
    base: str | None
    scenario: str | None


@dataclass(frozen=True)
class Override:
    """A rule file as the scenario has it."""

    seed: Seed
    rows: list[dict[str, str]]
    changes: list[Change]


def _key(manifest: Any, node: Any) -> tuple[str, ...] | None:
    """``meta.key`` of the seed, else what its tests say is unique."""
    meta = {**(getattr(node.config, "meta", None) or {}), **(getattr(node, "meta", None) or {})}
    if "key" in meta:
        return tuple(meta["key"])
    for test in manifest.nodes.values():
        facts = getattr(test, "test_metadata", None)
        if facts is None or node.unique_id not in test.depends_on.nodes:
            continue
        if facts.name == "unique_combination":
            return tuple(facts.kwargs["columns"])
        if facts.name == "windows_do_not_overlap":
            return (*facts.kwargs["key"], facts.kwargs.get("valid_from", "valid_from"))
        if facts.name == "unique":
            return (facts.kwargs["column_name"],)
    return None


def load_seed(manifest: Any, name: str) -> Seed:
    """A rule file by name.

    Raises:
        ScenarioError: there is no such rule file, or nothing says what makes its rows unique.
    """
    found = [
        node
        for node in manifest.nodes.values()
        if node.resource_type == "seed" and node.name == name
    ]
    if not found:
        raise ScenarioError(f"{name}.csv is no rule file: docs/where-is-it.md lists them")
    node = found[0]
    with Path(DBT_PROJECT_DIR, node.original_file_path).open(encoding="utf-8", newline="") as text:
        reader = csv.DictReader(text)
        rows, columns = list(reader), list(reader.fieldnames or [])
    key = _key(manifest, node)
    if key is None and len(rows) != 1:
        raise ScenarioError(f"{name}.csv: name the columns of its key in config.meta.key")
    return Seed(node.unique_id, name, columns, rows, key or ())


def _key_of(seed: Seed, cells: dict[str, str]) -> tuple[str, ...]:
    return tuple(cells[column] for column in seed.key)


def _check_columns(seed: Seed, place: str, columns: Sequence[str]) -> None:
    unknown = [name for name in columns if name not in seed.columns]
    if unknown:
        raise ScenarioError(f"{place}: {seed.name} has no column {', '.join(unknown)}")
    missing = [name for name in seed.key if name not in columns]
    if missing:
        raise ScenarioError(f"{place}: add the key of {seed.name}: {', '.join(missing)}")


def _apply(seed: Seed, rows: dict[tuple[str, ...], dict[str, str]], row: Row) -> list[Change]:
    key = _key_of(seed, row.cells)
    label = ", ".join(key) or "the row"
    before = rows.get(key)
    if row.is_drop:
        if before is None:
            raise ScenarioError(f"{row.place}: {seed.name} has no row {label} to drop")
        del rows[key]
        return [Change(seed.name, label, None, "there", None)]
    after = {**(before or dict.fromkeys(seed.columns, "")), **row.cells}
    rows[key] = after
    if before is None:
        return [Change(seed.name, label, None, None, "there")]
    return [
        Change(seed.name, label, column, before[column], after[column])
        for column in seed.columns
        if before[column] != after[column]
    ]


def override(manifest: Any, path: Path) -> Override:
    """A rule file with the rows of a scenario's file in place.

    A row whose key is there replaces the cells it gives; another is added; ``scenario_action``
    drop takes one away.

    Raises:
        ScenarioError: the file does not fit the rule file; the message names the row.
    """
    seed = load_seed(manifest, path.stem)
    columns, given = read_rows(path)
    _check_columns(seed, f"{path.parent.name}/{path.name}", columns)
    rows = {_key_of(seed, row): row for row in seed.rows}
    changes: list[Change] = []
    seen: set[tuple[str, ...]] = set()
    for row in given:
        key = _key_of(seed, row.cells)
        if key in seen:
            raise ScenarioError(f"{row.place}: the key stands twice")
        seen.add(key)
        changes += _apply(seed, rows, row)
    return Override(seed, list(rows.values()), changes)
