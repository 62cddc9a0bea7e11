"""Writes docs/where-is-it.md: every rule file, what it decides and what reads it.

Run ``python docs/where_is_it.py`` after a rule or a model came, went or was renamed. Readers are
taken from dbt's own graph and the package's code, so that none can be forgotten, and from the
models' ``meta.rules``: the rules that decide a table which reads them through another.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dagster_project.build.dbt import load_manifest
from dagster_project.settings import PROJECT_ROOT

TARGET = Path(__file__).with_name("where-is-it.md")
FOLDERS = {
    "rules": ("Business rules", "Change a row, run, done: [change a rule](change-a-rule.md)."),
    "overrides": ("Decisions of people", "Each row is one decision, with its reason."),
    "reference": ("Reference", "Facts about the sources that are no rules of ours."),
    "exceptions": (
        "Exceptions",
        "Known breaks of a check, each with a reason and the day it ends.",
    ),
}
HEADER = """# Where is it?

Which file decides what, and what reads it. Written by `python docs/where_is_it.py`; do not edit.

As of which day? `as_of`, the only clock: `member-warehouse run --as-of YYYY-MM-DD`, else the last
business day among the orders. No rule file can change it.
"""


def rules_of(node: Any) -> list[str]:
    """The rule files a model names in ``meta.rules``."""
    return (node.config.meta or {}).get("rules", [])


def _python_readers(seed: str) -> Iterator[str]:
    named = re.compile(rf"\brules\.{seed}\b|[\"']{seed}(?:\.csv)?[\"']")
    for path in sorted((PROJECT_ROOT / "dagster_project").rglob("*.py")):
        if named.search(path.read_text(encoding="utf-8")):
            yield path.relative_to(PROJECT_ROOT).as_posix()


def _readers(manifest: Any, seed: Any) -> list[str]:
    models = [
        node.name
        for node in manifest.nodes.values()
        if node.resource_type == "model"
        and (seed.unique_id in node.depends_on.nodes or seed.name in rules_of(node))
    ]
    return [*sorted(models), *_python_readers(seed.name)]


def _first_sentence(description: str) -> str:
    return re.split(r"(?<=\.) ", " ".join(description.split()))[0]


def text(manifest: Any) -> str:
    """The whole page, from a parsed dbt project."""
    seeds = sorted(
        (node for node in manifest.nodes.values() if node.resource_type == "seed"),
        key=lambda node: node.name,
    )
    parts = [HEADER]
    for folder, (title, remark) in FOLDERS.items():
        lines = [
            f"| [{seed.name}.csv](../dbt/{seed.original_file_path}) "
            f"| {_first_sentence(seed.description)} "
            f"| {', '.join(_readers(manifest, seed)) or 'nothing yet'} |"
            for seed in seeds
            if Path(seed.original_file_path).parts[1] == folder
        ]
        if lines:
            rows = "\n".join(["| file | what it decides | read by |", "|---|---|---|", *lines])
            parts.append(f"## {title}\n\n{remark}\n\n{rows}\n")
    return "\n".join(parts)


if __name__ == "__main__":
    TARGET.write_text(text(load_manifest()), encoding="utf-8")
