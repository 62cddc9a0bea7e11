"""The job's steps: Dagster splits a step in two where tables and checks wait for each other."""

from dagster_project.definitions import defs


def test_no_step_waits_for_itself():
    job = defs.resolve_job_def("refresh")
    steps = [node.alias or node.name for node in job.graph.dependencies]
    split = [name for name in steps if name.rsplit("_", 1)[-1].isdigit()]
    assert not split, f"split into several steps: {split}; see where their checks are shown"
    assert {"ingest", "conform", "core", "marts", "release"} <= set(steps)
