"""Cohorts of the UCI Online Retail set against plain SQL on its files, whose clock is local."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pytest

from tests.conftest import shared_data
from tests.oracles.warehouse import Scratch

pytestmark = pytest.mark.slow

AS_OF = date(2011, 12, 9)
LINES = """
    select 'online_retail' as channel, 'b0' as batch_id, timestamp '2030-01-01' as delivered_at,
        'f' as delivery_file, row_number() over () as file_row, InvoiceNo as invoice_no,
        StockCode as stock_code, Description as description, cast(Quantity as double) as quantity,
        cast(InvoiceDate as timestamp) at time zone 'Asia/Shanghai' at time zone 'UTC'
            as invoiced_at, cast(UnitPrice as double) as unit_price,
        cast(cast(cast(CustomerID as double) as bigint) as varchar) as customer_id,
        Country as country
    from read_csv(?, all_varchar = true)"""
# A sale is an invoice that is no cancellation; whoever only returned is no buyer.
COHORTS = """
    with sales as (
        select distinct CustomerID as id, cast(date_trunc('month', cast(InvoiceDate as timestamp))
            as date) as month
        from read_csv(?, all_varchar = true)
        where InvoiceNo not like 'C%' and CustomerID is not null
    ),
    firsts as (select id, min(month) as cohort from sales group by id)
    select cohort, cast(date_diff('month', cohort, month) as integer), count(*)
    from sales join firsts using (id) group by all order by all"""


def test_every_cohort(tmp_path: Path):
    files = [str(path) for path in sorted(shared_data("online_retail").glob("*.csv.gz"))]
    scratch = Scratch(tmp_path / "home")
    scratch.fill("online_retail__invoice_lines", LINES, files)
    scratch.refresh(AS_OF)
    scratch.value(AS_OF)
    assert scratch.query("select count(*) from core.dim_member") == [(4_372,)]
    found = scratch.query(
        "select cohort_month, month_number, active_members from marts.cohort_retention "
        "where channel = 'all' and active_members > 0 order by cohort_month, month_number"
    )
    expected = duckdb.execute(COHORTS, [files]).fetchall()
    assert expected[0] == (date(2010, 12, 1), 0, 885)
    assert found == expected
