"""What Dagster loads, and nothing else."""

import dagster as dg

from dagster_project.defs import (
    alerts,
    audiences,
    gates,
    identity,
    ingest,
    jobs,
    layers,
    release,
    scores,
    sensors,
    sources,
)
from dagster_project.defs.warehouse import Warehouse

defs = dg.Definitions(
    assets=[
        ingest.ingest,
        *ingest.RECORDS,
        *ingest.RESULTS,
        layers.conform,
        identity.identity,
        layers.core,
        layers.score_inputs,
        *scores.fits,
        layers.marts,
        release.release,
        alerts.alert_delivery,
    ],
    asset_checks=[gates.arrival, gates.members, gates.marts],
    jobs=[
        jobs.refresh,
        jobs.rebuild_from_raw,
        jobs.build_aside,
        jobs.publish,
        jobs.roll_back,
        sources.pull_sources,
        audiences.export_audience,
    ],
    schedules=[sources.every_quarter_of_an_hour],
    sensors=[sensors.new_files],
    resources={"warehouse": Warehouse()},
)
