"""What the churn fit reads and writes."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from dagster_project.scores.clv import rules as clv_rule_file
from dagster_project.scores.rules import RuleRow

FEATURES = (
    "overdue_ratio",
    "recency_days",
    "purchase_days",
    "p_alive",
    "activity_trend",
    "complaints",
    "refund_share",
    "unsubscribes",
)
CELLS = """
select
    cut_number, is_churned, frequency, last_day_number, age_days, overdue_ratio, recency_days,
    purchase_days, activity_trend, complaints, refund_share, unsubscribes, members
from scores.scr_churn_input
order by
    cut_number, is_churned, frequency, last_day_number, age_days, overdue_ratio, recency_days,
    purchase_days, activity_trend, complaints, refund_share, unsubscribes
"""
RULES = """
select min_labelled, min_each_class, cast(inverse_penalty as double) as inverse_penalty
from rules.churn_rules
"""
BINS = "select bin, lower from rules.churn_feature_rules where feature = 'p_alive' order by bin"
VALUE = """
select parameter, value
from scores.scr_clv_parameter
where basis = 'fit' and model = 'MBG/NBD' and not degenerate and value is not null
order by parameter
"""
READS = {
    "cells": CELLS,
    "rules": RULES,
    "bins": BINS,
    "value": VALUE,
    "clv_rules": clv_rule_file.QUERY,
}

COEFFICIENT = pa.schema(
    [
        ("basis", pa.string()),
        ("feature", pa.string()),
        ("bin", pa.int32()),
        ("coefficient", pa.float64()),
        ("members", pa.int64()),
        ("churned", pa.int64()),
    ]
)
MODEL = pa.schema(
    [
        ("basis", pa.string()),
        ("method", pa.string()),
        ("reason", pa.string()),
        ("labelled", pa.int64()),
        ("churned", pa.int64()),
        ("intercept", pa.float64()),
    ]
)
ALIVE = pa.schema(
    [("cut_number", pa.int32())] + [(name, pa.float64()) for name in ("r", "alpha", "a", "b")]
)
WRITES = {
    "scr_churn_coefficient": COEFFICIENT,
    "scr_churn_model": MODEL,
    "scr_churn_alive": ALIVE,
}


@dataclass(frozen=True)
class ChurnRules(RuleRow):
    """As the columns of ``churn_rules``; see dbt/seeds/rules/_rules_mining.yml."""

    seed = "churn_rules"

    min_labelled: int
    min_each_class: int
    inverse_penalty: float
