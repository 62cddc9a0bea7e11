"""A proposal as files of the project: the format, its staging models, its raw suites.

The format has the contract's fields under the file's headers, so its raw relations have the
contract's columns and its staging models are the contract's, reading from there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from dagster_project.formats.loader import DEFAULT_FORMAT, read_mapping
from dagster_project.formats.suggest import plain_words
from dagster_project.onboarding.propose import Match, Proposal
from dagster_project.onboarding.words import known_status
from dagster_project.settings import PROJECT_ROOT

NAME = re.compile(r"[a-z][a-z0-9_]*")


def write_channel(
    name: str, proposals: Sequence[Proposal], root: Path = PROJECT_ROOT
) -> list[Path]:
    """Writes what the channel needs. Returns the files written or added to.

    Raises:
        ValueError: the name is none, taken, or two files are taken for one entity.
    """
    if not NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no name of a format: small letters, digits and _")
    entities = [one.entity.name for one in proposals]
    if len(set(entities)) < len(entities):
        raise ValueError(f"two files are taken for one entity ({entities}): give one of them")
    formats = root / "dagster_project" / "formats"
    target = formats / f"{name}.yml"
    if target.exists():
        raise ValueError(f"the format {name} is there already: {target}")
    contract = read_mapping(formats / f"{DEFAULT_FORMAT}.yml")["entities"]
    written = [_put(target, _format_text(name, proposals, contract))]
    for one in entities:
        written += _staging(root, name, one)
        written += _suite(root, name, one)
    written.append(_add_sources(root, name, entities))
    written.append(_add_to_macro(root, name, entities))
    return written + _add_statuses(root, name, proposals)


def _format_text(name: str, proposals: Sequence[Proposal], contract: dict[str, Any]) -> str:
    files = ", ".join(one.look.path.name for one in proposals)
    spec = {"format": name, "schema_version": 1, "entities": {}}
    for one in proposals:
        entity = dict(contract[one.entity.name])
        by_field = {match.field: match for match in one.matches}
        entity["fields"] = {
            field: _field(dict(said or {}), by_field.get(field), one)
            for field, said in entity["fields"].items()
        }
        spec["entities"][one.entity.name] = {"files": [_pattern(one.look.path)], **entity}
    text = yaml.safe_dump(
        spec, sort_keys=False, allow_unicode=True, default_flow_style=None, width=100
    )
    return (
        f"# Written by `channel add` from {files}; the fields are the landing contract's.\n{text}"
    )


def _field(said: dict[str, Any], match: Match | None, proposal: Proposal) -> dict[str, Any]:
    if match is None:
        return said
    if plain_words(match.column) != plain_words(match.field) or "." in match.column:
        said["aliases"] = [*said.get("aliases", []), match.column]
    if match.time_formats:
        said["time_formats"] = [match.time_formats[0]]
    if match.field == "status" and "vocabulary" in said:
        known = [one for one in proposal.words.get("status", {}) if known_status(one)]
        said["vocabulary"] = list(dict.fromkeys([*said["vocabulary"], *known]))
    return said


def _pattern(path: Path) -> str:
    stem = path.name.partition(".")[0].lower()
    return (re.sub(r"[\d_\-. ]+$", "", stem) or stem) + "*"


def _staging(root: Path, name: str, entity: str) -> list[Path]:
    folder = root / "dbt" / "models" / "staging"
    model = f"stg_{name}__{entity}"
    source = folder / DEFAULT_FORMAT / f"stg_{DEFAULT_FORMAT}__{entity}.sql"
    sql = source.read_text(encoding="utf-8")
    sql = sql.replace(f"{DEFAULT_FORMAT}__{entity}", f"{name}__{entity}")
    sql = sql.replace(f"'{DEFAULT_FORMAT}'", f"'{name}'")
    twin = {
        "models": [
            {
                "name": model,
                "description": f"One row is a record of {entity} as the channel delivered it.\n"
                "A re-delivery is a further row; the columns are those of "
                f"stg_{DEFAULT_FORMAT}__{entity}.\n",
                "config": {"meta": {"label_zh": f"{name} {entity}"}},
            }
        ]
    }
    text = yaml.safe_dump(twin, sort_keys=False, allow_unicode=True, width=100)
    return [
        _put(folder / name / f"{model}.sql", sql),
        _put(folder / name / f"{model}.yml", text),
    ]


def _suite(root: Path, name: str, entity: str) -> list[Path]:
    """The contract's own checks of an entity; the checks of every feed hold without a file."""
    folder = root / "expectations" / "raw"
    source = folder / f"{entity}.yml"
    if not source.is_file():
        return []
    text = source.read_text(encoding="utf-8")
    text = text.replace(f"raw.{DEFAULT_FORMAT}__", f"raw.{name}__")
    return [_put(folder / f"{name}_{entity}.yml", text)]


def _add_sources(root: Path, name: str, entities: list[str]) -> Path:
    path = root / "dbt" / "models" / "staging" / "_sources.yml"
    text = path.read_text(encoding="utf-8")
    lines = "".join(
        f"          - name: {name}__{entity}\n"
        f"            description: One row is a delivered row of `{entity}` of the format {name}.\n"
        for entity in entities
    )
    return _put(
        path, text.replace("          - name: batch\n", f"{lines}          - name: batch\n")
    )


def _add_to_macro(root: Path, name: str, entities: list[str]) -> Path:
    path = root / "dbt" / "macros" / "formats_of.sql"
    head, brace, tail = path.read_text(encoding="utf-8").partition("\n    } -%}")
    line = f"\n        '{name}': [{', '.join(repr(one) for one in entities)}],"
    return _put(path, head + line + brace + tail)


def _add_statuses(root: Path, name: str, proposals: Sequence[Proposal]) -> list[Path]:
    """Rows for the words of a status that mean something we know."""
    words = {word for one in proposals for word in one.words.get("status", {})}
    rows = [
        f"{name},{word},{known[0]},{str(known[1]).lower()}\n"
        for word in sorted(words)
        if (known := known_status(word)) and known[0] != word
    ]
    if not rows:
        return []
    path = root / "dbt" / "seeds" / "rules" / "order_status_rules.csv"
    return [_put(path, path.read_text(encoding="utf-8").rstrip("\n") + "\n" + "".join(rows))]


def _put(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path
