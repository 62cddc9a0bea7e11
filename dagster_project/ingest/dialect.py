"""How a text file of cells is written: found in its first record with the entity's own names."""

from __future__ import annotations

import csv
import unicodedata
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import lru_cache

from dagster_project.formats import Entity
from dagster_project.formats.suggest import hint_text, hints
from dagster_project.ingest.held import FileHeld, safe_names

DELIMITERS = (",", "\t", ";", "|")
QUOTES = ('"', "'")


@dataclass(frozen=True)
class Dialect:
    """The delimiter, the quote (doubled inside quotes) and the names of the columns."""

    delimiter: str
    quote: str
    header: tuple[str, ...]


def read_header(record: str, entity: Entity, format_name: str = "contract") -> Dialect:
    """The dialect under which a header record shows most columns of the entity.

    Raises:
        FileHeld: no delimiter gives every required column, or a column is there twice.
    """
    quote = "'" if record.lstrip().startswith("'") else '"'
    candidates = [
        Dialect(one, quote, tuple(next(csv.reader([record], delimiter=one, quotechar=quote), ())))
        for one in DELIMITERS
    ]
    best = max(candidates, key=lambda one: (len(bind_columns(one.header, entity)), len(one.header)))
    check_columns(best.header, entity, format_name)
    return best


@lru_cache(maxsize=4096)
def plain(name: str) -> str:
    """A column name as it is compared: folded, trimmed, in small letters."""
    return unicodedata.normalize("NFKC", name).strip("\ufeff \t\r\n").casefold()


def bind_columns(columns: tuple[str, ...], entity: Entity) -> dict[str, int]:
    """Which column (by position) holds each field that was delivered; one may hold several."""
    fields = _fields_by_name(entity)
    bound: dict[str, int] = {}
    for position, column in enumerate(columns):
        for name in fields.get(plain(column), ()):
            bound.setdefault(name, position)
    return bound


def check_columns(
    columns: tuple[str, ...], entity: Entity, format_name: str = "contract"
) -> dict[str, int]:
    """``bind_columns``, refusing a file that lacks a required column or has one twice.

    The refusal suggests which of the file's other columns a missing one may be.

    Raises:
        FileHeld: names the columns that are missing or doubled and, where the first record is
            a header at all, the columns found.
    """
    bound = bind_columns(columns, entity)
    missing = [one.name for one in entity.fields if one.required and one.name not in bound]
    one_of = entity.require_one_of
    if one_of and not set(one_of) & set(bound):
        missing.append(" or ".join(one_of))
    if missing:
        raise _missing(columns, entity, format_name, bound, missing)
    fields = _fields_by_name(entity)
    named = Counter(field for column in columns for field in fields.get(plain(column), ()))
    twice = [name for name, count in named.items() if count > 1]
    if twice:
        raise FileHeld(
            "duplicate_column", f"column {', '.join(sorted(twice))} is there twice",
            "export each column once", safe_names(list(columns)),
        )  # fmt: skip
    return bound


def _fields_by_name(entity: Entity) -> dict[str, list[str]]:
    """The fields that a column's name, as it is compared, may stand for."""
    fields: dict[str, list[str]] = defaultdict(list)
    for field in entity.fields:
        for name in {plain(one) for one in (*field.aliases, field.name)}:
            fields[name].append(field.name)
    return fields


def _missing(
    columns: tuple[str, ...],
    entity: Entity,
    format_name: str,
    bound: dict[str, int],
    missing: list[str],
) -> FileHeld:
    """The refusal of a file that lacks columns, with what their new names may be."""
    shown = safe_names(list(columns)) if bound else []
    found = f"columns found: {', '.join(shown)}" if shown else "no header was found"
    other = [one for place, one in enumerate(columns) if place not in bound.values()]
    other = [one for one in other if safe_names([one]) == [one]]
    alike = hints(other, entity, {*missing, *entity.require_one_of})
    guessed = [hint_text(*one, format_name, entity.name) for one in sorted(alike.items())]
    return FileHeld(
        "missing_column", f"required column {', '.join(missing)} is missing; {found}",
        "; ".join(guessed) or "add the column, or bind the channel to the format its files are in",
        shown,
    )  # fmt: skip
