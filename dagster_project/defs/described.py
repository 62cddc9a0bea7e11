"""What Dagster says of a relation: label, text and columns, all of it from dbt's YAML.

``props`` is a model, seed or source as dbt's manifest holds it, as a dictionary.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb

from dagster_project.build import dbt

Props = Mapping[str, Any]
Relation = tuple[str, str]
UNTYPED = "?"
_COMMENT = re.compile(r"\{#-?(.*?)-?#\}", re.S)
_COLUMNS = """
select schema_name, table_name, column_name, lower(data_type) from duckdb_columns()
where not internal order by schema_name, table_name, column_index
"""


def _meta(props: Props) -> dict[str, Any]:
    return (props.get("config") or {}).get("meta") or props.get("meta") or {}


def _labelled(props: Props, text: str) -> str:
    label = _meta(props).get("label_zh")
    return f"{label} — {text}" if label else text


def text_of(props: Props) -> str:
    """The Chinese label, then what the YAML says (the grain comes first)."""
    return _labelled(props, (props.get("description") or "").strip())


def columns_of(props: Props) -> dict[str, dg.TableColumn]:
    """The columns the YAML describes."""
    return {
        name: dg.TableColumn(
            name=name,
            type=column.get("data_type") or UNTYPED,
            description=_labelled(column, " ".join((column.get("description") or "").split())),
        )
        for name, column in (props.get("columns") or {}).items()
    }


def schema_of(props: Props) -> dg.TableSchema | None:
    """The columns as Dagster shows them; None where the YAML lists none."""
    columns = columns_of(props)
    return dg.TableSchema(columns=[*columns.values()]) if columns else None


def check_text(props: Props) -> str:
    """What a data test of dbt asks: its kind and arguments, or the comment it begins with."""
    generic = props.get("test_metadata")
    if not generic:
        said = _COMMENT.search(props.get("raw_code") or "")
        return " ".join(said[1].split()) if said else ""
    asked = {k: v for k, v in generic["kwargs"].items() if k not in {"model", "column_name"}}
    words = [generic["kwargs"].get("column_name") or "", *(_words(v) for v in asked.values())]
    return f"{generic['name'].replace('_', ' ')}: {' · '.join(filter(None, words))}"


def _words(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def source_props(name: str, table: str) -> Props:
    """A table that is not made by dbt, as dbt's sources describe it.

    Raises:
        StopIteration: no source has this table.
    """
    sources = dbt.load_manifest().sources.values()
    return next(s for s in sources if (s.source_name, s.name) == (name, table)).to_dict()


def contract_texts(entity: str) -> dict[str, str]:
    """What the contract's staging model says of an entity's columns, which other formats share."""
    nodes = dbt.load_manifest().nodes
    node = nodes.get(f"model.member_warehouse.stg_contract__{entity}")
    return {name: c.description for name, c in columns_of(node.to_dict()).items()} if node else {}


def measured(
    database: Path, described: Mapping[Relation, Mapping[str, str | None]]
) -> dict[Relation, dict[str, Any]]:
    """What stands in a database of each relation: rows of tables; columns, types and their texts.

    Args:
        described: the relations, with the texts of their columns.
    """
    with closing(duckdb.connect(str(database), read_only=True)) as con:
        found = con.execute(_COLUMNS).fetchall()
    columns: dict[Relation, list[dg.TableColumn]] = {}
    for schema, table, name, kind in found:
        if (schema, table) in described:
            one = dg.TableColumn(name, kind, described[schema, table].get(name))
            columns.setdefault((schema, table), []).append(one)
    counts = dbt.row_counts(database, [*described])
    return {
        relation: {"dagster/column_schema": dg.TableSchema(columns[relation])}
        | ({"dagster/row_count": counts[relation]} if relation in counts else {})
        for relation in described
        if relation in columns
    }


def texts_of(spec: dg.AssetSpec) -> dict[str, str | None]:
    """The texts of a relation's columns: its own, else the contract's of the same entity."""
    schema = spec.metadata.get("dagster/column_schema")
    known = {column.name: column.description for column in schema.columns} if schema else {}
    return known or {**contract_texts(spec.key.path[-1].rpartition("__")[2])}


def measured_specs(database: Path, found: Iterable[dg.AssetSpec]) -> dict[str, dict[str, Any]]:
    """The same by the last part of each asset's key."""
    described = {(s.key.path[0], s.key.path[-1]): texts_of(s) for s in found}
    return {relation[1]: facts for relation, facts in measured(database, described).items()}


def specs(name: str, tables: Iterable[str], **common: Any) -> list[dg.AssetSpec]:
    """Assets of tables that dbt knows as sources; ``common`` holds for each of them."""
    made = []
    for table in tables:
        props = source_props(name, table)
        schema = schema_of(props)
        metadata = {"dagster/column_schema": schema} if schema else {}
        made.append(
            dg.AssetSpec([name, table], description=text_of(props), metadata=metadata, **common)
        )
    return made
