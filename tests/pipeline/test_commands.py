"""Commands of the documents, run as they stand on one small home; and what each says as JSON.

That every command of the documents is known at all: tests/structure/test_documented_commands.py.
"""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dagster_project.cli import app
from dagster_project.release import current
from dagster_project.settings import Home
from tests.documented import documented, without_redirections
from tests.pipeline.support import rows

pytestmark = pytest.mark.slow

# Begins of commands that are only read here, and why.
ONLY_READ = {
    "run": "builds; the home of these tests is what it made",
    "plan": "builds: tests/pipeline/test_plan.py",
    "sample": "writes the brand this home was made of",
    "report --open": "starts a browser",
    "report --serve": "serves until it is stopped: tests/unit/release/test_report.py",
    "source pull": "asks databases and services: tests/unit/connectors",
    "channel add": "writes into the project: tests/unit/onboarding",
    "gate accept": "wants a gate that blocked: tests/pipeline/test_gates.py",
    "quarantine release ID --reason …": "wants a held file: tests/unit/ingest/test_held_files.py",
    "scenario run": "replays the past: tests/pipeline/test_scenario.py",
    "scenario show": "wants a scenario that ran: tests/pipeline/test_scenario.py",
}


def _verb_words(words: tuple[str, ...]) -> tuple[str, ...]:
    """A command without its name and the home it chooses."""
    given = without_redirections(words)[1:]
    return given[2:] if given[0] == "--home" else given


def _is_run(words: tuple[str, ...]) -> bool:
    said = " ".join(words)
    return not any(f"{said} ".startswith(f"{begin} ") for begin in ONLY_READ)


# In the order of the documents; what stands twice is run once.
COMMANDS = [
    *dict.fromkeys(
        words
        for one in documented()
        if one.program == "member-warehouse"
        for words in [_verb_words(one.words)]
        if _is_run(words)
    )
]

# Where a verb is also asked for JSON.
FIRST = {words[:2]: words for words in reversed(COMMANDS)}


@pytest.fixture(scope="module")
def values(demo_copy: Home) -> dict[str, dict[str, str]]:
    """What stands for the capitals of the documents, by the verb they follow."""
    one, other = rows(demo_copy, "select member_id from core.dim_member order by member_id limit 2")
    release = current(demo_copy)
    query = "select min(batch_id) from ops.ingest_file where (rows_quarantined > 0) = "
    ((bad,),), ((good,),) = rows(demo_copy, f"{query} true"), rows(demo_copy, f"{query} false")
    audience = rows(demo_copy, "select min(audience_code) from marts.audience_member")[0][0]
    return {
        "sql": {"ID": release.id, "SELECT …": "select 1 as one"},
        "rollback": {"ID": release.id},
        "identity": {"ID": one[0], "A": one[0], "B": other[0]},
        "member": {"ID": one[0], "loyalty:L77051478": one[0]},
        "quarantine": {"ID": bad},
        "batch": {"ID": good, "BATCH": good},
        "audience": {"CODE": audience, "FILE": "audience.csv"},
        "report": {"FILE": "report.html"},
    }


@pytest.mark.parametrize("words", COMMANDS, ids=shlex.join)
def test_a_command_of_the_documents_runs(
    words: tuple[str, ...], values: dict[str, dict[str, str]], demo_copy: Home, monkeypatch
):
    monkeypatch.setenv("MEMBER_WAREHOUSE_HOME", str(demo_copy.root))
    monkeypatch.delenv("MEMBER_WAREHOUSE_ALERT_TARGETS", raising=False)
    monkeypatch.chdir(demo_copy.root)
    known = values.get(words[0], {})
    given = [known.get(word, word) for word in words]
    base = ["--home", str(demo_copy.root), *given]
    done = CliRunner().invoke(app, base)
    assert done.exit_code == 0, done.output
    assert done.stdout.strip()
    if words == FIRST[words[:2]]:
        (demo_copy.root / known.get("FILE", "nothing")).unlink(missing_ok=True)
        done = CliRunner().invoke(app, base if "--json" in given else [*base, "--json"])
        assert done.exit_code == 0, done.output
        json.loads(done.stdout)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (1, ["sql", "select nothing"]),
        (1, ["rollback", "nothing"]),
        (1, ["identity", "why", "nobody"]),
        (1, ["member", "show", "nobody", "--json"]),
        (1, ["audience", "show", "nobody", "--json"]),
        (1, ["audience", "export", "nobody", "--to", "x.csv"]),
        (1, ["batch", "withdraw", "nothing", "--reason", "none"]),
        (1, ["quarantine", "show", "nothing"]),
        (1, ["scenario", "show", "nothing", "--json"]),
        (1, ["source", "pull", "nowhere"]),
        (1, ["channel", "add", "x", "--from", "not-there.csv", "--look-only"]),
        (1, ["run", "--landing", "not-there"]),
        (1, ["plan", "--landing", "not-there", "--json"]),
        (1, ["report", "--release", "nothing"]),
        (2, ["run", "--as-of", "soon"]),
        (2, ["plan", "--as-of", "soon"]),
        (2, ["plan", "--yes", "--no"]),
        (2, ["nothing"]),
    ],
)
def test_what_goes_wrong_is_said_in_one_line(
    code: int, words: list[str], demo_copy: Home, monkeypatch
):
    monkeypatch.setenv("MEMBER_WAREHOUSE_HOME", str(demo_copy.root))
    done = CliRunner().invoke(app, ["--home", str(demo_copy.root), *words])
    assert done.exit_code == code, done.output
    assert "Traceback" not in done.output and done.stdout == ""
    assert code == 2 or done.stderr.startswith("error: ")


def test_a_new_home_says_what_to_do(tmp_path: Path, monkeypatch):
    monkeypatch.setenv("MEMBER_WAREHOUSE_HOME", str(tmp_path))
    for words in (["sql", "select 1"], ["report"], ["audience", "list"], ["member", "show", "x"]):
        done = CliRunner().invoke(app, ["--home", str(tmp_path), *words])
        assert done.exit_code == 1 and "member-warehouse run" in done.stderr, done.output
