"""What the code and the rules are, as one hash: a build of other code may not continue a state."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from dagster_project.settings import DBT_PROJECT_DIR, PROJECT_ROOT, Settings

_FOLDERS = ("models", "macros", "seeds")
_PACKAGES = ("formats", "identity", "scores", "build")
_ENGINES = ("duckdb", "dbt-core", "dbt-duckdb", "numpy", "scipy", "scikit-learn", "splink")


def _files() -> Iterator[Path]:
    yield DBT_PROJECT_DIR / "dbt_project.yml"
    roots = [DBT_PROJECT_DIR / name for name in _FOLDERS]
    roots += [PROJECT_ROOT / "dagster_project" / name for name in _PACKAGES]
    for root in roots:
        yield from sorted(p for p in root.rglob("*") if p.suffix in {".sql", ".csv", ".yml", ".py"})


def code_fingerprint(settings: Settings) -> str:
    """SHA-256 (hex, 64) of everything besides raw that decides what a build computes."""
    digest = hashlib.sha256()
    for path in _files():
        digest.update(path.relative_to(PROJECT_ROOT).as_posix().encode() + b"\0")
        digest.update(path.read_bytes() + b"\0")
    for engine in _ENGINES:
        digest.update(f"{engine}={version(engine)}\0".encode())
    digest.update(f"{settings.time_zone}\0{settings.reporting_currency}".encode())
    return digest.hexdigest()
