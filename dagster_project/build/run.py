"""One run of the job ``refresh`` in this process, recorded in the home's Dagster instance."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from dagster_project.build.instance import prepare_instance
from dagster_project.build.request import RefreshRequest
from dagster_project.build.session import exclusive
from dagster_project.release.durable import write_durably
from dagster_project.settings import Home

DONE, FAILED, BLOCKED = 0, 1, 3
ASIDE = "build_aside"
# By this Dagster's UI counts a run of the command among the runs of its job.
UI_TAGS = {".dagster/repository": "__repository__@dagster_project.definitions"}
VERDICTS = {DONE: "published", FAILED: "failed", BLOCKED: "blocked by a gate"}


@dataclass(frozen=True)
class RunResult:
    """How a run ended: exit code as the command gives it, and why."""

    run_id: str
    code: int
    messages: tuple[str, ...] = field(default=())


def run_refresh(home: Home, request: RefreshRequest, job: str = "refresh") -> RunResult:
    """Ingest, build, gate and publish; with the job ``build_aside`` all but publish.

    Raises:
        LockHeld: another run works in this home.
    """
    prepare_instance(home)
    import dagster as dg

    from dagster_project.definitions import defs

    with exclusive(home), dg.DagsterInstance.get() as instance:
        result = defs.resolve_job_def(job).execute_in_process(
            instance=instance,
            raise_on_error=False,
            tags=UI_TAGS,
            run_config={
                **request.run_config(),
                "loggers": {"console": {"config": {"log_level": "CRITICAL"}}},
            },
        )
    outcome = _outcome(result)
    _record(home, outcome, job, _seconds(result))
    return outcome


def _outcome(result: Any) -> RunResult:
    if result.success:
        return RunResult(result.run_id, DONE)
    failures = [e for e in result.all_events if e.event_type_value == "STEP_FAILURE"]
    errors = [_cause(e.step_failure_data.error) for e in failures]
    blocked = any(is_block for _, is_block in errors)
    return RunResult(
        result.run_id, BLOCKED if blocked else FAILED, tuple(text for text, _ in errors)
    )


def _seconds(result: Any) -> dict[str, float]:
    """Seconds of every step that ended well."""
    done = [e for e in result.all_events if e.event_type_value == "STEP_SUCCESS"]
    return {e.step_key: round(e.step_success_data.duration_ms / 1000, 3) for e in done}


def _record(home: Home, outcome: RunResult, job: str, seconds: dict[str, float]) -> None:
    """Keep how the run ended beside its home, for ``status``."""
    folder = home.runs / outcome.run_id
    folder.mkdir(parents=True, exist_ok=True)
    record = {
        "run_id": outcome.run_id,
        "ended_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "verdict": "built aside" if job == ASIDE and not outcome.code else VERDICTS[outcome.code],
        "messages": outcome.messages,
        "seconds": seconds,
    }
    write_durably(folder / "outcome.json", json.dumps(record, indent=2, ensure_ascii=False))


def _cause(error: Any) -> tuple[str, bool]:
    """The innermost message of a step's error, and whether a gate or data test blocked."""
    while error.cause is not None:
        error = error.cause
    blocking = {"GateBlocked", "DbtTestFailure", "DagsterAssetCheckFailedError"}
    if error.cls_name in blocking:
        # What people shall read; the class is for programs.
        return re.sub(rf"^[\w.]*{error.cls_name}: ", "", error.message.strip()), True
    return error.message.strip(), False
