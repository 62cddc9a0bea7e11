"""The checkout as the structure tests read it, and how they report what they find."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
DBT = ROOT / "dbt"
PACKAGE = ROOT / "dagster_project"

# "<rule>: <file>" -> why it may stay, and until when. The rules began without exceptions: before
# adding one, change the file.
EXCEPTIONS: dict[str, str] = {}


@dataclass(frozen=True, order=True)
class Finding:
    """A place that breaks a rule, and what to do about it."""

    file: str
    line: int
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.what} -> {self.remedy}"


def report(rule: str, findings: Iterable[Finding]) -> None:
    """Fail with every finding that no exception covers."""
    open_findings = [
        found for found in sorted(findings) if f"{rule}: {found.file}" not in EXCEPTIONS
    ]
    if open_findings:
        lines = "\n".join(f"  {found}" for found in open_findings)
        pytest.fail(f"{rule}: {len(open_findings)} found\n{lines}", pytrace=False)


def relative(path: Path) -> str:
    """A path as people name it: from the top of the checkout."""
    return path.relative_to(ROOT).as_posix()


def files(folder: Path, pattern: str) -> list[Path]:
    """Files below a folder, in a stable order; what tools leave behind is none of ours."""
    skipped = {"target", "logs", "__pycache__"}
    return sorted(
        path
        for path in folder.rglob(pattern)
        if path.is_file() and not skipped & {*path.relative_to(folder).parts}
    )


def repository_files() -> list[Path]:
    """Every file that is, or would be, part of the repository."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("no git checkout: nothing says which files belong to the repository")
    return sorted({ROOT / name for name in listed.stdout.split("\0") if (ROOT / name).is_file()})


def text_of(path: Path) -> str:
    """A text file's content, or nothing for a binary one."""
    content = path.read_bytes()
    return "" if b"\0" in content[:4096] else content.decode("utf-8", errors="replace")


@dataclass(frozen=True)
class Model:
    """A dbt model with what its YAML twin says of it."""

    unique_id: str
    node: Any

    @property
    def name(self) -> str:
        """The model's name, which is its table's."""
        return self.node.name

    @property
    def path(self) -> Path:
        """The SQL file."""
        return DBT / self.node.original_file_path

    @property
    def folders(self) -> tuple[str, ...]:
        """Folders below ``models/``: the layer first."""
        return Path(self.node.original_file_path).parts[1:-1]

    @property
    def layer(self) -> str:
        """staging, conformed, identity, core, marts or ops."""
        return self.folders[0] if self.folders else ""

    @property
    def twin(self) -> Path:
        """The YAML file that must stand beside the SQL file."""
        return self.path.with_suffix(".yml")

    def finding(self, what: str, remedy: str, *, in_twin: bool = False) -> Finding:
        """A finding about the model as a whole."""
        return Finding(relative(self.twin if in_twin else self.path), 1, what, remedy)


def meta_of(thing: Any) -> dict[str, Any]:
    """``meta`` of a model or column, wherever its YAML puts it."""
    config = getattr(thing, "config", None)
    return {**(getattr(config, "meta", None) or {}), **(getattr(thing, "meta", None) or {})}


def models_of(manifest: Any) -> list[Model]:
    """The project's models, in the order of their names."""
    found = [
        Model(unique_id, node)
        for unique_id, node in manifest.nodes.items()
        if node.resource_type == "model"
    ]
    return sorted(found, key=lambda model: model.name)
