"""Which field a header probably means: by its name, by what exports call it, by its spelling."""

from __future__ import annotations

import re
import unicodedata
from difflib import SequenceMatcher
from functools import cache
from pathlib import Path

import yaml

from dagster_project.formats.model import Entity

SYNONYMS = Path(__file__).resolve().parent / "words" / "synonyms.yml"
SAME, KNOWN_WORD, ALIKE = 1.0, 0.9, 0.75


def plain_words(header: str) -> str:
    """A header without case, width, blanks and punctuation: ``Phone No.`` is ``phoneno``."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", header).casefold())


@cache
def likeness(header: str, field: str, aliases: tuple[str, ...] = ()) -> float:
    """How sure a header means a field, 0 to 1.

    1 for its own name or an alias, 0.9 for a word exports use for it, below that the share of
    letters in common (Ratcliff and Obershelp's measure, as difflib computes it) with any of them.
    """
    wanted = plain_words(header)
    if not wanted:
        return 0.0
    own = {plain_words(one) for one in (field, *aliases)}
    if wanted in own:
        return SAME
    others = {plain_words(one) for one in _synonyms().get(field, ())}
    if wanted in others:
        return KNOWN_WORD
    best = max(SequenceMatcher(None, wanted, one).ratio() for one in own | others)
    return min(best, KNOWN_WORD - 0.01)


def suggest_field(header: str, entity: Entity, among: set[str]) -> tuple[str, float] | None:
    """The field of an entity that a header looks most like, and how sure that is.

    Args:
        among: the names of the fields that may be meant.
    """
    found = [
        (likeness(header, one.name, one.aliases), one.name)
        for one in entity.fields
        if one.name in among
    ]
    best = max(found, key=lambda one: (one[0], one[1]), default=(0.0, ""))
    return (best[1], best[0]) if best[0] >= ALIKE else None


def hints(headers: list[str], entity: Entity, missing: set[str]) -> dict[str, str]:
    """Header to the missing field it looks like; a field is suggested for one header only."""
    scored = [
        (-sure, header, field)
        for header in headers
        if (found := suggest_field(header, entity, missing)) is not None
        for field, sure in [found]
    ]
    given: dict[str, str] = {}
    for _, header, field in sorted(scored):
        if field not in given.values():
            given[header] = field
    return given


def hint_text(header: str, field: str, format_name: str, entity: str) -> str:
    """What to tell a person about a header that looks like a field."""
    return (
        f"`{header}` looks like `{field}`: add an alias to {entity}.{field} in "
        f"dagster_project/formats/{format_name}.yml"
    )


@cache
def _synonyms() -> dict[str, tuple[str, ...]]:
    content = yaml.load(SYNONYMS.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return {field: tuple(map(str, words)) for field, words in content.items()}
