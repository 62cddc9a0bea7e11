"""The fit as a whole: its tables, its backtest against single buyers, its picture."""

from __future__ import annotations

import base64
from datetime import date

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from dagster_project.scores import FITS, FitResult, run_fit
from dagster_project.scores.clv import CLV, backtest
from dagster_project.scores.clv.choice import Choice, fit_models
from dagster_project.scores.clv.counts import Counts
from dagster_project.scores.clv.gamma_gamma import Values
from dagster_project.scores.clv.picture import tracking
from dagster_project.scores.clv.rules import ClvRules
from dagster_project.scores.fit import Fit, FitError
from tests.unit.scores import cdnow

RULES = {
    "purchase_model": "BG/NBD", "min_gain_over_nbd": 2.0, "min_dropout_share": 0.001,
    "min_buyers": 30, "min_repeat_buyers": 10, "max_value_correlation": 0.3,
    "annual_discount_rate": 0.1, "total_horizon_days": 365,
}  # fmt: skip
DAYS = (cdnow.END - cdnow.CUT).days


@pytest.fixture(scope="module")
def buyers() -> cdnow.Buyers:
    return cdnow.buyers()


def _grouped(buyers: cdnow.Buyers) -> dict[str, np.ndarray]:
    """As ``scr_clv_backtest_input``; later revenue is 10 a purchase."""
    keys = np.stack([buyers.x, buyers.t_x, buyers.age, buyers.later])
    levels, at, n = np.unique(keys, axis=1, return_inverse=True, return_counts=True)
    return {
        "frequency": levels[0], "recency_days": levels[1], "age_days": levels[2], "members": n,
        "holdout_frequency": levels[3], "window_days": np.full(n.size, DAYS),
        "repeat_revenue": np.bincount(at.ravel(), buyers.revenue),
        "holdout_revenue": levels[3] * n * 10.0,
    }  # fmt: skip


@pytest.fixture(scope="module")
def choice(buyers) -> Choice:
    values = Values.of_rows(buyers.x, buyers.revenue, np.ones(buyers.x.size))
    return fit_models(buyers.counts(), values, ClvRules(**RULES))


@pytest.fixture(scope="module")
def rows(buyers, choice) -> list[dict[str, object]]:
    columns = _grouped(buyers)
    counts = Counts.of_days(
        *(columns[n] for n in ("frequency", "recency_days", "age_days", "members"))
    )
    window = backtest.Window(
        counts, columns["holdout_frequency"], columns["repeat_revenue"],
        columns["holdout_revenue"], DAYS,
    )  # fmt: skip
    return backtest.rows(choice, window)


def test_backtest_as_published(rows):
    """Fader, Hardie and Lee (2005): 1,653 repeat purchases expected in weeks 40 to 78."""
    total = rows[0]
    assert (total["members"], total["actual_orders"]) == (2_357, 1_882)
    assert total["predicted_orders"] == pytest.approx(1_653, abs=1)
    assert total["correlation"] == pytest.approx(0.626, abs=1e-3)


def test_backtest_is_that_of_single_buyers(buyers, choice, rows):
    ones = np.ones(buyers.x.size)
    single = Counts.of_days(buyers.x, buyers.t_x, buyers.age, ones.astype(int))
    model = choice.orders(single, np.array([float(DAYS)]))[:, 0]
    with np.errstate(divide="ignore", invalid="ignore"):
        own = np.where(buyers.age > 0, buyers.x / buyers.age * DAYS, 0.0)
    total = rows[0]
    for prefix, said in (("", model), ("own_rate_", own), ("zero_", np.zeros(own.size))):
        error = said - buyers.later
        assert total[f"{prefix}predicted_orders"] == pytest.approx(said.sum())
        assert total[f"{prefix}bias"] == pytest.approx(error.mean())
        assert total[f"{prefix}mae"] == pytest.approx(np.abs(error).mean())
        assert total[f"{prefix}rmse"] == pytest.approx(np.sqrt((error**2).mean()))
    assert total["own_rate_correlation"] == pytest.approx(np.corrcoef(own, buyers.later)[0, 1])
    assert total["zero_correlation"] is None
    assert total["zero_top_decile_value_share"] == pytest.approx(0.1)
    assert 0.3 < total["top_decile_value_share"] < 1
    tenths = rows[1:]
    assert sum(row["members"] for row in tenths) == 2_357
    assert sum(row["actual_orders"] for row in tenths) == 1_882
    means = [row["predicted_orders"] / row["members"] for row in tenths]
    assert means == sorted(means, reverse=True)


def test_equal_predictions_share_a_tenth_and_its_places():
    predicted = np.array([5.0, 1.0, 1.0, 0.0])
    n = np.array([10.0, 30.0, 10.0, 50.0])
    assert backtest.deciles(predicted, n).tolist() == [1, 4, 4, 8]
    before, size = backtest.places(predicted, n)
    assert (before.tolist(), size.tolist()) == ([0, 10, 10, 50], [10, 40, 40, 50])


def test_tracking_counts_what_was_made(choice):
    weeks = tracking(
        choice, np.array([0, 6, 14]), np.array([0.0, 3.0, 5.0]), np.array([2.0, 1.0, 0.0])
    )
    assert [(week["days_ago"], week["actual"]) for week in weeks] == [(14, 0), (7, 0), (0, 3)]
    assert 0 == weeks[0]["expected"] < weeks[1]["expected"] < weeks[2]["expected"]


def _inputs(buyers: cdnow.Buyers, kept: slice) -> dict[str, pa.Table]:
    cut = cdnow.Buyers(*(column[kept] for column in vars(buyers).values()))
    grouped = _grouped(cut)
    counts = {name: grouped[name] for name in ("frequency", "recency_days", "age_days", "members")}
    repeats = cut.x > 0
    values = {
        "frequency": cut.x[repeats], "repeat_revenue": cut.revenue[repeats],
        "members": np.ones(repeats.sum(), dtype=int),
    }  # fmt: skip
    both = [
        pa.concat_tables(
            pa.table({"basis": np.full(len(table["members"]), basis), **table})
            for basis in ("backtest", "fit")
        )
        for table in (counts, values)
    ]
    days = pa.table({"days_ago": [0, 30], "first_buyers": [0.0, 9.0], "repeat_purchases": [4.0, 0]})
    return {
        "rules": pa.table({name: [value] for name, value in RULES.items()}),
        "counts": both[0], "values": both[1], "window": pa.table(grouped), "tracking": days,
    }  # fmt: skip


def test_tables_metadata_and_picture(buyers):
    inputs = _inputs(buyers, slice(None))
    found = CLV.run(inputs, cdnow.END)
    again = CLV.run(inputs, cdnow.END)
    assert {name: table.schema for name, table in found.tables.items()} == CLV.writes
    assert all(table.equals(again.tables[name]) for name, table in found.tables.items())
    assert found.tables["scr_clv_score"].num_rows == inputs["counts"].num_rows // 2
    assert found.measures["model"] == "BG/NBD"
    assert all(type(value) in (bool, int, float, str) for value in found.measures.values())
    assert "| BG/NBD | r | 0.2426 |" in found.markdown["parameters"]
    image = found.markdown["picture"].split("base64,")[1].rstrip(")")
    assert base64.b64decode(image).startswith(b"\x89PNG")


def test_without_enough_buyers_tables_are_typed_and_say_so(buyers):
    for kept in (slice(0, 0), slice(0, 20)):
        found = CLV.run(_inputs(buyers, kept), cdnow.END)
        assert {name: table.schema for name, table in found.tables.items()} == CLV.writes
        assert found.tables["scr_clv_score"].num_rows == 0
        assert found.tables["scr_clv_backtest"].num_rows == 0
        parameters = found.tables["scr_clv_parameter"].to_pylist()
        assert {row["model"] for row in parameters} == {"BG/NBD", "MBG/NBD", "NBD", "Gamma-Gamma"}
        assert {(row["value"], row["is_chosen"]) for row in parameters} == {(None, False)}
        assert {row["reason"] for row in parameters} == {"too few buyers"}


def test_a_fit_that_breaks_its_promise_writes_nothing(tmp_path):
    database = tmp_path / "x.duckdb"
    broken = Fit(
        name="broken", reads={"one": "select 1 as one"},
        writes={"scr_a": pa.schema([("one", pa.int32())]), "scr_b": pa.schema([])},
        run=lambda inputs, as_of: FitResult({"scr_a": inputs["one"]}),
    )  # fmt: skip
    with pytest.raises(FitError, match="scr_a"):
        run_fit(database, broken, date(2026, 1, 1))
    with duckdb.connect(str(database)) as con:
        assert con.execute("select count(*) from duckdb_tables()").fetchall() == [(0,)]


def test_names_of_fits_are_unique():
    assert len({fit.name for fit in FITS}) == len(FITS)
