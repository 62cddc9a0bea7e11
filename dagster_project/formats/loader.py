"""Reads the YAML of every format and says plainly what is wrong with one that cannot be read."""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from dataclasses import fields as dataclass_fields
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from dagster_project.formats.model import FIELD_TYPES, PERSONAL_CLASSES, Entity, Field, Format

FOLDER = Path(__file__).resolve().parent
DEFAULT_FORMAT = "contract"
_TYPES = {*FIELD_TYPES, "decimal"}
_FIELD_OPTIONS = {one.name: one.type for one in dataclass_fields(Field) if one.name != "name"}


class FormatError(ValueError):
    """A format's YAML or a channel binding is wrong; the message says where and what."""


@lru_cache(maxsize=4)
def load_formats(folder: Path = FOLDER) -> dict[str, Format]:
    """All formats by name, one YAML each.

    Raises:
        FormatError: a YAML is no format; the message names file, entity, field and option.
    """
    formats = {path.stem: _format(path) for path in sorted(folder.glob("*.yml"))}
    if DEFAULT_FORMAT not in formats:
        raise FormatError(f"{folder}: the format {DEFAULT_FORMAT!r} is missing")
    return formats


def personal_time_formats(personal: str) -> set[str]:
    """The strptime patterns that any format has for its fields of a personal class."""
    return {
        pattern
        for fmt in load_formats().values()
        for entity in fmt.entities.values()
        for field in entity.fields
        if field.personal == personal
        for pattern in field.time_formats
    }


def read_mapping(path: Path) -> dict[str, Any]:
    """A YAML file that must hold a mapping.

    Raises:
        FormatError: the file is no YAML or holds something else.
    """
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise FormatError(f"{path.name} is not readable YAML: {error}") from error
    return _mapping(content, path.name)


def _format(path: Path) -> Format:
    content = read_mapping(path)
    where = path.name
    _only(content, {"format", "schema_version", "encodings", "time_zone", "entities"}, where)
    if content.get("format") != path.stem:
        raise FormatError(f"{where}: `format` must be {path.stem!r}, as the file is called")
    encodings = _names(content.get("encodings", ["utf-8", "gb18030"]), f"{where}: encodings")
    for encoding in encodings:
        try:
            codecs.lookup(encoding)
        except LookupError as error:
            raise FormatError(f"{where}: unknown encoding {encoding!r}") from error
    entities = _mapping(content.get("entities"), f"{where}: entities")
    made = {name: _entity(name, spec, where) for name, spec in entities.items()}
    for entity in made.values():
        if entity.within is not None and entity.within not in made:
            raise FormatError(f"{where}: {entity.name}: no entity {entity.within!r} to be within")
    return Format(
        name=path.stem,
        entities=made,
        encodings=encodings,
        schema_version=int(content.get("schema_version", 1)),
        time_zone=content.get("time_zone"),
    )


def _entity(name: str, spec: Any, where: str) -> Entity:
    where = f"{where}: {name}"
    spec = _mapping(spec, where)
    _only(spec, {one.name for one in dataclass_fields(Entity)} - {"name"}, where)
    fields = tuple(
        _field(key, value, where)
        for key, value in _mapping(spec.get("fields"), f"{where}: fields").items()
    )
    entity = Entity(
        name=name,
        fields=fields,
        files=_names(spec.get("files", []), f"{where}: files"),
        sheet=spec.get("sheet"),
        order_time=spec.get("order_time"),
        require_one_of=_names(spec.get("require_one_of", []), f"{where}: require_one_of"),
        within=spec.get("within"),
        rows=spec.get("rows"),
        record=_names(spec.get("record", []), f"{where}: record"),
    )
    named = [*entity.require_one_of, *([entity.order_time] if entity.order_time else [])]
    _only(dict.fromkeys(named), {one.name for one in fields}, where)
    columns = [column for column, _ in entity.raw_columns()]
    twice = sorted({column for column in columns if columns.count(column) > 1})
    if twice:
        raise FormatError(f"{where}: two raw columns are called {twice}: give one a `column`")
    return entity


def _field(name: str, spec: Any, where: str) -> Field:
    where = f"{where}.{name}"
    spec = dict(_mapping({} if spec is None else spec, where))
    _only(spec, set(_FIELD_OPTIONS), where)
    for option, value in spec.items():
        expected = _FIELD_OPTIONS[option]
        if expected.startswith("tuple"):
            spec[option] = _names(value, f"{where}.{option}")
        elif not isinstance(value, {"bool": bool, "int": int}.get(expected, str)):
            raise FormatError(f"{where}.{option}: {value!r} is no {expected}")
    if "vocabulary" in spec:
        spec.setdefault("type", "code")
    if spec.get("type", "text") not in _TYPES:
        raise FormatError(f"{where}: unknown type {spec['type']!r}; known: {sorted(_TYPES)}")
    if spec.get("personal") is not None and spec["personal"] not in PERSONAL_CLASSES:
        raise FormatError(
            f"{where}: unknown personal class {spec['personal']!r}; known: "
            f"{sorted(PERSONAL_CLASSES)}"
        )
    if spec.get("personal") == "opaque" and "kind" not in spec:
        raise FormatError(f"{where}: an opaque identifier needs a `kind`")
    return Field(name=name, **spec)


def _mapping(value: Any, where: str) -> dict[str, Any]:
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
        raise FormatError(f"{where}: expected a mapping of names, found {type(value).__name__}")
    return dict(value)


def _names(value: Any, where: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise FormatError(f"{where}: expected a list of texts, found {value!r}")
    return tuple(value)


def _only(spec: Mapping[str, Any], known: set[str], where: str) -> None:
    unknown = sorted(set(spec) - known)
    if unknown:
        raise FormatError(f"{where}: unknown {unknown}; known: {sorted(known)}")
