"""The three gates as Dagster checks: one per expectation; critical ones block what follows."""

from collections.abc import Iterator

import dagster as dg

from dagster_project.build.baseline import gate_context, keep_report
from dagster_project.build.progress import stage
from dagster_project.defs.warehouse import Warehouse
from dagster_project.quality import CheckSpec, GateReport, check_specs, run_gate

GATE_STEP = "gate_"


class GateBlocked(RuntimeError):
    """Something critical does not hold; the message says what, where, and the remedy."""


def _spec(check: CheckSpec) -> dg.AssetCheckSpec:
    return dg.AssetCheckSpec(
        name=check.name,
        asset=check.relation.split("."),
        description=check.description,
        blocking=check.severity == "critical",
        metadata={"severity": check.severity},
    )


def _results(report: GateReport) -> Iterator[dg.AssetCheckResult]:
    for check in report.checks:
        yield dg.AssetCheckResult(
            asset_key=check.relation.split("."),
            check_name=check.name,
            passed=check.success,
            severity=(
                dg.AssetCheckSeverity.ERROR
                if check.severity == "critical"
                else dg.AssetCheckSeverity.WARN
            ),
            metadata={"observed": check.observed, "expected": check.expected},
        )


def _check(warehouse: Warehouse, name: str, run_id: str) -> GateReport:
    home, settings = warehouse.home, warehouse.settings
    context = gate_context(home, settings, warehouse.plan(run_id))
    with stage(f"gate {name}"):
        report = run_gate(name, home.next_database, context)
    keep_report(home, report)
    return report


def _gate(name: str) -> dg.AssetChecksDefinition:
    @dg.multi_asset_check(name=f"{GATE_STEP}{name}", specs=[_spec(c) for c in check_specs(name)])
    def gate(
        context: dg.AssetCheckExecutionContext, warehouse: Warehouse
    ) -> Iterator[dg.AssetCheckResult]:
        report = _check(warehouse, name, context.run.run_id)
        yield from _results(report)
        if report.blocked:
            raise GateBlocked(report.message())

    return gate


arrival = _gate("arrival")
members = _gate("members")
marts = _gate("marts")
