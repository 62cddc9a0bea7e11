"""A real day of the UCI set, read by Python's own csv module beside us."""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

DAY = Path(__file__).resolve().parents[3] / "../shared/data/online_retail/2010-12-01.csv.gz"


@pytest.mark.skipif(not DAY.exists(), reason="the Online Retail data is not here")
def test_a_day(warehouse):
    warehouse.deliver("online_retail/2010-12-01.csv.gz", DAY.read_bytes())
    warehouse.ingest()
    with gzip.open(DAY, "rt", encoding="utf-8", newline="") as file:
        expected = Counter(
            (
                row["InvoiceNo"], row["StockCode"], row["Description"].strip() or None,
                Decimal(row["Quantity"]), Decimal(row["UnitPrice"]),
                row["CustomerID"].removesuffix(".0") or None, row["Country"],
            )
            for row in csv.DictReader(file)
        )  # fmt: skip
    found = warehouse.query(
        "select invoice_no, stock_code, description, quantity, unit_price, customer_id, country "
        "from raw.online_retail__invoice_lines"
    )
    assert Counter(found) == expected
    assert warehouse.reasons() == []
