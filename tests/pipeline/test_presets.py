"""Every preset, from its platform's files to canonical rows: one small delivery of each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import duckdb
import pytest

from dagster_project.formats import load_formats
from dagster_project.ingest import IngestReport, ingest_landing
from dagster_project.privacy import read_quarantine
from dagster_project.privacy.keys import Keys, load_keys
from dagster_project.sample.presets import PresetFile, planted, write_presets
from dagster_project.settings import KEY_VARIABLE, LANDING_VARIABLE, Home, Settings
from tests.pipeline.preset_rows import EXPECTED
from tests.pipeline.staged import build_models

pytestmark = pytest.mark.slow

NOW = datetime(2026, 3, 1, 2, 0)


@dataclass
class Staged:
    """A home with every preset's files ingested, and their staging models built."""

    keys: Keys
    home: Home
    files: list[PresetFile]
    report: IngestReport
    con: duckdb.DuckDBPyConnection


@pytest.fixture(scope="module")
def staged(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("presets")
    home = Home(folder / "home")
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv(KEY_VARIABLE, raising=False)
        patch.delenv(LANDING_VARIABLE, raising=False)
        files = write_presets(home.landing)
        report = ingest_landing(home, Settings(), NOW)
        keys = load_keys(home)
        database = build_models(patch, home, folder, ["+path:models/staging"], "2026-02-28")
    with duckdb.connect(str(database)) as con:
        yield Staged(keys, home, files, report, con)


def test_no_file_is_held(staged: Staged):
    assert staged.report.held == []


def test_every_record_is_loaded_or_quarantined(staged: Staged):
    read = {(one.file, one.entity): one for one in staged.report.files}
    told = {(file.name, entity): n for file in staged.files for entity, n in file.rows.items()}
    assert {place: one.rows_read for place, one in read.items()} == told
    assert all(one.rows_loaded + one.rows_quarantined == one.rows_read for one in read.values())


def test_exactly_the_planted_records_are_quarantined(staged: Staged):
    found = {place: [] for place in planted()}
    for batch in staged.report.loaded:
        if batch.rows_quarantined:
            records = read_quarantine(staged.home, staged.keys, batch.batch_id)
            rows = ((one.file_row, one.reason, one.column) for one in records)
            found[batch.file, batch.entity] = sorted(rows, key=lambda one: one[0])
    assert found == planted()


@pytest.mark.parametrize("model", EXPECTED)
def test_canonical_rows(staged: Staged, model: str):
    columns, rows = EXPECTED[model]
    found = staged.con.execute(
        f"select {', '.join(columns)} from staging.stg_{model} order by all"
    ).fetchall()
    wanted = [tuple(_value(staged.keys, one) for one in row) for row in rows]
    assert sorted(map(repr, found)) == sorted(map(repr, wanted))


def _value(keys: Keys, value):
    """What a cell of an expected row is in the database: `kind:text` in a set is a token."""
    if isinstance(value, set):
        kind, text = next(iter(value)).split(":", 1)
        token = keys.token(kind.removeprefix("t_"), text)
        return f"t_{token}" if kind.startswith("t_") else token
    if isinstance(value, float):
        return Decimal(str(value)).quantize(Decimal("0.01"))
    return value


def test_staging_has_the_columns_of_the_contract(staged: Staged):
    shapes = {
        table: staged.con.execute(
            "select column_name, data_type from information_schema.columns "
            "where table_schema = 'staging' and table_name = ? order by ordinal_position", [table]
        ).fetchall()
        for (table,) in staged.con.execute(
            "select table_name from information_schema.tables where table_schema = 'staging'"
        ).fetchall()
    }  # fmt: skip
    contract = load_formats()["contract"].entities
    compared = 0
    for table, shape in shapes.items():
        form, entity = table.removeprefix("stg_").split("__")
        if form != "contract" and entity in contract:
            assert shape == shapes[f"stg_contract__{entity}"], table
            compared += 1
    assert compared > 0
