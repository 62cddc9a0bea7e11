"""The row of ``clv_rules`` that says how value is predicted."""

from __future__ import annotations

from dataclasses import dataclass

from dagster_project.scores.rules import RuleRow

QUERY = """
select
    purchase_model,
    cast(min_gain_over_nbd as double) as min_gain_over_nbd,
    cast(min_dropout_share as double) as min_dropout_share,
    min_buyers,
    min_repeat_buyers,
    cast(max_value_correlation as double) as max_value_correlation,
    cast(annual_discount_rate as double) as annual_discount_rate,
    total_horizon_days
from rules.clv_rules
"""


@dataclass(frozen=True)
class ClvRules(RuleRow):
    """As the columns of the seed; see dbt/seeds/rules/_rules.yml."""

    seed = "clv_rules"

    purchase_model: str
    min_gain_over_nbd: float
    min_dropout_share: float
    min_buyers: int
    min_repeat_buyers: int
    max_value_correlation: float
    annual_discount_rate: float
    total_horizon_days: int
