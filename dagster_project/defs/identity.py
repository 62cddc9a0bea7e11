"""Who is one person: between the conformed layer and core."""

from collections.abc import Iterator

import dagster as dg

from dagster_project.build.progress import stage
from dagster_project.defs.described import measured_specs, specs
from dagster_project.defs.warehouse import Warehouse
from dagster_project.identity import VaultValues, resolve_identity
from dagster_project.privacy import load_keys

_TABLES = (
    "idn_member_record", "idn_link", "idn_held", "idn_review", "idn_changed_record", "idn_report",
    "idn_register",
)  # fmt: skip
_INPUTS = ("idn_record", "idn_identifier", "idn_person", "idn_person_version", "idn_override")
_SPECS = specs(
    "identity",
    _TABLES,
    deps=[["identity", name] for name in _INPUTS],
    group_name="identity",
    kinds={"python", "duckdb"},
    owners=["team:data-engineering"],
)


@dg.multi_asset(specs=_SPECS, name="resolve_identity")
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
    facts = measured_specs(home.next_database, _SPECS)
    for spec in _SPECS:
        metadata = {**report.measures, **facts[spec.key.path[-1]]}
        yield dg.MaterializeResult(asset_key=spec.key, metadata=metadata)
