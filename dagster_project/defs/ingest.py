"""Landing to raw: one asset per entity of every format, made together."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import dagster as dg

from dagster_project.build.compiled import check_rule_files
from dagster_project.build.dbt import load_manifest
from dagster_project.build.prepare import clean, open_build, plan_build
from dagster_project.build.progress import stage
from dagster_project.build.request import RefreshRequest
from dagster_project.defs.described import contract_texts, source_props, specs, text_of
from dagster_project.defs.warehouse import Warehouse
from dagster_project.formats import Entity, load_formats
from dagster_project.ingest import Batch, IngestReport, ingest_landing, list_batches
from dagster_project.ingest.relations import ABOUT


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


OWNERS = ["team:data-engineering"]


def _schema(entity: Entity) -> dg.TableSchema:
    """The columns of an entity in raw, with what is personal in what was delivered."""
    texts = contract_texts(entity.name)
    texts |= {f.name: f"令牌 — token ({f.personal})" for f in entity.fields if f.personal}
    return dg.TableSchema(
        [dg.TableColumn(name, kind, texts.get(name)) for name, kind in entity.raw_columns()]
    )


def _specs() -> list[dg.AssetSpec]:
    """One asset a file of raw: what dbt's sources say of it, and the fields of its format."""
    return [
        dg.AssetSpec(
            ["raw", f"{name}__{entity.name}"],
            group_name="raw",
            description=text_of(source_props("raw", f"{name}__{entity.name}")),
            metadata={"dagster/column_schema": _schema(entity)},
            kinds={"parquet"},
            owners=OWNERS,
        )
        for name, fmt in load_formats().items()
        for entity in fmt.entities.values()
    ]


def _typed(columns: str) -> dg.TableSchema:
    """Columns written as in ``create table``."""
    pairs = (one.split() for one in columns.split(","))
    return dg.TableSchema([dg.TableColumn(name, kind) for name, kind in pairs])


SPECS = _specs()
# What ingest keeps of its deliveries, laid into each build when it is opened.
RECORDS = [
    spec.merge_attributes(metadata={"dagster/column_schema": _typed(ABOUT[spec.key.path[-1]])})
    for spec in specs("raw", ABOUT, group_name="raw", kinds={"duckdb"}, owners=OWNERS)
]
RESULTS = specs(
    "scenarios", ("scenario_result",), group_name="scenarios", kinds={"duckdb"}, owners=OWNERS
)


def _metadata(report: IngestReport, batches: Sequence[Batch], key: str) -> dict[str, int]:
    """Rows in raw, and what this run read, loaded and set aside."""
    files = [f for f in report.files if f"{f.format}__{f.entity}" == key]
    kept = [b for b in batches if f"{b.format}__{b.entity}" == key]
    return {
        "dagster/row_count": sum(b.rows_loaded for b in kept),
        "files": len(files),
        "rows_read": sum(f.rows_read for f in files),
        "rows_loaded": sum(f.rows_loaded for f in files),
        "rows_quarantined": sum(f.rows_quarantined for f in files),
        "rows_quarantined_in_all": sum(b.rows_quarantined for b in kept),
    }


@dg.multi_asset(specs=SPECS, name="ingest")
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
    batches = list_batches(home)
    for spec in SPECS:
        yield dg.MaterializeResult(
            asset_key=spec.key, metadata=_metadata(report, batches, spec.key.path[-1])
        )
