"""Comments, keys and segments of the published relations, read from dbt's manifest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

# The generic tests that state the key of a model: the argument that holds the column names.
KEY_TESTS = {"unique": "column_name", "unique_combination": "columns"}


@dataclass(frozen=True)
class Description:
    """What readers are told about relations; every mapping is keyed by ``schema.table``.

    Attributes:
        comments: text of a relation (``core.dim_member``) or column (``core.dim_member.city``).
        keys: the columns that tell two rows of a relation apart.
        segments: columns whose changes of value the release diff counts (``meta.segment``).
    """

    comments: Mapping[str, str] = field(default_factory=dict)
    keys: Mapping[str, Sequence[str]] = field(default_factory=dict)
    segments: Mapping[str, Sequence[str]] = field(default_factory=dict)


def _meta(node: Mapping[str, Any]) -> Mapping[str, Any]:
    return node.get("meta") or (node.get("config") or {}).get("meta") or {}


def _text(node: Mapping[str, Any]) -> str:
    description = " ".join((node.get("description") or "").split())
    label = _meta(node).get("label_zh")
    return " — ".join(part for part in (label, description) if part)


def _models(manifest: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    return {
        unique_id: node
        for unique_id, node in manifest.get("nodes", {}).items()
        if node.get("resource_type") == "model"
    }


def _relation(node: Mapping[str, Any]) -> str:
    return f"{node['schema']}.{node.get('alias') or node['name']}"


def _keys(
    manifest: Mapping[str, Any], models: Mapping[str, Mapping[str, Any]]
) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for node in manifest.get("nodes", {}).values():
        test = node.get("test_metadata") or {}
        argument = KEY_TESTS.get(test.get("name", ""))
        model = models.get(node.get("attached_node") or "")
        if argument is None or model is None:
            continue
        given = (test.get("kwargs") or {}).get(argument) or []
        columns = [given] if isinstance(given, str) else list(given)
        known = found.get(_relation(model))
        # Several candidate keys may be tested: the shortest, then the first by name, is the key.
        if columns and (known is None or (len(columns), columns) < (len(known), known)):
            found[_relation(model)] = columns
    return found


def describe(manifest: Mapping[str, Any]) -> Description:
    """Read the texts (Chinese label, then the English description) out of a dbt manifest."""
    models = _models(manifest)
    comments: dict[str, str] = {}
    segments: dict[str, list[str]] = {}
    for node in models.values():
        relation = _relation(node)
        comments[relation] = _text(node)
        columns = node.get("columns") or {}
        for name, column in columns.items():
            comments[f"{relation}.{name}"] = _text(column)
        marked = [name for name, column in columns.items() if _meta(column).get("segment")]
        if marked:
            segments[relation] = marked
    return Description(comments=comments, keys=_keys(manifest, models), segments=segments)
