"""The three gates as Dagster checks: one per expectation; critical ones block what follows."""

import logging
from collections.abc import Iterator

import dagster as dg

from dagster_project.build.baseline import gate_context, keep_report
from dagster_project.build.progress import stage
from dagster_project.defs.warehouse import Warehouse
from dagster_project.quality import Check, GateReport, check_specs, run_gate
from dagster_project.quality.report import NO_NEW_BATCH

GATE_STEP = "gate_"
WARN_SUFFIX = "_warn"


class GateBlocked(RuntimeError):
    """Something critical does not hold; the message says what, where, and the remedy."""


class _NoVerdictIsFine(logging.Filter):
    """A feed that brought nothing new has no verdict, nor have rules that have not changed.

    Dagster would warn of each of their checks. The gate's own step fails when it blocks, so nothing
    downstream depends on single verdicts; unchanged rules have passed before.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        text = record.getMessage()
        is_ours = f"in step '{GATE_STEP}" in text or "asset check 'rules/" in text
        return not ("emitted no result" in text and is_ours)


logging.getLogger("dagster._core.execution.plan.active").addFilter(_NoVerdictIsFine())


def _shown_as(name: str, names: set[str]) -> str:
    """A rule's two levels, warning and blocking, are one check; its severity tells which."""
    base = name.removesuffix(WARN_SUFFIX)
    return base if base in names else name


def _specs(gate: str) -> list[dg.AssetCheckSpec]:
    checks = check_specs(gate)
    names = {check.name for check in checks}
    return [
        dg.AssetCheckSpec(
            name=check.name,
            asset=check.relation.split("."),
            description=check.description,
            blocking=check.severity == "critical",
            metadata={"severity": check.severity},
        )
        for check in checks
        if _shown_as(check.name, names) == check.name
    ]


def _results(report: GateReport) -> Iterator[dg.AssetCheckResult]:
    names = {check.name for check in report.checks}
    shown: dict[str, Check] = {}
    for check in report.checks:
        name = _shown_as(check.name, names)
        known = shown.get(name)
        if known is None or (known.success and not check.success):
            shown[name] = check
    for name, check in shown.items():
        if check.observed == NO_NEW_BATCH:
            continue
        yield dg.AssetCheckResult(
            asset_key=check.relation.split("."),
            check_name=name,
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
    @dg.multi_asset_check(name=f"{GATE_STEP}{name}", specs=_specs(name), can_subset=True)
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
