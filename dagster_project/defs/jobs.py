"""Jobs named for what a data engineer does."""

from __future__ import annotations

import dagster as dg

refresh = dg.define_asset_job(
    "refresh",
    selection=dg.AssetSelection.all() | dg.AssetSelection.all_asset_checks(),
    executor_def=dg.in_process_executor,
    description="Landing to a published release: ingest, build, gate, publish. "
    "取数、建模、质检、发布一次完成。",
)

rebuild_from_raw = dg.define_asset_job(
    "rebuild_from_raw",
    selection=dg.AssetSelection.all() | dg.AssetSelection.all_asset_checks(),
    executor_def=dg.in_process_executor,
    config={"ops": {"ingest": {"config": {"full_refresh": True}}}},
    description="As refresh, but everything below raw is built anew. 从原始层全量重建。",
)
