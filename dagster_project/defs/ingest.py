"""Landing to raw: one asset per entity of every format, made together."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import dagster as dg

from dagster_project.build.compiled import check_rule_files
from dagster_project.build.dbt import load_manifest
from dagster_project.build.prepare import clean, open_build, plan_build
from dagster_project.build.progress import stage
from dagster_project.build.request import RefreshRequest
from dagster_project.defs.warehouse import Warehouse
from dagster_project.formats import load_formats
from dagster_project.ingest import IngestReport, ingest_landing


class RefreshConfig(dg.Config):
    """What a data engineer may choose when launching ``refresh``."""

    as_of: str = "auto"
    landing: str | None = None
    full_refresh: bool = False
    make_current: bool = False

    @property
    def request(self) -> RefreshRequest:
        """The choices, typed.

        Raises:
            ValueError: ``as_of`` is neither a day nor ``auto``.
        """
        return RefreshRequest(
            landing=Path(self.landing) if self.landing else None,
            as_of=None if self.as_of == "auto" else date.fromisoformat(self.as_of),
            full_refresh=self.full_refresh,
            make_current=self.make_current,
        )


def _specs() -> list[dg.AssetSpec]:
    return [
        dg.AssetSpec(
            ["raw", f"{name}__{entity.name}"],
            group_name="raw",
            description=f"Records of {entity.name} as delivered in the format {name}.",
            kinds={"parquet"},
            owners=["team:data-engineering"],
        )
        for name, fmt in load_formats().items()
        for entity in fmt.entities.values()
    ]


def _metadata(report: IngestReport, key: str) -> dict[str, int]:
    files = [f for f in report.files if f"{f.format}__{f.entity}" == key]
    return {
        "files": len(files),
        "rows_read": sum(f.rows_read for f in files),
        "rows_loaded": sum(f.rows_loaded for f in files),
        "rows_quarantined": sum(f.rows_quarantined for f in files),
    }


@dg.multi_asset(specs=_specs(), name="ingest")
def ingest(
    context: dg.AssetExecutionContext, config: RefreshConfig, warehouse: Warehouse
) -> Iterator[dg.MaterializeResult]:
    """Read what arrived in landing into raw, then open a build on it."""
    home, settings = warehouse.home, warehouse.settings
    check_rule_files(load_manifest())
    clean(home)
    delivered_at = datetime.now(UTC).replace(tzinfo=None)
    request = config.request
    with stage("ingest"):
        report = ingest_landing(
            home,
            settings,
            delivered_at,
            landing=request.landing or home.landing,
            on_file=lambda f: context.log.info(str(f)),
        )
    plan = plan_build(home, settings, context.run.run_id, delivered_at, request)
    with stage(f"open a {plan.mode} build as of {plan.as_of} ({plan.reason})"):
        open_build(home, plan)
    for spec in _specs():
        yield dg.MaterializeResult(
            asset_key=spec.key, metadata=_metadata(report, spec.key.path[-1])
        )
