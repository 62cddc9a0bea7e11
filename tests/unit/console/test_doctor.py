"""The doctor finds what was broken on purpose, and says how to mend it."""

from __future__ import annotations

import json
import shutil
from collections import namedtuple

import pytest
from typer.testing import CliRunner

from dagster_project.build.instance import prepare_instance
from dagster_project.cli import app
from dagster_project.console import health
from dagster_project.privacy import load_keys
from dagster_project.privacy.access_log import add_entry, exclusive_log
from dagster_project.release.lock import run_lock
from dagster_project.settings import KEY_VARIABLE, Home


@pytest.fixture
def well(home: Home, monkeypatch) -> Home:
    """A home in which a run published, with a key file and a log of one entry."""
    monkeypatch.delenv(KEY_VARIABLE)
    keys = load_keys(home)
    with exclusive_log(home):
        add_entry(home, keys, {"kind": "look"})
    prepare_instance(home)
    release = home.releases / "r1"
    release.mkdir(parents=True)
    (release / "release.json").write_text(json.dumps({"release_id": "r1", "as_of": "2026-01-31"}))
    (release / "warehouse.duckdb").write_bytes(bytes(8) + b"DUCK" + (64).to_bytes(8, "little"))
    home.current.symlink_to(release)
    outcome(home, "published")
    return home


def outcome(home: Home, verdict: str) -> None:
    run = home.runs / "run-1"
    run.mkdir(parents=True, exist_ok=True)
    facts = {"run_id": "run-1", "ended_at": "now", "verdict": verdict, "messages": ["look here"]}
    (run / "outcome.json").write_text(json.dumps(facts))


def found(home: Home) -> dict[str, tuple[str, str]]:
    return {one.check: (one.state, one.remedy) for one in health.findings(home)}


def asked(home: Home, *words: str):
    return CliRunner().invoke(app, ["--home", str(home.root), "doctor", *words])


def test_a_sound_home_has_nothing_to_mend(well: Home):
    states = {check: state for check, (state, _) in found(well).items()}
    fonts = states.pop("fonts")
    assert fonts in {"ok", "warning"}
    assert states == dict.fromkeys(
        ("versions", "free disk", "lock", "last run", "storage format", "master key",
         "access log", "telemetry"), "ok",
    )  # fmt: skip
    told = asked(well, "--json")
    assert told.exit_code == 0
    assert {one["check"] for one in json.loads(told.stdout)} == {*states, "fonts"}


def test_a_home_nothing_was_done_in_is_told_what_to_do(home: Home):
    assert found(home)["last run"] == ("warning", "`member-warehouse run`")
    assert asked(home).exit_code == 0
    assert not home.root.exists() or not home.vault.exists()


def _open_key(home: Home) -> None:
    home.master_key.chmod(0o644)


def _lose_key(home: Home) -> None:
    home.master_key.unlink()


def _change_log(home: Home) -> None:
    home.access_log.write_text(home.access_log.read_text().replace("look", "none"))


def _turn_telemetry_on(home: Home) -> None:
    path = home.dagster / "dagster.yaml"
    path.write_text(path.read_text().replace("enabled: false", "enabled: true"))


BROKEN = {
    "others read the key": (_open_key, "master key", "chmod 600"),
    "the key is gone": (_lose_key, "master key", "backup"),
    "the log was changed": (_change_log, "access log", "who changed it"),
    "telemetry is on": (_turn_telemetry_on, "telemetry", "anew"),
    "the last run failed": (lambda home: outcome(home, "failed"), "last run", "look here"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_broken_is_found_and_is_an_error(well: Home, name: str):
    breaks, check, remedy = BROKEN[name]
    breaks(well)
    state, told = found(well)[check]
    assert state == "error"
    assert remedy in told
    answer = asked(well)
    assert answer.exit_code == 1
    assert "error" in answer.stdout


def test_what_may_hinder_is_a_warning(well: Home, monkeypatch):
    (well.current / "warehouse.duckdb").write_bytes(bytes(12) + (65).to_bytes(8, "little"))
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(1, 1, 1 << 20))
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setattr(health, "version", lambda package: "0.0.1")
    with run_lock(well):
        states = {check for check, (state, remedy) in found(well).items()
                  if state == "warning" and remedy}  # fmt: skip
    assert states == {"versions", "free disk", "lock", "storage format", "fonts"}
    assert asked(well).exit_code == 0


def test_a_missing_package_is_an_error(well: Home, monkeypatch):
    def missing(package: str) -> str:
        raise health.PackageNotFoundError(package)

    monkeypatch.setattr(health, "version", missing)
    assert found(well)["versions"] == ("error", "run `make setup`")
