"""Who is one person: between the conformed layer and core."""

from collections.abc import Iterator

import dagster as dg

from dagster_project.build.dbt import row_counts
from dagster_project.build.progress import stage
from dagster_project.defs.warehouse import Warehouse
from dagster_project.identity import VaultValues, resolve_identity
from dagster_project.privacy import load_keys

_TABLES = {
    "idn_member_record": "The member of every source record, with the rule that says so.",
    "idn_link": "Every identifier a record shows, and whether it linked.",
    "idn_held": "Identifier values that may not link, with the reason.",
    "idn_review": "Pairs of members that are likely one, for people to decide.",
    "idn_changed_record": "Records whose member is new or another than in the last release.",
    "idn_report": "Figures of this run of identity resolution.",
    "idn_register": "The member each record has and had: the register as publishing will write it.",
}


def _specs() -> list[dg.AssetSpec]:
    names = ("idn_record", "idn_identifier", "idn_person", "idn_override")
    inputs = [["identity", name] for name in names]
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
        keys = load_keys(home)
        report = resolve_identity(
            home.next_database,
            home.register / "identity.parquet",
            keys,
            plan.as_of,
            VaultValues(home, keys, warehouse.settings),
            warehouse.settings,
        )
    rows = row_counts(home.next_database, [tuple(spec.key.path) for spec in _specs()])
    for spec in _specs():
        count = {"dagster/row_count": rows[tuple(spec.key.path)]}
        yield dg.MaterializeResult(asset_key=spec.key, metadata={**report.measures, **count})
