"""The UCI Online Retail set through the whole house: totals, days by the sensor, and the past."""

from datetime import date
from pathlib import Path

import duckdb
import pytest

from dagster_project.release import current, find_release, list_releases
from dagster_project.settings import Home
from tests.pipeline.daily import Daemon, files_of_days
from tests.pipeline.support import digests, refresh, rows

pytestmark = pytest.mark.slow

SINGLE_DAYS = 2
PAST = date(2011, 6, 30)
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


@pytest.fixture(scope="module")
def files() -> list[Path]:
    return files_of_days()


def test_every_row_is_loaded_or_quarantined(bulk: Home):
    read, accounted = rows(
        bulk, "select sum(rows_read), sum(rows_loaded + rows_quarantined) from ops.ingest_file"
    )[0]
    assert (read, accounted) == (541_909, 541_909)


def test_every_customer_is_a_member(bulk: Home):
    assert rows(bulk, "select count(*) from core.dim_member") == [(4_372,)]


def test_every_cohort(bulk: Home, files: list[Path]):
    found = rows(
        bulk,
        "select cohort_month, month_number, active_members from marts.cohort_retention "
        "where channel = 'all' and active_members > 0 order by cohort_month, month_number",
    )
    expected = duckdb.execute(COHORTS, [[str(path) for path in files]]).fetchall()
    assert expected[0] == (date(2010, 12, 1), 0, 885)
    assert found == expected


def test_a_model_without_leaving_is_noticed(bulk: Home):
    """BG/NBD degenerates on these buyers; nothing may be said of who has left."""
    assert rows(
        bulk,
        "select distinct model, converged, degenerate, is_chosen from marts.clv_parameters "
        "where model <> 'Gamma-Gamma' order by model",
    ) == [
        ("BG/NBD", True, True, False), ("MBG/NBD", True, True, False), ("NBD", True, False, True)
    ]  # fmt: skip
    assert rows(bulk, "select distinct reason from marts.clv_parameters") == [
        ("BG/NBD is degenerate",)
    ]
    assert rows(
        bulk, "select distinct purchase_model, p_alive, p_alive_note from marts.member_clv"
    ) == [("NBD", None, "the model knows no leaving")]
    assert rows(
        bulk,
        "select check_name, success from (select distinct expectation as check_name, success "
        "from ops.quality_result) where check_name = 'wanted_model'",
    ) == [("wanted_model", False)]


def test_money_equals_the_files(bulk: Home, files: list[Path]):
    listed = [str(path) for path in files]
    sales, returns = duckdb.execute(
        """
        with lines as (
            select
                InvoiceNo as invoice,
                cast(Quantity as decimal(18, 3)) * cast(UnitPrice as decimal(18, 4)) as exact,
                round(exact, 2) as amount
            from read_csv(?, all_varchar = true)
        )
        select sum(amount) filter (where not starts_with(invoice, 'C')),
            -sum(amount) filter (where starts_with(invoice, 'C'))
        from lines
        """,
        [listed],
    ).fetchall()[0]
    assert rows(bulk, "select sum(net_paid_amount) from core.fct_order") == [(sales,)]
    assert rows(bulk, "select sum(amount) from core.fct_refund") == [(returns,)]


@pytest.fixture(scope="module")
def daemon(files: list[Path], tmp_path_factory, no_data_tests) -> Daemon:
    """The sensor took the first days singly, then all files up to the past day in one run."""
    daemon = Daemon(Home(tmp_path_factory.mktemp("daily")))
    for path in files[:SINGLE_DAYS]:
        daemon.deliver([path])
    daemon.deliver_meanwhile([path for path in files if path.name[:10] <= PAST.isoformat()])
    return daemon


def test_a_past_day_equals_a_warehouse_that_only_got_the_files_to_it(bulk: Home, daemon: Daemon):
    before = digests(bulk)
    known = {release.id for release in list_releases(bulk)}
    assert refresh(bulk, as_of=PAST).code == 0
    made = [release for release in list_releases(bulk) if release.id not in known]
    assert digests(bulk) == before, "a run for an earlier day must not become current"
    assert current(daemon.home).as_of == PAST.isoformat()
    assert digests(bulk, find_release(bulk, made[0].id)) == digests(daemon.home)


def test_days_through_the_sensor_equal_one_delivery(bulk: Home, daemon: Daemon, files: list[Path]):
    daemon.deliver_meanwhile(files)
    assert digests(daemon.home) == digests(bulk)
