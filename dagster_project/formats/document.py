"""Writes the landing contract for people: ``python -m dagster_project.formats.document``."""

from __future__ import annotations

from dagster_project.formats.loader import DEFAULT_FORMAT, load_formats
from dagster_project.formats.model import Entity, Field
from dagster_project.settings import PROJECT_ROOT

TARGET = PROJECT_ROOT / "docs" / "landing-contract.md"

_HEAD = """# The landing contract

Generated from `dagster_project/formats/contract.yml` by
`python -m dagster_project.formats.document`.

A channel delivers files as `landing/<channel>/<entity>*.<ext>` or below
`landing/<channel>/<entity>/`, `<ext>` being csv, csv.gz, tsv, jsonl, jsonl.gz, json, parquet, xlsx,
or zip of such files. `<channel>` is any lower-case name; `<entity>` is one of the names below. A
file in these names and columns needs no configuration.

- The order of columns is free. An unknown column is reported, its values go to the vault. A
  missing optional column is NULL. A missing required column holds the file as a whole.
- Text is UTF-8 (with or without BOM), UTF-16 or GB18030/GBK; any other encoding is named in
  `channels.yml`. Delimiter and quotes are found out. Full-width digits and letters are folded;
  cells are trimmed; empty, `NULL`, `N/A` and `\\N` are NULL.
- Times: ISO 8601, `YYYY/MM/DD[ HH:MM[:SS]]`, `YYYYMMDD`, epoch seconds or milliseconds, serial days
  in xlsx. With an offset they are converted to UTC, without one they are read in the business time
  zone.
- Money: `1234.5`, `1,234.50`, `￥1234.5`, `¥`, `$`. Booleans: true/false, 1/0, yes/no, Y/N, 是/否.
- The same bytes twice change nothing. A newer version of a key (by `updated_at`, else by delivery)
  replaces the older one; raw keeps both. A key is unique within its channel.
- A row that cannot be typed or lacks a required value goes to quarantine with file, row and reason.
  A file with more such rows than its feed may have (`feed_rules.csv`) is held as a whole.
- A file that is still being written is left alone, and in a folder that holds a `<file>.done` so is
  every file without one.

**Bold** is the key, `*` is required. Personal columns reach the warehouse as keyed tokens only
(see [privacy](privacy.md)).
"""


def _column(field: Field) -> str:
    name = f"**{field.name}**" if field.key else field.name
    return name + ("*" if field.required else "")


def _kind(field: Field) -> str:
    words = [field.type if field.type != "text" else "text"]
    if field.type == "decimal":
        words = [f"decimal(18,{field.scale})"]
    if field.personal:
        words.append(f"personal: {field.personal}")
    if field.vocabulary:
        words.append("one of " + ", ".join(field.vocabulary))
    return "; ".join(words)


def _section(entity: Entity) -> str:
    lines = [f"## {entity.name}", ""]
    if entity.require_one_of:
        lines += [f"At least one of {', '.join(entity.require_one_of)} must have a value.", ""]
    lines += ["| column | form |", "|---|---|"]
    lines += [f"| {_column(field)} | {_kind(field)} |" for field in entity.fields]
    return "\n".join(lines)


def contract_text() -> str:
    """The document, whole."""
    entities = load_formats()[DEFAULT_FORMAT].entities.values()
    return _HEAD + "\n" + "\n\n".join(_section(entity) for entity in entities) + "\n"


if __name__ == "__main__":
    TARGET.write_text(contract_text(), encoding="utf-8")
