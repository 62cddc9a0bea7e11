"""What starts runs by itself: files that arrive."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import dagster as dg

from dagster_project.defs.jobs import rebuild_from_raw, refresh
from dagster_project.ingest.pending import digest_of, pending_files
from dagster_project.release import LockHeld, run_lock
from dagster_project.settings import Home, home_from_environment

_GOING_ON = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]
# A run in these has a process of its own, which holds the home's lock once it has begun.
_AT_WORK = {
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
}
SECONDS_BETWEEN_LOOKS = 3
SECONDS_TO_BEGIN = 300


@dg.sensor(
    job=refresh,
    minimum_interval_seconds=SECONDS_BETWEEN_LOOKS,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Files that arrive in landing and are at rest start `refresh`: one run at a time, "
    "which takes all that has arrived by then. 落地新文件自动触发刷新，同一时间只有一次运行。",
)
def new_files(context: dg.SensorEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    """Two looks alike in a row mean that nobody is writing; what a run left over starts no other.

    The cursor keeps the last look, and the look of the last run that was started.
    """
    home = home_from_environment()
    pending = pending_files(home)
    look = digest_of(pending) if pending else ""
    cursor = json.loads(context.cursor or "{}")
    context.update_cursor(json.dumps({**cursor, "looked": look}))
    if not pending:
        return dg.SkipReason("nothing new in landing")
    if look == cursor.get("asked"):
        return dg.SkipReason(f"{len(pending)} files are held or wait since the last run")
    if look != cursor.get("looked"):
        return dg.SkipReason(f"{len(pending)} files are arriving")
    if busy := _going_on(context.instance, home):
        return dg.SkipReason(f"{busy}; the next run takes all {len(pending)} files")
    context.update_cursor(json.dumps({"looked": look, "asked": look}))
    return dg.RunRequest(tags={"member_warehouse/files": str(len(pending))})


def _going_on(instance: dg.DagsterInstance, home: Home) -> str | None:
    """What has the warehouse to itself now, in words. A run that was killed is told as failed."""
    try:
        if home.lock.exists():
            with run_lock(home):
                pass
    except LockHeld as held:
        return f"process {held.pid} runs"
    for job in (refresh.name, rebuild_from_raw.name):
        for record in instance.get_run_records(dg.RunsFilter(job_name=job, statuses=_GOING_ON)):
            if not _is_gone(record):
                return f"a run of {job} is going on"
            instance.report_run_failed(record.dagster_run, "its process is gone")
    return None


def _is_gone(record: dg.RunRecord) -> bool:
    """Whether nobody works on a run: it began a while ago, and the home's lock is free."""
    quiet = datetime.now(UTC) - record.update_timestamp.astimezone(UTC)
    return record.dagster_run.status in _AT_WORK and quiet.total_seconds() > SECONDS_TO_BEGIN
