"""Telling alerts: at least once to every target, tried again with growing pauses, every try logged.

The log ``alerts/deliveries.jsonl`` of the home is what was told already: it names notices, targets
and outcomes, never an address. A notice that was taken just before the machine stopped may be told
again, under the same idempotency key. What could not be told is tried at the next run.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from dagster_project.activation.alert_notices import Notice, recent_notices
from dagster_project.activation.alert_targets import (
    DeliveryError,
    Target,
    key_of,
    read_targets,
)
from dagster_project.release import open_release
from dagster_project.settings import Home, secret, settings_from_environment

TARGETS_VARIABLE = "MEMBER_WAREHOUSE_ALERT_TARGETS"
TRIES = 4
FIRST_PAUSE_SECONDS = 0.5


@dataclass(frozen=True)
class Outcome:
    """Counts of one call: told now, told before, failed after all tries; tries in all."""

    delivered: int = 0
    known: int = 0
    failed: int = 0
    tries: int = 0


def _told(log: Path) -> set[str]:
    """Keys of what was delivered; a line cut by a crash counts as not told."""
    if not log.exists():
        return set()
    keys = set()
    for line in log.read_text(encoding="utf-8").splitlines():
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        if entry["outcome"] == "delivered":
            keys.add(entry["idempotency_key"])
    return keys


def _note(log: Path, notice: Notice, target: Target, tried: int, outcome: str) -> None:
    """Append a try, on the disk before the next one begins."""
    log.parent.mkdir(parents=True, exist_ok=True)
    entry = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "notice": notice.key,
        "target": target.name,
        "idempotency_key": key_of(notice, target),
        "try": tried,
        "outcome": outcome,
    }
    cut = log.exists() and not log.read_bytes().endswith(b"\n") and log.stat().st_size > 0
    with log.open("a", encoding="utf-8") as stream:
        stream.write(("\n" if cut else "") + json.dumps(entry) + "\n")
        stream.flush()
        os.fsync(stream.fileno())


def _tell(
    log: Path, notice: Notice, target: Target, pause: Callable[[float], None]
) -> tuple[bool, int]:
    """Try until it is taken or ``TRIES`` are over; the pause doubles each time."""
    for tried in range(1, TRIES + 1):
        try:
            target.send(notice, key_of(notice, target))
        except DeliveryError as error:
            _note(log, notice, target, tried, str(error))
            if tried < TRIES:
                pause(FIRST_PAUSE_SECONDS * 2 ** (tried - 1))
            continue
        _note(log, notice, target, tried, "delivered")
        return True, tried
    return False, TRIES


def deliver(
    log: Path,
    notices: Sequence[Notice],
    targets: Sequence[Target],
    pause: Callable[[float], None] = time.sleep,
) -> Outcome:
    """Tell every notice to every target that hears of its severity and was not told it yet.

    A target that fails ``TRIES`` times in a row is left for the next run: the other notices for
    it fail untried, so that a dead receiver costs seconds.
    """
    told = _told(log)
    delivered = known = failed = tries = 0
    for target in targets:
        is_dead = False
        for notice in (one for one in notices if one.severity in target.severities):
            if key_of(notice, target) in told:
                known += 1
            elif is_dead:
                failed += 1
            else:
                is_taken, tried = _tell(log, notice, target, pause)
                tries += tried
                delivered += is_taken
                failed += not is_taken
                is_dead = not is_taken
    return Outcome(delivered, known, failed, tries)


def delivery_log(home: Home) -> Path:
    """Every try there was, one JSON object a line."""
    return home.alerts / "deliveries.jsonl"


def deliver_current(home: Home, pause: Callable[[float], None] = time.sleep) -> Outcome:
    """Tell what is recent in the current release.

    Raises:
        ValueError: a target of the environment cannot be read.
    """
    targets = read_targets(secret(TARGETS_VARIABLE))
    if not targets:
        return Outcome()
    with open_release(home) as release:
        notices = recent_notices(release, settings_from_environment().alert_days)
    return deliver(delivery_log(home), notices, targets, pause)
