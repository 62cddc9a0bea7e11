"""Every preset, from its platform's files to canonical rows: one small delivery of each."""

from __future__ import annotations

from decimal import Decimal

import pytest

from dagster_project.formats import load_formats
from dagster_project.privacy import read_quarantine
from dagster_project.privacy.keys import Keys
from dagster_project.sample.presets import planted
from tests.pipeline.preset_rows import EXPECTED
from tests.pipeline.staged import Staged

pytestmark = pytest.mark.slow


def test_no_file_is_held(staged: Staged):
    assert staged.small.held == []


def test_every_record_is_loaded_or_quarantined(staged: Staged):
    read = {(one.file, one.entity): one for one in staged.small.files}
    told = {
        (file.name, entity): n for file in staged.small_files for entity, n in file.rows.items()
    }
    assert {place: one.rows_read for place, one in read.items()} == told
    assert all(one.rows_loaded + one.rows_quarantined == one.rows_read for one in read.values())


def test_exactly_the_planted_records_are_quarantined(staged: Staged):
    found = {place: [] for place in planted()}
    for batch in staged.small.loaded:
        if batch.rows_quarantined:
            records = read_quarantine(staged.home, staged.keys, batch.batch_id)
            rows = ((one.file_row, one.reason, one.column) for one in records)
            found[batch.file, batch.entity] = sorted(rows, key=lambda one: one[0])
    assert found == planted()


@pytest.mark.parametrize("model", EXPECTED)
def test_canonical_rows(staged: Staged, model: str):
    columns, rows = EXPECTED[model]
    small = ", ".join(f"'{one.batch_id}'" for one in staged.small.loaded)
    found = staged.rows(
        f"select {', '.join(columns)} from staging.stg_{model} where batch_id in ({small}) "
        "order by all"
    )
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
