"""A file that gets too much wrong is held; a person looks, mends, lets it in."""

from __future__ import annotations

import csv

import pytest
from typer.testing import CliRunner

from dagster_project.cli import app
from dagster_project.ingest import budget, list_batches
from dagster_project.ingest.budget import budget_of
from dagster_project.ingest.quarantine import (
    NotQuarantined,
    entity_of_file,
    list_quarantine,
    quarantined,
    read_rows,
    release,
    write_rows,
)
from dagster_project.privacy.keys import load_keys

HEADER = "refund_id,order_id,refunded_at,amount\n"
COUNT = "select count(*) from raw.contract__refunds"


def refunds(rows: int, bad: int, cell: str = "x") -> str:
    """Rows of which the first ``bad`` have an amount that is none."""
    lines = (
        f"R{n},O{n},2024-01-02,{cell if n < bad else '1.00'}\n" for n in range(rows)
    )  # fmt: skip
    return HEADER + "".join(lines)


@pytest.mark.parametrize(
    ("rows", "bad", "reason"),
    [
        (3000, 30, None),  # 1 % is allowed
        (3000, 31, "over_budget"),
        (100, 10, None),  # ten rows are never too many
        (100, 11, "over_budget"),
        (40, 20, "changed_type"),
        (12, 6, None),
        (20, 20, "changed_type"),
    ],
)
def test_the_budget(warehouse, rows, bad, reason):
    warehouse.deliver("web/refunds.csv", refunds(rows, bad))
    warehouse.ingest()
    assert warehouse.held() == ({"web/refunds.csv": reason} if reason else {})
    assert warehouse.query(COUNT) == [(0 if reason else rows - bad,)]


def test_a_rare_column_that_changed_its_type_holds_the_file(warehouse):
    """20 of 3,000 rows are within the budget; but nothing of the column can be read."""
    lines = (f"P{n},{'blue' if n < 20 else ''}\n" for n in range(3000))
    warehouse.deliver("web/products.csv", "product_id,list_price\n" + "".join(lines))
    [held] = warehouse.ingest().held
    assert held.reason == "changed_type"
    assert "list_price: 20 of 20" in held.detail


def test_the_row_that_says_most_counts(tmp_path):
    path = tmp_path / "feed_rules.csv"
    head = "channel,entity,error_budget,bad_rows_free,changed_type_share,shrunk_share\n"
    path.write_text(
        head + "*,*,0.01,1,0.5,0.5\n*,orders,0.02,1,1,0\nweb,*,0.03,1,1,0\nweb,orders,0.04,1,1,0\n"
    )
    feeds = [("web", "orders"), ("web", "x"), ("pos", "orders"), ("pos", "x")]
    assert [budget_of(*one, path).error_budget for one in feeds] == [0.04, 0.03, 0.02, 0.01]
    path.with_name("none.csv").write_text(head)
    with pytest.raises(ValueError, match="is missing"):
        budget_of("web", "orders", path.with_name("none.csv"))
    assert budget_of("any", "feed") == budget.Budget(0.01, 10, 0.5, 0.5)


def test_a_held_file_is_looked_at_mended_and_let_in(warehouse, tmp_path):
    warehouse.deliver("web/refunds.csv", refunds(200, 12) + 'broken,"\n')
    warehouse.ingest()
    [one] = list_quarantine(warehouse.home)
    assert (one.status, one.rows) == ("held", 13)
    assert one.reasons == "bad_decimal amount (12), broken_quote (1)"
    keys = load_keys(warehouse.home)
    rows = list(read_rows(warehouse.home, keys, one.batch_id))
    assert rows[0].values == {
        "refund_id": "R0", "order_id": "O0", "refunded_at": "2024-01-02", "amount": "x",
    }  # fmt: skip
    assert (rows[-1].file_row, rows[-1].values) == (201, {"": 'broken,"'})

    to_mend = tmp_path / "mend.csv"
    entity = entity_of_file(warehouse.home, quarantined(warehouse.home, one.batch_id))
    assert write_rows(rows, to_mend, entity) == 13
    with to_mend.open(encoding="utf-8-sig", newline="") as file:
        cells = list(csv.DictReader(file))
    assert cells[-1]["_text"] == 'broken,"'
    for row in cells:
        row["amount"] = "2.50"
    cells[-1] |= {"refund_id": "R900", "order_id": "O9", "refunded_at": "2024-01-03"}
    with to_mend.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(cells[0]))
        writer.writeheader()
        writer.writerows(cells)
    with pytest.raises(ValueError, match="reason"):
        release(warehouse.home, one.batch_id, " ", to_mend)
    release(warehouse.home, one.batch_id, "the till wrote x", to_mend)
    assert warehouse.ingest().held == []
    assert warehouse.query(COUNT + " where amount = 2.5") == [(13,)]
    assert warehouse.query(COUNT) == [(201,)]
    assert [batch.unknown_columns for batch in list_batches(warehouse.home)] == [[], []]
    with pytest.raises(ValueError, match="--mended"):
        release(warehouse.home, one.batch_id, "again")
    with pytest.raises(NotQuarantined):
        release(warehouse.home, "no-such-batch", "why")


def test_the_verbs(warehouse, tmp_path):
    warehouse.deliver("web/refunds.csv", refunds(100, 11, "eleven"))
    warehouse.deliver("web/stores.csv", "")
    warehouse.ingest()
    run, home = CliRunner(), ["--home", str(warehouse.home.root), "quarantine"]
    listed = run.invoke(app, [*home, "list", "--json"]).output
    assert "over_budget" not in listed
    assert "bad_decimal amount (11)" in listed
    assert "empty: the file has no content" in listed
    batch = list_quarantine(warehouse.home)[0].batch_id
    shown = run.invoke(app, [*home, "show", batch, "--limit", "1", "--json"]).output
    assert shown.count("eleven") == 1
    written = run.invoke(app, [*home, "show", batch, "--to", str(tmp_path / "x.csv")])
    assert written.exit_code == 0
    assert (tmp_path / "x.csv").read_text(encoding="utf-8-sig").count("eleven") == 11
    assert run.invoke(app, [*home, "release", batch, "--reason", "known"]).exit_code == 0
    warehouse.ingest()
    assert warehouse.query(COUNT) == [(89,)]
    assert run.invoke(app, [*home, "release", "nothing", "--reason", "x"]).exit_code == 1


def test_raw_and_reports_show_no_value_of_a_held_row(warehouse):
    lines = "".join(f"{n},13800138{n:03d},2024-13-01\n" for n in range(100))
    warehouse.deliver("web/customers.csv", "customer_id,phone,registered_at\n" + lines)
    warehouse.ingest()
    assert list(warehouse.held().values()) == ["changed_type"]
    texts = b"".join(
        path.read_bytes() for path in warehouse.home.raw.rglob("*")
        if path.is_file() and path.name != "_seen.json"
    )  # fmt: skip
    assert b"13800138" not in texts
