"""Identity reads the texts behind tokens out of the vault: in their normal form, nobody erased."""

from __future__ import annotations

from dataclasses import replace

import duckdb
import pyarrow as pa
import pytest

from dagster_project.formats import load_formats, loader
from dagster_project.identity import VaultValues
from dagster_project.privacy import erase_subjects, load_keys
from dagster_project.settings import Settings

CUSTOMERS = (
    "customer_id,name,nickname,birth_date,address,card_no\n"
    "1, Li  Na ,王芳,1990/1/2,天府 大道 7 号,88001\n"
    "2,LI NA,,,,\n"
    "3,张三,03/14/1990,,,88002\n"
)


@pytest.fixture
def filled(warehouse):
    warehouse.deliver("web/customers.csv", CUSTOMERS)
    warehouse.ingest()
    return warehouse


def asked(warehouse, kind: str, *shown: tuple[str, int, str]) -> dict[str, str]:
    """What can be read of (customer, row, text), by token."""
    home = warehouse.home
    keys = load_keys(home)
    (path,) = (home.vault / "records").glob("*/customers/*.parquet")
    wanted = pa.table({
        "token": [keys.token(kind, text) for _, _, text in shown],
        "record_key": [f"web:{customer}" for customer, _, _ in shown],
        "batch_id": [path.stem] * len(shown),
        "file_row": [row for _, row, _ in shown],
    })  # fmt: skip
    found = VaultValues(home, keys, Settings()).texts(kind, wanted)
    by_token = dict(zip(found["token"].to_pylist(), found["text"].to_pylist(), strict=True))
    assert len(by_token) == found.num_rows, "a token twice"
    return {text: by_token.get(keys.token(kind, text), "not read") for _, _, text in shown}


def rows_of(warehouse) -> list[int]:
    with duckdb.connect() as con:
        return [
            row
            for (row,) in con.execute(
                f"select file_row from read_parquet('{warehouse.home.vault}/records/*/customers/*')"
                " order by subject"
            ).fetchall()
        ]


def test_each_kind_is_read_in_the_form_its_token_is_of(filled):
    one, _, three = rows_of(filled)
    read = {
        "name": "li na",
        "birth_date": "1990-01-02",
        "address": "天府大道7号",
        "card_no": "88001",
    }
    for kind, text in read.items():
        assert asked(filled, kind, ("1", one, text)) == {text: text}
    assert asked(filled, "birth_date", ("3", three, "1990-02-30")) == {"1990-02-30": "not read"}


def test_a_value_in_a_field_of_another_name_is_found_by_its_token(filled):
    one, _, three = rows_of(filled)
    found = asked(filled, "name", ("1", one, "王芳"), ("3", three, "张三"), ("3", three, "王芳 "))
    assert found == {"王芳": "王芳", "张三": "张三", "王芳 ": "not read"}


def test_who_is_erased_is_not_read_but_whoever_else_shows_the_value_is(filled):
    one, two, three = rows_of(filled)
    erase_subjects(filled.home, ["web|1", "web|3"])
    found = asked(filled, "name", ("1", one, "li na"), ("2", two, "li na"), ("3", three, "张三"))
    assert found == {"li na": "li na", "张三": "not read"}


def test_a_birth_date_is_read_by_the_forms_of_any_format(filled, monkeypatch):
    """A format may say that its days begin with the month."""
    shown = ("3", rows_of(filled)[2], "1990-03-14")
    assert asked(filled, "birth_date", shown) == {"1990-03-14": "not read"}
    formats = load_formats()
    customers = formats["contract"].entities["customers"]
    fields = tuple(
        replace(one, time_formats=("%d/%m/%Y", "%m/%d/%Y")) if one.name == "birth_date" else one
        for one in customers.fields
    )
    american = replace(
        formats["contract"], entities={"customers": replace(customers, fields=fields)}
    )
    monkeypatch.setattr(loader, "load_formats", lambda: {**formats, "american": american})
    assert asked(filled, "birth_date", shown) == {"1990-03-14": "1990-03-14"}
