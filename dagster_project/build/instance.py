"""The Dagster instance of a home: local, silent, one run at a time."""

from __future__ import annotations

import yaml

from dagster_project.settings import HOME_VARIABLE, Home, export

_INSTANCE = {
    "telemetry": {"enabled": False},
    "nux": {"enabled": False},
    "run_coordinator": {
        "module": "dagster.core.run_coordinator",
        "class": "QueuedRunCoordinator",
        "config": {"max_concurrent_runs": 1},
    },
}


def _event_log(home: Home) -> dict[str, object]:
    return {
        "module": "dagster_project.build.event_log",
        "class": "EventLog",
        "config": {"base_dir": str(home.dagster / "history" / "runs")},
    }


def prepare_instance(home: Home) -> None:
    """Write ``dagster.yaml`` of the home and point this process at it."""
    home.dagster.mkdir(parents=True, exist_ok=True)
    path = home.dagster / "dagster.yaml"
    text = yaml.safe_dump({**_INSTANCE, "event_log_storage": _event_log(home)}, sort_keys=True)
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")
    export({"DAGSTER_HOME": str(home.dagster), HOME_VARIABLE: str(home.root)})
