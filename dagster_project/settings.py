"""The only reader of the environment: where a home is, how its parts are called, and its settings.

A *home* is the folder one warehouse lives in. Everything the warehouse writes stands below it;
``Home`` names every path, so that no other module joins path strings.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

PROJECT_ROOT = Path(__file__).resolve().parents[1]
DBT_PROJECT_DIR = PROJECT_ROOT / "dbt"
EXPECTATIONS_DIR = PROJECT_ROOT / "expectations"
REPORT_DIR = PROJECT_ROOT / "dashboards" / "report"
RULES_DIR = DBT_PROJECT_DIR / "seeds" / "rules"

HOME_VARIABLE = "MEMBER_WAREHOUSE_HOME"
LANDING_VARIABLE = "MEMBER_WAREHOUSE_LANDING"
KEY_VARIABLE = "MEMBER_WAREHOUSE_KEY"
DATABASE_VARIABLE = "MEMBER_WAREHOUSE_DB"
THREADS_VARIABLE = "MEMBER_WAREHOUSE_THREADS"
MEMORY_VARIABLE = "MEMBER_WAREHOUSE_MEMORY_LIMIT"


@dataclass(frozen=True)
class Home:
    """The paths of one warehouse. ``root`` is absolute; nothing is created by naming it."""

    root: Path

    @cached_property
    def landing(self) -> Path:
        """Files as the channels delivered them; never changed by the warehouse."""
        override = os.environ.get(LANDING_VARIABLE)
        return Path(override).resolve() if override else self.root / "landing"

    @cached_property
    def incoming(self) -> Path:
        """Content-addressed copies while their batch is made."""
        return self.root / "incoming"

    @cached_property
    def raw(self) -> Path:
        """Immutable batches: ``raw/<format>/<entity>/<batch>/``."""
        return self.root / "raw"

    @cached_property
    def vault(self) -> Path:
        """Encrypted personal values and their wrapped keys."""
        return self.root / "vault"

    @cached_property
    def master_key(self) -> Path:
        """The key file, made at the first run unless the environment gives the key."""
        return self.root / "keys" / "master.key"

    @cached_property
    def register(self) -> Path:
        """Minted member ids: truth, like raw."""
        return self.root / "register"

    @cached_property
    def state_database(self) -> Path:
        """The database of the last published build."""
        return self.root / "work" / "state.duckdb"

    @cached_property
    def next_database(self) -> Path:
        """The database being built; thrown away when its run dies."""
        return self.root / "work" / "next.duckdb"

    @cached_property
    def releases(self) -> Path:
        """Finished releases, one folder each."""
        return self.root / "releases"

    @cached_property
    def current(self) -> Path:
        """The symlink to the release that readers see."""
        return self.root / "current"

    @cached_property
    def connectors(self) -> Path:
        """How far each feed of ``sources.yml`` has been read."""
        return self.root / "connectors"

    @cached_property
    def scenarios(self) -> Path:
        """What-if scenarios of this home: a folder of rule rows each."""
        return self.root / "scenarios"

    @cached_property
    def scenario_results(self) -> Path:
        """What the scenarios came to, a folder each."""
        return self.root / "scenario_results"

    @cached_property
    def exports(self) -> Path:
        """Who went out in which export: member ids, never addresses."""
        return self.root / "exports"

    @cached_property
    def access_log(self) -> Path:
        """The chained log of exports and of other uses of the vault."""
        return self.root / "access" / "log.jsonl"

    @cached_property
    def alerts(self) -> Path:
        """What was told of alerts, and to whom."""
        return self.root / "alerts"

    @cached_property
    def dagster(self) -> Path:
        """DAGSTER_HOME of this warehouse."""
        return self.root / "dagster"

    @cached_property
    def dbt(self) -> Path:
        """dbt's target and logs."""
        return self.root / "dbt"

    @cached_property
    def runs(self) -> Path:
        """What each run found, as JSON: gates, counts; never values."""
        return self.root / "runs"

    @cached_property
    def lock(self) -> Path:
        """The run lock."""
        return self.root / "run.lock"


def home_from_environment() -> Home:
    """The home named by ``MEMBER_WAREHOUSE_HOME``, else ``./data``."""
    return Home(Path(os.environ.get(HOME_VARIABLE) or "data").resolve())


def export(variables: Mapping[str, str]) -> None:
    """Set variables for the libraries that are configured by the environment (dbt, Dagster)."""
    os.environ.update(variables)


def master_key_text() -> str | None:
    """The master key given by the environment (base64 or hex of 32 bytes), if any."""
    return os.environ.get(KEY_VARIABLE) or None


def secret(variable: str) -> str | None:
    """What a variable that may hold keys or passwords says, if it is set: never log it."""
    return os.environ.get(variable) or None


@dataclass(frozen=True)
class Settings:
    """What may differ between installations without being a business rule.

    ``settle_seconds``: a landing file changed less long ago is looked at twice, so far apart.
    """

    time_zone: str = "Asia/Shanghai"
    reporting_currency: str = "CNY"
    releases_kept: int = 5
    alert_days: int = 7
    threads: int = 2
    memory_limit: str = "60%"  # DuckDB's, an amount or a share; what needs more goes to the disk
    settle_seconds: float = 1.0

    @property
    def zone(self) -> ZoneInfo:
        """The business time zone."""
        return ZoneInfo(self.time_zone)


def settings_from_environment() -> Settings:
    """Settings with ``MEMBER_WAREHOUSE_*`` overrides applied.

    Raises:
        ValueError: a value cannot be read; the message names the variable and the remedy.
    """
    prefix, defaults = "MEMBER_WAREHOUSE_", Settings()
    read = {
        "time_zone": os.environ.get(prefix + "TIME_ZONE") or defaults.time_zone,
        "reporting_currency": os.environ.get(prefix + "CURRENCY") or defaults.reporting_currency,
        "memory_limit": os.environ.get(MEMORY_VARIABLE) or defaults.memory_limit,
    }
    for name in ("releases_kept", "alert_days", "threads"):
        text = os.environ.get(variable := prefix + name.upper())
        if text is not None and not (text.isdigit() and int(text) > 0):
            raise ValueError(f"{variable}={text!r} is no positive whole number: set it to one")
        read[name] = int(text) if text else getattr(defaults, name)
    text = os.environ.get(prefix + "SETTLE_SECONDS") or str(defaults.settle_seconds)
    if not re.fullmatch(r"\d+(\.\d+)?", text):
        raise ValueError(f"{prefix}SETTLE_SECONDS={text!r} is no number of seconds: set it to one")
    return Settings(**read, settle_seconds=float(text))
