"""Inputs, fits and marts: who waits for whom, and that both sides name the same tables."""

import json
import re

import pytest

from dagster_project.build import dbt
from dagster_project.scores import FITS
from tests.structure.repository import report

FITTED = {name: schema for fit in FITS for name, schema in fit.writes.items()}


def test_inputs_wait_for_no_score(manifest, models):
    """All inputs are built before the first fit."""
    report(
        "scores",
        (
            model.finding(f"reads {read.rsplit('.', 1)[-1]}", "let the fit read the other's table")
            for model in models
            if model.layer == "scores"
            for read in model.node.depends_on.nodes
            if read.startswith("source.")
        ),
    )


def test_sources_describe_what_the_fits_write(manifest):
    described = {
        source.name: [*source.columns]
        for source in manifest.sources.values()
        if source.source_name == "scores"
    }
    assert described == {name: schema.names for name, schema in FITTED.items()}


@pytest.mark.parametrize("fit", FITS, ids=lambda fit: fit.name)
def test_fits_read_what_is_there(fit, manifest):
    """Inputs of dbt, rules, and tables of fits that stand before it."""
    before = FITS[: FITS.index(fit)]
    known = {("scores", name) for other in before for name in other.writes}
    for node in manifest.nodes.values():
        if node.resource_type == "seed" or node.schema == "scores":
            known.add((node.schema, node.name))
    assert fit.relations
    assert set(fit.relations) <= known
    for name, query in fit.reads.items():
        assert re.search(r"\border by\b", query) or "rules." in query, f"{name} has no order"


def test_every_data_test_runs_in_one_layer(manifest, tmp_path):
    """A test that no layer runs would never fail, and nobody would notice."""
    from dbt.cli.main import dbtRunner

    from dagster_project.defs import layers

    folder = str(dbt.DBT_PROJECT_DIR)
    runs: dict[str, list[str]] = {}
    for name, layer in layers.LAYERS.items():
        flags = ["--select", *layer.select]
        if layer.exclude:
            flags += ["--exclude", *layer.exclude]
        listed = dbtRunner(manifest=manifest).invoke(
            ["ls", "--resource-type", "test", "--output", "json", "--output-keys", "unique_id",
             "--project-dir", folder, "--profiles-dir", folder, "--quiet",
             "--target-path", str(tmp_path), "--log-path", str(tmp_path), *flags]
        )  # fmt: skip
        assert listed.success, listed.exception
        for line in listed.result:
            runs.setdefault(json.loads(line)["unique_id"], []).append(name)
    tests = {key for key, node in manifest.nodes.items() if node.resource_type == "test"}
    assert {test: names for test, names in runs.items() if len(names) > 1} == {}
    assert tests - runs.keys() == set()


def test_every_step_of_the_run_is_one_step():
    """Dagster splits a layer in two where a blocking check of a later gate looks at it."""
    from dagster_project.definitions import defs

    steps = [node.name for node in defs.resolve_job_def("refresh").graph.node_dict.values()]
    assert [step for step in steps if re.search(r"_\d+$", step)] == [], (
        "a gate's check stands at a table of a layer that other tables of its own layer read"
    )
