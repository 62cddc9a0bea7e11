"""Who used personal data: one line an act, each sealed to the line before with a key of the home.

``access/log.jsonl`` holds the lines, ``access/head.json`` the number and seal of the last one, so
that a changed, removed or added line is noticed, and a cut tail too. A seal is HMAC-SHA256 under a
key derived from the master key: who cannot read the key cannot write a chain that holds. Who holds
an old copy of both files can put both back; copies elsewhere tell.
"""

from __future__ import annotations

import fcntl
import hmac
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dagster_project.privacy.keys import Keys
from dagster_project.release.durable import append_durably, write_durably
from dagster_project.settings import Home

BEGIN = "0" * 64
Entry = dict[str, Any]


class BrokenLog(ValueError):
    """The chain does not hold; the message says where it breaks."""


@contextmanager
def exclusive_log(home: Home) -> Iterator[None]:
    """Hold the log for one process, waiting for its turn."""
    home.access_log.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(home.access_log.parent / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def add_entry(home: Home, keys: Keys, facts: Mapping[str, Any]) -> Entry:
    """Append an act; the caller holds ``exclusive_log``.

    Raises:
        BrokenLog: the chain is broken already: nothing may hide behind a new line.
    """
    entries = verified_entries(home, keys)
    last = entries[-1] if entries else {"number": 0, "seal": BEGIN}
    entry = {
        "number": last["number"] + 1,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        **facts,
        "previous": last["seal"],
    }
    entry["seal"] = _seal(keys, entry)
    append_durably(home.access_log, json.dumps(entry, ensure_ascii=False, sort_keys=True))
    write_durably(_head(home), json.dumps({k: entry[k] for k in ("number", "seal")}))
    return entry


def verified_entries(home: Home, keys: Keys) -> list[Entry]:
    """All entries, the oldest first.

    Raises:
        BrokenLog: a line was changed, removed, added or moved, or the end is missing.
    """
    entries = list(_read(home))
    previous = BEGIN
    for place, entry in enumerate(entries, 1):
        told = {name: value for name, value in entry.items() if name != "seal"}
        sealed = hmac.compare_digest(str(entry.get("seal")), _seal(keys, told))
        if not sealed or entry["number"] != place or entry["previous"] != previous:
            raise BrokenLog(f"line {place} of {home.access_log} was changed, added or moved")
        previous = entry["seal"]
    _check_end(home, entries)
    return entries


def _check_end(home: Home, entries: list[Entry]) -> None:
    """The head names the last line, or the one before when a process died in between."""
    head = _head(home)
    if not head.exists():
        if len(entries) > 1:
            raise BrokenLog(f"{head} is missing: restore it, or the log's end cannot be trusted")
        return
    known = json.loads(head.read_text(encoding="utf-8"))
    number = known["number"]
    if number > len(entries) or number < len(entries) - 1:
        raise BrokenLog(f"{home.access_log} ends at line {len(entries)}, not at line {number}")
    if entries[number - 1]["seal"] != known["seal"]:
        raise BrokenLog(f"line {number} of {home.access_log} is not the one {head} names")


def _read(home: Home) -> Iterator[Entry]:
    if not home.access_log.exists():
        return
    lines = home.access_log.read_text(encoding="utf-8").splitlines()
    for place, line in enumerate(lines, 1):
        try:
            entry = json.loads(line)
        except ValueError:
            raise BrokenLog(f"line {place} of {home.access_log} cannot be read") from None
        if not isinstance(entry, dict) or not {"number", "previous", "seal"} <= entry.keys():
            raise BrokenLog(f"line {place} of {home.access_log} is no entry")
        yield entry


def _seal(keys: Keys, entry: Mapping[str, Any]) -> str:
    text = json.dumps(entry, ensure_ascii=False, sort_keys=True)
    return hmac.digest(keys.derive("access-log"), text.encode(), "sha256").hex()


def _head(home: Home) -> Path:
    return home.access_log.parent / "head.json"
