"""Who is one person: between the conformed layer and core."""

from collections.abc import Iterator

import dagster as dg

from dagster_project.build.progress import stage
from dagster_project.defs.warehouse import Warehouse
from dagster_project.identity import resolve_identity
from dagster_project.privacy import load_keys

_TABLES = {
    "idn_member_record": "The member of every source record, with the rule that says so.",
    "idn_link": "Every identifier a record shows, and whether it linked.",
    "idn_held": "Identifier values that may not link, with the reason.",
    "idn_changed_record": "Records whose member is new or another than in the last release.",
    "idn_report": "Figures of this run of identity resolution.",
}


def _specs() -> list[dg.AssetSpec]:
    inputs = [["identity", "idn_record"], ["identity", "idn_identifier"]]
    return [
        dg.AssetSpec(
            ["identity", name],
            deps=inputs,
            group_name="identity",
            description=text,
            kinds={"python", "duckdb"},
            owners=["team:data-engineering"],
        )
        for name, text in _TABLES.items()
    ]


@dg.multi_asset(specs=_specs(), name="resolve_identity")
def identity(
    context: dg.AssetExecutionContext, warehouse: Warehouse
) -> Iterator[dg.MaterializeResult]:
    """Resolve records to members in the database being built."""
    home = warehouse.home
    plan = warehouse.plan(context.run.run_id)
    with stage("resolve identity"):
        report = resolve_identity(
            home.next_database, home.register / "identity.parquet", load_keys(home), plan.as_of
        )
    for spec in _specs():
        yield dg.MaterializeResult(asset_key=spec.key, metadata=report.measures)
