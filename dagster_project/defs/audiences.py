"""Handing an audience out from Dagster: the same export as on the command line."""

import dagster as dg

from dagster_project.activation.export import Request
from dagster_project.activation.export import export_audience as export
from dagster_project.defs.warehouse import Warehouse


class AudienceConfig(dg.Config):
    """What to export: a code of ``audience_rules.csv``, a file or URL, an ad platform if any."""

    audience: str
    to: str
    match: str | None = None


@dg.op
def hand_out(context: dg.OpExecutionContext, config: AudienceConfig, warehouse: Warehouse) -> None:
    """Export with consent, caps and hold-out; the access log tells of it."""
    request = Request(config.audience, config.to, config.match)
    summary = export(warehouse.home, warehouse.settings, request)
    context.log.info("%s: %s", summary.export_id, summary.outcomes)
    context.add_output_metadata({"export_id": summary.export_id, **summary.outcomes})


@dg.job(
    executor_def=dg.in_process_executor,
    description="Hand an audience of the current release to a file or URL: only who agrees, "
    "logged. 导出人群：仅限已同意的会员，全程留痕。",
)
def export_audience() -> None:
    """One export."""
    hand_out()
