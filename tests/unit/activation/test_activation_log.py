"""The chained log: every way to change it is noticed."""

from __future__ import annotations

import json
import threading

import pytest

from dagster_project.privacy import load_keys
from dagster_project.privacy.access_log import (
    BrokenLog,
    add_entry,
    exclusive_log,
    verified_entries,
)
from dagster_project.settings import Home


def filled(home: Home, entries: int = 4) -> list[str]:
    keys = load_keys(home)
    with exclusive_log(home):
        for number in range(entries):
            add_entry(home, keys, {"kind": "export", "exported": number})
    return home.access_log.read_text().splitlines()


def broken(home: Home) -> str:
    with pytest.raises(BrokenLog) as told:
        verified_entries(home, load_keys(home))
    return str(told.value)


def test_an_untouched_log_holds(home):
    assert verified_entries(home, load_keys(home)) == []
    filled(home)
    entries = verified_entries(home, load_keys(home))
    assert [(e["number"], e["exported"]) for e in entries] == [(1, 0), (2, 1), (3, 2), (4, 3)]


CHANGES = {
    "a word changed": lambda lines: [lines[0].replace('ed": 0', 'ed": 9'), *lines[1:]],
    "a line removed": lambda lines: [lines[0], *lines[2:]],
    "the first line removed": lambda lines: lines[1:],
    "lines swapped": lambda lines: [lines[1], lines[0], *lines[2:]],
    "a line twice": lambda lines: [*lines, lines[-1]],
    "the end cut": lambda lines: lines[:2],
    "all gone": lambda lines: [],
    "half a line": lambda lines: [*lines[:3], lines[3][:20]],
    "a fact added": lambda lines: [
        *lines[:3], json.dumps({**json.loads(lines[3]), "more": 1}, sort_keys=True)],
    "no entry": lambda lines: [*lines, "[1]"],
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_noticed_and_stops_the_next_entry(home, name):
    lines = CHANGES[name](filled(home))
    home.access_log.write_text("".join(f"{line}\n" for line in lines))
    assert "line" in broken(home)
    with exclusive_log(home), pytest.raises(BrokenLog):
        add_entry(home, load_keys(home), {"kind": "export"})


def test_a_chain_made_with_another_key_does_not_hold(home, tmp_path, monkeypatch):
    other = Home(tmp_path / "other")
    filled(home)
    monkeypatch.setenv("MEMBER_WAREHOUSE_KEY", "ab" * 32)
    filled(other)
    monkeypatch.undo()
    for path in ("log.jsonl", "head.json"):
        (home.access_log.parent / path).write_bytes((other.access_log.parent / path).read_bytes())
    assert "line 1" in broken(home)


def test_a_missing_head_is_noticed(home):
    filled(home)
    (home.access_log.parent / "head.json").unlink()
    assert "head.json is missing" in broken(home)


def test_a_process_that_died_before_the_head_was_written_is_no_break(home):
    head = home.access_log.parent / "head.json"
    filled(home, 3)
    kept = head.read_bytes()
    filled(home, 1)
    head.write_bytes(kept)
    assert len(verified_entries(home, load_keys(home))) == 4
    filled(home, 1)
    assert len(verified_entries(home, load_keys(home))) == 5


def test_writers_wait_for_their_turn(home):
    threads = [threading.Thread(target=filled, args=(home, 5)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(verified_entries(home, load_keys(home))) == 20
