"""Jobs named for what a data engineer does."""

import dagster as dg

from dagster_project.build.aside import plan_aside
from dagster_project.build.run import ASIDE
from dagster_project.defs.release import publish_build, release_metadata
from dagster_project.defs.warehouse import Warehouse
from dagster_project.release import rollback

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

# What stands after the gates: publishing, and telling alerts of what was published.
_AFTER = dg.AssetSelection.assets("release", "alert_delivery")

build_aside = dg.define_asset_job(
    ASIDE,
    selection=(dg.AssetSelection.all() - _AFTER) | dg.AssetSelection.all_asset_checks(),
    executor_def=dg.in_process_executor,
    description="As refresh, but nothing is published: `publish` does that, if the changes are "
    "welcome. 只构建与质检，不发布。",
)


@dg.op(description="Publish the build that waits. 发布已构建并通过质检的结果。")
def publish_aside(context: dg.OpExecutionContext, warehouse: Warehouse) -> None:
    """Publish what `build_aside` left."""
    plan = plan_aside(warehouse.home, context.instance)
    done = publish_build(warehouse.home, warehouse.settings, plan)
    context.add_output_metadata(release_metadata(done))


@dg.job(executor_def=dg.in_process_executor)
def publish() -> None:
    """Publish the build that `build_aside` (or `member-warehouse plan`) left. 发布。"""
    publish_aside()


class RollBackConfig(dg.Config):
    """Which release readers shall see again."""

    release_id: str


@dg.op(description="Switch `current` to another finished release. 切换到指定的历史发布。")
def switch_current(
    context: dg.OpExecutionContext, config: RollBackConfig, warehouse: Warehouse
) -> None:
    """Switch; nothing is rebuilt."""
    context.add_output_metadata(release_metadata(rollback(warehouse.home, config.release_id)))


@dg.job(executor_def=dg.in_process_executor)
def roll_back() -> None:
    """Let readers see an older release; nothing is rebuilt. 回滚到历史发布。"""
    switch_current()
