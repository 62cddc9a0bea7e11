"""Databases and services that are asked for what is new."""

import dagster as dg

from dagster_project.connectors import pull_source, read_sources
from dagster_project.settings import home_from_environment


@dg.op(description="Bring what is new at the sources of sources.yml into landing.")
def pull(context: dg.OpExecutionContext) -> None:
    """One source that fails keeps none of the others from being asked."""
    home, failed = home_from_environment(), []
    for source in read_sources(home).values():
        try:
            pull_source(home, source, lambda report: context.log.info(str(report)))
        except ValueError as error:
            context.log.error(str(error))
            failed.append(source.channel)
    if failed:
        raise dg.Failure(f"not read to the end: {', '.join(failed)}; the next pull goes on there")


@dg.job(
    executor_def=dg.in_process_executor,
    description="Ask databases and services for what is new; it lands as files, and the sensor "
    "`new_files` starts `refresh`. 从数据库与接口增量取数，落地为文件。",
)
def pull_sources() -> None:
    """See the op."""
    pull()


every_quarter_of_an_hour = dg.ScheduleDefinition(
    name="pull_sources_every_quarter",
    job=pull_sources,
    cron_schedule="*/15 * * * *",
    default_status=dg.DefaultScheduleStatus.STOPPED,
)
