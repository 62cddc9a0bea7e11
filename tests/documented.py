"""Every command the documents tell people to type, taken from the documents themselves."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.structure.repository import relative, repository_files, text_of

FENCE = re.compile(r"^\s*```\s*(\w*)")
SHELLS = {"bash", "sh", "shell", "console"}
SPAN = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
# A span of code is a command when it begins as one and goes on: `make` alone is a word.
WHOLE = re.compile(r"(?:\.venv/bin/)?(?:member-warehouse|python3?|dagster|dbt) \S|make [a-z-]+$")
# The table of verbs leaves the command's name out.
VERBS = re.compile(r"^\|\s*(?:verb|命令)\s*\|")
OPTIONAL = re.compile(r"\[([^\]]*)\]")
OTHERWISE = re.compile(r",\s*|、|\s+or\s+|\s+或\s+")
HISTORY = {"CHANGELOG.md"}


@dataclass(frozen=True)
class Command:
    """One command line: ``words`` as a shell would read them, without redirections."""

    file: str
    line: int
    words: tuple[str, ...]

    @property
    def program(self) -> str:
        """What is started, without the environment's folder."""
        return self.words[0].removeprefix(".venv/bin/")

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {shlex.join(self.words)}"


def documented() -> list[Command]:
    """All commands, in the order of files and lines."""
    paths = [p for p in repository_files() if p.suffix == ".md" and p.name not in HISTORY]
    return [command for path in paths for command in _commands(path)]


def _commands(path: Path) -> Iterator[Command]:
    for number, text in _lines(path):
        for written in _alternatives(text):
            for words in _simple_commands(written):
                yield Command(relative(path), number, words)


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """Lines of shell blocks, continued ones joined; spans that are commands; the table of verbs."""
    language, held, in_verbs = "", "", False
    for number, line in enumerate(text_of(path).splitlines(), 1):
        if found := FENCE.match(line):
            language = "" if language else found[1] or "text"
        elif language in SHELLS:
            held += line.strip()
            if held.endswith("\\"):
                held = held[:-1]
                continue
            yield number, held
            held = ""
        elif not language:
            in_verbs = bool(VERBS.match(line)) or (in_verbs and line.startswith("|"))
            spans = SPAN.findall(line.split("|")[1] if in_verbs else line)
            if in_verbs and not VERBS.match(line):
                yield from ((number, f"member-warehouse {span}") for span in spans)
            yield from ((number, span) for span in spans if WHOLE.match(span))


def _alternatives(text: str) -> list[str]:
    """A line with ``[optional parts]`` once for each of them, else the line itself."""
    parts = OPTIONAL.findall(text)
    if not parts or not text.lstrip().startswith(("member-warehouse", ".venv")):
        return [text]
    base, found = OPTIONAL.sub("", text), []
    for part in parts:
        first, *others = OTHERWISE.split(part)
        option = first.split()[0]
        found += [first, *(one if one.startswith("--") else f"{option} {one}" for one in others)]
    return [f"{base} {one}" for one in found]


def _simple_commands(text: str) -> Iterator[tuple[str, ...]]:
    reader = shlex.shlex(text, posix=True, punctuation_chars="&|;<>")
    reader.whitespace_split = True
    words: list[str] = []
    for word in reader:
        if word in {"&&", "||", ";", "|"}:
            yield tuple(words)
            words = []
        else:
            words.append(word)
    if words:
        yield tuple(words)


def without_redirections(words: tuple[str, ...]) -> tuple[str, ...]:
    """The words of a command before its first ``>`` or ``<``."""
    at = next((i for i, word in enumerate(words) if word in {">", ">>", "<"}), len(words))
    return words[:at]
