"""Commands in the documents: each verb, option, target, file and module is there.

Those a small home can answer are also run: tests/pipeline/test_documented_commands.py.
"""

from __future__ import annotations

import argparse
import importlib
import io
import re
import shutil
import sys
from contextlib import redirect_stderr
from importlib.util import find_spec
from typing import Any

import pytest
import typer

from dagster_project.cli import app
from tests.documented import Command, documented, without_redirections
from tests.structure.repository import ROOT, Finding, report, text_of

# What the documents have people install by themselves, and what every shell knows.
FOREIGN = {"pip-compile": "pip-tools, installed by the line before it"}
BUILT_IN = {"export", "cd"}
PLACEHOLDER = re.compile(r"^[A-Z]$")
UsageError: Any = typer.BadParameter.__base__


class _Parsed(Exception):
    """A program read its arguments; here it ends."""


def verb_problem(words: tuple[str, ...]) -> str | None:
    """What ``member-warehouse`` itself says of the arguments; nothing is run."""
    command, context = typer.main.get_command(app), None
    # A single capital stands for a number or a name.
    left = ["1000" if PLACEHOLDER.match(word) else word for word in words[1:]]
    try:
        while True:
            context = command.make_context(command.name, left, parent=context)
            if not hasattr(command, "resolve_command"):
                return None
            rest = [*context._protected_args, *context.args]
            _, command, left = command.resolve_command(context, rest)
    except UsageError as error:
        return error.format_message()


def module_problem(words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> str | None:
    """What a module's own parser says of the arguments, where it has one."""
    _, flag, name, *arguments = words
    if name == "pip":
        return None
    if find_spec(name) is None:
        return f"there is no module {name}"
    parse = argparse.ArgumentParser.parse_args

    def parse_and_end(parser: argparse.ArgumentParser, *given: Any) -> None:
        parse(parser, *given)
        raise _Parsed

    module = importlib.import_module(name)
    if not (hasattr(module, "main") and arguments):
        return None
    said = io.StringIO()
    with monkeypatch.context() as patch, redirect_stderr(said):
        patch.setattr(argparse.ArgumentParser, "parse_args", parse_and_end)
        patch.setattr(sys, "argv", [name, *arguments])
        try:
            module.main()
        except _Parsed:
            return None
        except SystemExit:
            return said.getvalue().splitlines()[-1]
    return f"{name} takes no arguments"


def problem(command: Command, monkeypatch: pytest.MonkeyPatch) -> str | None:
    """Why a command cannot work as it is written, or nothing."""
    words = without_redirections(command.words)
    match command.program, words[1:]:
        case "member-warehouse", _:
            return verb_problem(words)
        case "make", (target, *_):
            there = re.search(rf"^{target}:", text_of(ROOT / "Makefile"), re.M)
            return None if there else f"the Makefile has no {target}"
        case (("python" | "python3"), ("-m", *_)):
            return module_problem(words, monkeypatch)
        case (("python" | "python3"), (file, *_)):
            return None if (ROOT / file).is_file() else f"{file} is not there"
        case (program, _) if program in FOREIGN or program in BUILT_IN or shutil.which(program):
            return None
    return f"nobody knows {command.program}"


def test_every_command_of_the_documents_is_one(monkeypatch: pytest.MonkeyPatch):
    found = [
        Finding(one.file, one.line, f"{' '.join(one.words)}: {why}", "mend the document")
        for one in documented()
        if (why := problem(one, monkeypatch))
    ]
    report("documented commands", found)


def test_documents_show_every_verb():
    """Each verb of the command stands in both READMEs."""
    for name in ("README.md", "README.zh-CN.md"):
        shown = {one.words[1:3] for one in documented() if one.file == name}
        root = typer.main.get_command(app)
        wanted = set()
        for verb, command in root.commands.items():
            below = getattr(command, "commands", None)
            wanted |= {(verb, inner) for inner in below} if below else {(verb,)}
        missing = {verb for verb in wanted if not any(s[: len(verb)] == verb for s in shown)}
        assert missing == set(), f"{name} names no {sorted(missing)}"


@pytest.mark.parametrize(
    "words",
    [
        "member-warehouse runn",
        "member-warehouse run --as_of 2026-01-01",
        "member-warehouse sql --format yaml 'select 1'",
        "member-warehouse batch withdraw X",
        "make everything",
        ".venv/bin/python -m benchmarks.nothing",
        ".venv/bin/python -m benchmarks.identity --rows 1",
        "python docs/nothing.py",
        "member_warehouse run",
    ],
)
def test_a_wrong_command_is_found(words: str, monkeypatch: pytest.MonkeyPatch):
    assert problem(Command("x.md", 1, tuple(words.split())), monkeypatch)
