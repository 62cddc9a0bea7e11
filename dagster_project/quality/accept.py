"""A person may let a blocked check pass: once, with a reason, on record.

``<home>/runs/accepted.jsonl`` is only ever appended to: a line when a person accepts, and a line
when a published run has used it up.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path

from dagster_project.quality.context import AcceptedCheck
from dagster_project.quality.report import CheckResult
from dagster_project.settings import Home


def accept_results(
    results: Iterable[CheckResult], accepted: Sequence[AcceptedCheck]
) -> tuple[list[CheckResult], list[AcceptedCheck]]:
    """Let accepted failures pass; return the results and the acceptances that did something.

    A check that could not be evaluated is never let pass: nobody has seen what it would say.
    """
    by_check = {one.check: one for one in accepted}
    used: dict[str, AcceptedCheck] = {}
    judged: list[CheckResult] = []
    for result in results:
        word = by_check.get(result.check_id)
        if word is not None and result.blocks and result.executed:
            used[word.check] = word
            judged.append(replace(result, accepted=word.reason))
        else:
            judged.append(result)
    return judged, list(used.values())


def accept_check(home: Home, run_id: str, check: str, reason: str) -> AcceptedCheck:
    """Note that a check which blocked a run may pass in the next one.

    Raises:
        ValueError: the reason is empty or the check is none of the gates'.
    """
    from dagster_project.quality.gates import GATES, check_specs

    if not reason.strip():
        raise ValueError("a check is accepted for a reason: give one")
    known = {spec.name for gate in GATES for spec in check_specs(gate)}
    if check.split("@", maxsplit=1)[0] not in known:
        raise ValueError(
            f"no gate has a check {check!r}: take the name as the blocked run's message prints it"
        )
    word = AcceptedCheck(run_id, check, reason)
    _append(home, {"what": "accepted", **asdict(word)})
    return word


def open_acceptances(home: Home) -> list[AcceptedCheck]:
    """The acceptances that no published run has used yet, the oldest first."""
    path = _log(home)
    if not path.is_file():
        return []
    waiting: dict[tuple[str, str], AcceptedCheck] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        key = (entry["run_id"], entry["check"])
        if entry["what"] == "accepted":
            waiting[key] = AcceptedCheck(entry["run_id"], entry["check"], entry["reason"])
        else:
            waiting.pop(key, None)
    return list(waiting.values())


def spend_acceptances(home: Home, used: Iterable[AcceptedCheck], by_run: str) -> None:
    """Note that a run which published has used acceptances; they count no more."""
    for word in used:
        _append(home, {"what": "used", **asdict(word), "by_run": by_run})


def _log(home: Home) -> Path:
    return home.runs / "accepted.jsonl"


def _append(home: Home, entry: dict[str, str]) -> None:
    path = _log(home)
    path.parent.mkdir(parents=True, exist_ok=True)
    entry["at"] = datetime.now(UTC).isoformat(timespec="seconds")
    with path.open("a", encoding="utf-8") as log:
        log.write(json.dumps(entry, ensure_ascii=False) + "\n")
