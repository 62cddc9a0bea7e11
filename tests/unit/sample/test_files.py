"""The files: same from the same seed, complete, in the contract's names, free of the truth."""

import hashlib
from datetime import date
from functools import cache

import pytest
import yaml

from dagster_project.sample import write_sample
from dagster_project.settings import PROJECT_ROOT
from tests.unit.sample.reading import cells_of, raw_rows, text_of

SMALL = {"members": 600, "days": 120}


@cache
def contract():
    path = PROJECT_ROOT / "dagster_project" / "formats" / "contract.yml"
    return yaml.safe_load(path.read_text("utf-8"))["entities"]


def entity_of(path):
    names = sorted(contract(), key=len, reverse=True)
    return next(name for name in names if path.name.startswith(name))


def hashes(folder):
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_same_seed_same_bytes_other_seed_other_bytes(tmp_path):
    for name, seed in (("one", 7), ("two", 7), ("three", 8)):
        write_sample(tmp_path / name / "landing", seed=seed, **SMALL)
    one, two, three = (hashes(tmp_path / name) for name in ("one", "two", "three"))
    assert one == two
    same = [name for name in one if one[name] == three.get(name)]
    fixed = {"stores.xlsx", "campaigns.csv", "campaign_costs.csv", "partners.csv"}
    fixed |= {"experiments.csv", "employee_accounts.csv", "customers_special.csv"}
    same = [name for name in same if not name.endswith("_programme.csv")]
    fixed |= {"jumps.csv", "customers_special_jumps.csv"}
    assert {name.rsplit("/")[-1] for name in same} <= fixed


def test_every_entity_is_delivered(sample):
    files = [path for path in sample.landing.rglob("*") if path.is_file()]
    assert {entity_of(path) for path in files} == set(contract())


def test_kinds_and_encodings(sample):
    names = [path.name for path in sample.landing.rglob("*") if path.is_file()]
    for ending in (".csv", ".csv.gz", ".tsv", ".jsonl", ".jsonl.gz", ".parquet", ".xlsx"):
        assert any(name.endswith(ending) for name in names), ending
    assert (sample.landing / "webshop/customers.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    with pytest.raises(UnicodeDecodeError):
        (sample.landing / "tmall/customers.csv").read_bytes().decode("utf-8")
    assert "市" in text_of(sample.landing / "tmall/customers.csv")


def test_columns_are_the_contracts_but_for_one(sample):
    strange = set()
    for path in sample.landing.rglob("*"):
        if path.is_file():
            fields = contract()[entity_of(path)]["fields"]
            rows = [row for row in raw_rows(path) if isinstance(row, dict)]
            strange |= {
                (path.parent.name, entity_of(path), name)
                for row in rows
                for name in row
                if name not in fields
            }
            required = {name for name, spec in fields.items() if spec.get("required")}
            assert required <= {name for row in rows for name in row}, path
    assert strange == {("webshop", "customers", "utm_source")}


def test_vocabulary_is_the_contracts(sample):
    for path in sample.landing.rglob("*"):
        if path.is_file():
            for name, spec in contract()[entity_of(path)]["fields"].items():
                if "vocabulary" in spec:
                    rows = [row for row in raw_rows(path) if isinstance(row, dict)]
                    said = {row.get(name) for row in rows}
                    said -= {None, "", "NULL", "N/A", "\\N", "null"}
                    assert said <= set(spec["vocabulary"]), (path, name)


def test_truth_stays_outside(sample, tmp_path):
    inside = {path.name for path in sample.landing.rglob("*")}
    assert not inside & {path.name for path in sample.truth.iterdir()}
    assert sample.landing not in sample.truth.parents
    landing = tmp_path / "landing"
    for truth in (landing, landing / "truth"):
        with pytest.raises(ValueError, match="inside the landing"):
            write_sample(landing, truth=truth, **SMALL)
    assert not landing.exists()


def test_an_existing_channel_is_left_alone(tmp_path):
    (tmp_path / "landing" / "webshop").mkdir(parents=True)
    with pytest.raises(FileExistsError, match="webshop"):
        write_sample(tmp_path / "landing", **SMALL)


@pytest.mark.parametrize("size", [{"members": 10}, {"days": 10}, {"daily_days": 999}])
def test_impossible_sizes_are_refused(tmp_path, size):
    with pytest.raises(ValueError, match=next(iter(size))):
        write_sample(tmp_path / "landing", **(SMALL | size))


def test_rows_are_counted(sample):
    counted = {
        str(path.relative_to(sample.landing)): len(raw_rows(path))
        for path in sample.landing.rglob("*")
        if path.is_file()
    }
    assert counted == sample.planted["rows"]
    assert sum(counted.values()) == sample.summary.rows
    assert len(counted) == sample.summary.files


def test_last_days_come_day_by_day(tmp_path):
    whole = write_sample(tmp_path / "whole" / "landing", **SMALL)
    daily = write_sample(tmp_path / "daily" / "landing", daily_days=3, **SMALL)
    for day in (29, 30, 31):
        path = daily.landing / "webshop" / f"orders_{date(2026, 10, day)}.csv"
        header, *rows = cells_of(path)
        assert rows
        place = header.index("updated_at"), header.index("ordered_at")
        # A row is delivered the day it was made, or when its order was settled later.
        assert all(str(date(2026, 10, day)) in (row[place[0]] + row[place[1]]) for row in rows)
    assert not (whole.landing / "webshop" / "orders_2026-10-30.csv").exists()

    def rows_of(summary, entity):
        return [
            row
            for path in sorted((summary.landing / "webshop").glob(f"{entity}[._]*"))
            for row in cells_of(path)[1:]
            if not row[0].endswith("-bad")
            and not {"special", "programme"} & {*path.stem.split("_")}
        ]

    def newest(summary):
        rows = rows_of(summary, "orders")
        return {row[0]: row for row in sorted(rows, key=lambda row: row[place[0]])}

    def last_told(summary):
        return {row[0]: row for row in rows_of(summary, "coupons")}

    assert newest(whole) == newest(daily)
    assert last_told(whole) == last_told(daily)
