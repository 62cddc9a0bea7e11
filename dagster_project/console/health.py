"""What may stand in a warehouse's way on this machine, each with its remedy."""

from __future__ import annotations

import re
import shutil
import stat
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

import yaml

from dagster_project.console.status import home_status
from dagster_project.release import current
from dagster_project.settings import DBT_PROJECT_DIR, PROJECT_ROOT, Home, master_key_text

OK, WARNING, ERROR = "ok", "warning", "error"
PACKAGES = (
    "dagster", "dagster-dbt", "dbt-core", "dbt-duckdb", "duckdb", "great-expectations", "numpy",
    "pyarrow", "scikit-learn", "scipy", "splink",
)  # fmt: skip
SPARE_BYTES = 1 << 30
COPIES = 3  # a run holds the state, the build and the release at once
# A release is written in the storage format that readers with DuckDB 1.x open.
STORAGE_VERSION, STORAGE_AT = 64, slice(12, 20)


@dataclass(frozen=True)
class Finding:
    """One look at one thing; ``remedy`` where it is not as it should be."""

    check: str
    state: str
    found: str
    remedy: str = ""


def findings(home: Home) -> list[Finding]:
    """All findings, in the order a person would look."""
    looks: tuple[Callable[[Home], Iterator[Finding]], ...] = (
        _versions, _disk, _run, _storage, _key, _access_log, _telemetry, _fonts,
    )  # fmt: skip
    return [finding for look in looks for finding in look(home)]


def _versions(home: Home) -> Iterator[Finding]:
    del home
    lock = (PROJECT_ROOT / "requirements.lock").read_text(encoding="utf-8")
    pinned = dict(re.findall(r"^([A-Za-z0-9_.-]+)==(\S+)", lock, re.M))
    other = []
    for package in PACKAGES:
        try:
            installed = version(package)
        except PackageNotFoundError:
            installed = "missing"
        if installed != pinned.get(package):
            other.append(f"{package} {installed} (locked {pinned.get(package)})")
    if other:
        missing = any(" missing " in one for one in other)
        yield Finding(
            "versions", ERROR if missing else WARNING, ", ".join(other), "run `make setup`"
        )
    else:
        yield Finding("versions", OK, f"{len(PACKAGES)} packages as locked")


def _disk(home: Home) -> Iterator[Finding]:
    there = next(p for p in (home.root, *home.root.parents) if p.exists())
    free = shutil.disk_usage(there).free
    state = home.state_database.stat().st_size if home.state_database.exists() else 0
    needed = COPIES * state + SPARE_BYTES
    said = f"{free / 1e9:.1f} GB free, a run may need {needed / 1e9:.1f} GB"
    if free >= needed:
        yield Finding("free disk", OK, said)
    else:
        remedy = f"free space on the disk of {home.root}, or keep fewer releases"
        yield Finding("free disk", WARNING, said, remedy)


def _run(home: Home) -> Iterator[Finding]:
    facts = home_status(home)
    if facts["running"]:
        remedy = "wait for it; if it hangs, stop that process: nothing has to be repaired"
        yield Finding("lock", WARNING, f"held by {facts['running']}", remedy)
    else:
        yield Finding("lock", OK, "free")
        if home.next_database.exists() and facts["last_run"]:
            yield Finding(
                "leftovers", OK, f"{home.next_database.name} of a run that did not publish"
            )
    if facts["last_run"] is None:
        yield Finding("last run", WARNING, "none yet", "`member-warehouse run`")
    elif facts["last_run_verdict"] != "published":
        said = f"{facts['last_run_verdict']} at {facts['last_run_ended']}"
        told = "; ".join(facts["last_run_messages"]) or "see the run in Dagster (make dev)"
        yield Finding("last run", ERROR, said, told)
    else:
        yield Finding("last run", OK, f"published at {facts['last_run_ended']}")


def _storage(home: Home) -> Iterator[Finding]:
    release = current(home)
    if release is None:
        return
    with release.database.open("rb") as stream:
        found = int.from_bytes(stream.read(STORAGE_AT.stop)[STORAGE_AT], "little")
    if found == STORAGE_VERSION:
        yield Finding("storage format", OK, "readable by DuckDB 1.0 and later")
    else:
        remedy = "publish again with `member-warehouse run`"
        yield Finding("storage format", WARNING, f"format {found}: older readers fail", remedy)


def _key(home: Home) -> Iterator[Finding]:
    if master_key_text():
        yield Finding("master key", OK, "given by the environment")
        return
    path = home.master_key
    if not path.exists():
        if (home.vault / "key_check").exists():
            yield Finding("master key", ERROR, f"{path} is missing", "restore it from its backup")
        else:
            yield Finding("master key", OK, "none yet: the first run makes it")
        return
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        yield Finding("master key", ERROR, f"mode {mode:o}: others read it", f"chmod 600 {path}")
    else:
        yield Finding("master key", OK, f"mode {mode:o}; is there a backup apart from the home?")


def _access_log(home: Home) -> Iterator[Finding]:
    from dagster_project.activation.history import verified_log
    from dagster_project.privacy import MasterKeyError, load_keys
    from dagster_project.privacy.access_log import BrokenLog, exclusive_log

    if not home.access_log.exists():
        return
    try:
        with exclusive_log(home):
            entries = verified_log(home, load_keys(home))
        yield Finding("access log", OK, f"the chain of {len(entries)} entries holds")
    except BrokenLog as error:
        remedy = "find out who changed it; restore the log and exports from a copy"
        yield Finding("access log", ERROR, str(error), remedy)
    except MasterKeyError as error:
        yield Finding("access log", WARNING, "not checked without the key", str(error))


def _telemetry(home: Home) -> Iterator[Finding]:
    project = yaml.safe_load((DBT_PROJECT_DIR / "dbt_project.yml").read_text(encoding="utf-8"))
    path = home.dagster / "dagster.yaml"
    dagster = yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else {}
    on = []
    if project.get("flags", {}).get("send_anonymous_usage_stats", True):
        on.append("dbt")
    if path.exists() and dagster.get("telemetry", {}).get("enabled", True):
        on.append("Dagster")
    if on:
        remedy = f"`member-warehouse run` writes {path.name} anew; see flags in dbt_project.yml"
        yield Finding("telemetry", ERROR, f"on in {', '.join(on)}", remedy)
    else:
        yield Finding("telemetry", OK, "off")


def _fonts(home: Home) -> Iterator[Finding]:
    del home
    lister = shutil.which("fc-list")
    listed = b""
    if lister:
        listed = subprocess.run([lister, ":lang=zh"], check=False, capture_output=True).stdout
    if listed.strip():
        yield Finding("fonts", OK, f"{len(listed.splitlines())} with Chinese")
    else:
        remedy = "install a Chinese font such as fonts-noto-cjk, for pictures of charts"
        yield Finding("fonts", WARNING, "none with Chinese found", remedy)


def worst(found: list[Finding]) -> str:
    """The worst state among findings."""
    states = {finding.state for finding in found}
    return next(state for state in (ERROR, WARNING, OK) if state in states or state == OK)
