"""A scenario: a folder with, for each rule file that differs, only the rows that differ."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from dagster_project.settings import PROJECT_ROOT, Home

NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
ACTION = "scenario_action"
DROP = "drop"


class ScenarioError(ValueError):
    """A scenario cannot be found, read or replayed; the message names file, row and remedy."""


@dataclass(frozen=True)
class Scenario:
    """A folder of rule rows; ``files`` are its CSVs, one a seed."""

    name: str
    folder: Path

    @property
    def files(self) -> list[Path]:
        """The rule files, in the order of their names."""
        return sorted(self.folder.glob("*.csv"))


def _folders(home: Home) -> Iterator[Path]:
    """Where scenarios stand: the home's own outrank those that come with the project."""
    yield home.scenarios
    yield PROJECT_ROOT / "scenarios"


def list_scenarios(home: Home) -> list[Scenario]:
    """All scenarios of a home, by name."""
    found: dict[str, Scenario] = {}
    for folder in _folders(home):
        for path in sorted(folder.iterdir()) if folder.is_dir() else []:
            if path.is_dir() and NAME.fullmatch(path.name):
                found.setdefault(path.name, Scenario(path.name, path))
    return [found[name] for name in sorted(found)]


def find_scenario(home: Home, name: str) -> Scenario:
    """The scenario of this name.

    Raises:
        ScenarioError: there is none; the message lists those there are.
    """
    known = {scenario.name: scenario for scenario in list_scenarios(home)}
    if name not in known:
        names = ", ".join(known) or "none yet"
        raise ScenarioError(
            f"no scenario {name!r} ({names}): make the folder {home.scenarios / name} "
            "with the rows that differ, see docs/what-if.md"
        )
    return known[name]


@dataclass(frozen=True)
class Row:
    """A row of a scenario's file: its line and the cells it gives, as text."""

    place: str
    cells: dict[str, str]
    is_drop: bool


def read_rows(path: Path) -> tuple[list[str], list[Row]]:
    """Columns and rows of a scenario's file.

    Raises:
        ScenarioError: a row has more or fewer cells than the header, or an unknown action.
    """
    with path.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.reader(stream)
        header = [name.strip() for name in next(reader, [])]
        lines = [(reader.line_num, cells) for cells in reader if cells]
    rows = []
    for number, cells in lines:
        place = f"{path.parent.name}/{path.name} line {number}"
        if len(cells) != len(header):
            raise ScenarioError(f"{place}: {len(cells)} cells for {len(header)} columns")
        row = dict(zip(header, cells, strict=True))
        action = row.pop(ACTION, "")
        if action not in {"", DROP}:
            raise ScenarioError(f"{place}: {ACTION} is {action!r}: leave it empty or write {DROP}")
        rows.append(Row(place, row, action == DROP))
    return [name for name in header if name != ACTION], rows
