"""How dbt nodes look in Dagster: keys, groups in the order of the house, owners and kinds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings, DbtProject

from dagster_project.defs.described import check_text, schema_of, text_of

_OWNERS = {"marts": "team:marketing-analytics", "core": "team:analytics", "rules": "team:analytics"}


class WarehouseTranslator(DagsterDbtTranslator):
    """Groups are the layers of the house; marts carry their folder as well."""

    def __init__(self) -> None:
        super().__init__(
            settings=DagsterDbtTranslatorSettings(
                enable_asset_checks=True, enable_source_tests_as_checks=False
            )
        )

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        """The layer: ``staging``, ``conformed``, …, ``marts_value``; seeds are ``rules``."""
        if dbt_resource_props["resource_type"] == "seed":
            return "rules"
        layer, *rest = dbt_resource_props["fqn"][1:]
        return f"marts_{rest[0]}" if layer == "marts" else layer

    def get_description(self, dbt_resource_props: Mapping[str, Any]) -> str:
        """The Chinese label, then what the model's YAML says (the grain comes first)."""
        text = text_of(dbt_resource_props)
        if dbt_resource_props["resource_type"] == "seed":
            return text
        return super().get_description({**dbt_resource_props, "description": text})

    def get_metadata(self, dbt_resource_props: Mapping[str, Any]) -> Mapping[str, Any]:
        """As dagster-dbt, with the Chinese label before each column's text."""
        metadata = super().get_metadata(dbt_resource_props)
        schema = schema_of(dbt_resource_props)
        return {**metadata, "dagster/column_schema": schema} if schema else metadata

    def get_asset_check_spec(
        self,
        asset_spec: dg.AssetSpec,
        manifest: Mapping[str, Any],
        unique_id: str,
        project: DbtProject | None,
    ) -> dg.AssetCheckSpec | None:
        """As dagster-dbt, with what the test asks as its description."""
        spec = super().get_asset_check_spec(asset_spec, manifest, unique_id, project)
        text = check_text(manifest["nodes"][unique_id])
        return spec and spec._replace(description=text)

    def get_owners(self, dbt_resource_props: Mapping[str, Any]) -> list[str]:
        """Whom to ask about a table."""
        schema = str(dbt_resource_props.get("schema", ""))
        return [_OWNERS.get(schema, "team:data-engineering")]
