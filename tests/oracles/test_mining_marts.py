"""Cycles, baskets, warnings and hits against pandas, mlxtend, scikit-learn and brute force.

Two real data sets through the landing contract: Online Retail for cycles and rules of products, the
Complete Journey for rules of categories.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date

import duckdb
import numpy as np
import pandas as pd
import pytest

from dagster_project.build.dbt import Layer
from dagster_project.settings import Home
from tests.conftest import shared_data
from tests.oracles.warehouse import SCORES, Built, Scratch

pytestmark = pytest.mark.slow

RETAIL_DAY, JOURNEY_DAY = date(2011, 12, 9), date(2018, 1, 1)
SEGMENTS = ("member_purchase", "rfm_boundaries", "member_rfm")
BASKETS = (*SEGMENTS, "frequent_itemset", "product_affinity")
JOURNEY = """
    select 'shop' as channel, 'b0' as batch_id, timestamp '2030-01-01' as delivered_at, 'f' as
        delivery_file, row_number() over () as file_row, {columns} from ({rows})"""
TICKETS = """select * from read_parquet('{0}/transactions_sample.parquet') where sales_value > 0"""


@pytest.fixture(scope="module")
def retail(bulk: Home) -> Built:
    return Built(bulk)


@pytest.fixture(scope="module")
def journey(tmp_path_factory: pytest.TempPathFactory) -> Scratch:
    folder = shared_data("complete_journey")
    scratch = Scratch(tmp_path_factory.mktemp("journey") / "home")
    tickets = TICKETS.format(folder)
    for entity, columns, rows in (
        ("orders", "basket_id as order_id, household_id as customer_id, 'completed' as status, "
         "bought_at as ordered_at, paid as net_paid_amount",
         "select basket_id, any_value(household_id) as household_id, "
         "min(transaction_timestamp) as bought_at, sum(sales_value) as paid "
         f"from ({tickets}) group by 1"),
        ("order_lines", "basket_id as order_id, cast(file as varchar) as line_no, "
         "product_id, greatest(quantity, 1) as quantity, sales_value as line_amount",
         f"select *, row_number() over () as file from ({tickets})"),
        ("products", "product_id, department as category, product_category as subcategory",
         f"select * from read_parquet('{folder}/products.parquet') where product_id in "
         f"(select product_id from ({tickets}))"),
    ):  # fmt: skip
        scratch.fill(f"contract__{entity}", JOURNEY.format(columns=columns, rows=rows))
    scratch.refresh(JOURNEY_DAY)
    scratch.build(JOURNEY_DAY, SCORES)
    scratch.build(JOURNEY_DAY, Layer(BASKETS, ("test_type:data",)))
    return scratch


def _rules(baskets: pd.DataFrame, item: str, support: float, confidence: float) -> dict:
    """mlxtend's rules of one consequent: antecedent and consequent to their figures."""
    from mlxtend.frequent_patterns import association_rules, fpgrowth

    held = baskets.drop_duplicates(["order_key", item])
    orders = held["order_key"].unique()
    counts = held[item].value_counts()
    held = held[held[item].isin(counts.index[counts >= support * len(orders)])]
    table = pd.crosstab(held["order_key"], held[item]).astype(bool)
    table = table.reindex(orders, fill_value=False)
    sets = fpgrowth(table, min_support=support, use_colnames=True, max_len=5)
    rules = association_rules(sets, metric="confidence", min_threshold=confidence)
    rules = rules[rules["consequents"].map(len) == 1]
    return {
        (" + ".join(sorted(row.antecedents)), next(iter(row.consequents))): (
            row.support, row.confidence, row.lift, row.leverage, row.conviction)
        for row in rules.itertuples()
    }  # fmt: skip


def _found(scratch: Built, level: str) -> dict:
    rows = scratch.query(
        "select antecedent, consequent, support, confidence, lift, leverage, "
        "coalesce(conviction, 'inf') from marts.product_affinity "
        f"where level = '{level}' and segment = 'all'"
    )
    return {row[:2]: row[2:] for row in rows}


def _agree(found: dict, expected: dict) -> None:
    assert found.keys() == expected.keys()
    keys = sorted(expected)
    assert np.allclose(
        np.array([found[key] for key in keys], float), np.array([expected[key] for key in keys]),
        rtol=1e-9, atol=1e-12,
    )  # fmt: skip


def test_rules_of_products_are_mlxtends(retail: Built):
    with retail.connect() as con:
        baskets = con.execute(
            "select order_key, product_key from core.fct_order_line join core.fct_order "
            "using (order_key) where is_valid and product_key is not null"
        ).df()
    expected = _rules(baskets, "product_key", 0.01, 0.1)
    assert len(expected) > 100
    assert max(key[0].count(" + ") for key in expected) >= 1
    _agree(_found(retail, "product"), expected)


@pytest.mark.parametrize("level", ["category", "subcategory"])
def test_rules_of_categories_are_mlxtends(journey: Scratch, level: str):
    folder = shared_data("complete_journey")
    column = {"category": "department", "subcategory": "product_category"}[level]
    baskets = duckdb.execute(
        f"select 'shop:' || basket_id as order_key, {column} as item from "
        f"({TICKETS.format(folder)}) join read_parquet('{folder}/products.parquet') "
        f"using (product_id) where {column} is not null"
    ).df()
    # baskets of ten thousand gallons of fuel are no valid orders
    valid = {key for (key,) in journey.query("select order_key from core.fct_order where is_valid")}
    baskets = baskets[baskets["order_key"].isin(valid)]
    confidence = {"category": 0.0, "subcategory": 0.1}[level]
    expected = _rules(baskets, "item", 0.005, confidence)
    assert expected or level == "subcategory"
    _agree(_found(journey, level), expected)


def test_cycles_are_pandas_medians(retail: Built):
    with retail.connect() as con:
        days = con.execute(
            "select distinct member_id, ordered_on from core.fct_order "
            "where is_valid and member_id is not null"
        ).df()
    days = days.sort_values(["member_id", "ordered_on"])
    gaps = days.groupby("member_id")["ordered_on"].diff().dt.days
    own = gaps.groupby(days["member_id"]).agg(["median", "count"])
    everybody = gaps.median()
    found = retail.query(
        "select member_id, gap_count, cycle_days, overdue_ratio from marts.member_purchase_cycle"
    )
    last = days.groupby("member_id")["ordered_on"].max()
    assert len(found) == len(own)
    for member, count, cycle, overdue in found:
        median, gap_count = own.loc[member]
        assert count == gap_count
        # few gaps are drawn toward everybody's cycle: the set has no categories
        expected = everybody if count == 0 else median
        if 0 < count < 3:
            expected = (count * median + 2 * everybody) / (count + 2)
        assert cycle == pytest.approx(expected)
        assert overdue == pytest.approx((pd.Timestamp(RETAIL_DAY) - last[member]).days / expected)


def test_auc_and_brier_are_scikit_learns(retail: Built):
    from sklearn.metrics import brier_score_loss, roc_auc_score

    labelled = retail.query(
        "select overdue_ratio, is_churned from scores.scr_churn_member "
        "where cut_number = 1 and is_churned is not null"
    )
    ratio, churned = (np.array(column, float) for column in zip(*labelled, strict=True))
    score = np.round(ratio / (ratio + 2), 9)
    found = {
        row[0]: row[1:] for row in retail.query(
            "select method, auc, brier_score, members, predicted_rate, churn_rate "
            "from marts.churn_backtest where decile = 0")
    }  # fmt: skip
    assert found["rule"][0] == pytest.approx(roc_auc_score(churned, score), abs=1e-9)
    assert found["rule"][1] == pytest.approx(brier_score_loss(churned, score), abs=1e-6)
    assert found["model"][2] == found["rule"][2] == len(churned)
    # what the model is for: better than the rule on days it has not seen, and believable
    assert found["model"][0] > found["rule"][0] + 0.03
    assert found["model"][1] < found["rule"][1]
    assert abs(found["model"][3] - found["model"][4]) < 0.05


def test_risk_is_the_scorecards(retail: Built):
    """Every score recomputed from its published signals."""
    intercept = retail.query("select intercept from scores.scr_churn_model where basis = 'fit'")
    sums: dict[str, float] = defaultdict(float)
    for member, contribution in retail.query(
        "select member_id, contribution from marts.member_churn_signal"
    ):
        sums[member] += contribution
    found = dict(
        retail.query("select member_id, score from marts.member_churn_risk where score is not null")
    )
    assert found.keys() == sums.keys()
    for member, score in found.items():
        assert score == pytest.approx(1 / (1 + np.exp(-intercept[0][0] - sums[member])), abs=1e-6)


def test_popular_products_hit_as_often_as_counted_by_hand(retail: Built):
    rows = retail.query(
        "select o.member_id, l.product_key, o.ordered_on from core.fct_order_line l "
        "join core.fct_order o using (order_key) join core.dim_product p using (product_key) "
        "where o.is_valid and o.member_id is not null and p.is_described"
    )
    days: dict[str, dict[date, set[str]]] = defaultdict(lambda: defaultdict(set))
    for member, product, day in rows:
        days[member][day].add(product)
    points: Counter[str] = Counter()
    recent: dict[str, dict[str, date]] = {}
    for member, seen in days.items():
        past = sorted(seen)[:-1] if len(seen) > 1 else sorted(seen)
        newest = {product: day for day in past for product in seen[day]}
        recent[member] = newest
        kept = sorted(newest, key=lambda product: (-newest[product].toordinal(), product))[:30]
        for product in kept:
            age = (RETAIL_DAY - newest[product]).days
            points[product] += round(1000 * 2 ** (-age / 365))
    order = sorted(points, key=lambda product: (-points[product], product))
    hits = judged = 0
    for member, seen in days.items():
        if len(seen) > 1:
            last = max(seen)
            allowed = (p for p in order if not (
                p in recent[member] and (last - recent[member][p]).days < 14))  # fmt: skip
            shown = {product for product, _ in zip(allowed, range(10), strict=False)}
            judged += 1
            hits += bool(shown & seen[last])
    found = {
        row[0]: row[1:] for row in retail.query(
            "select method, members, hits, hit_rate from marts.recommendation_backtest")
    }  # fmt: skip
    assert found["popular"][:2] == (judged, hits)
    assert found["item_item"][0] == judged
    assert found["item_item"][2] > found["popular"][2] + 0.1
