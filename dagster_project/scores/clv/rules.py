"""The row of ``clv_rules`` that says how value is predicted."""

from __future__ import annotations

from dataclasses import dataclass, fields

import pyarrow as pa

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
class ClvRules:
    """As the columns of the seed; see dbt/seeds/rules/_rules.yml."""

    purchase_model: str
    min_gain_over_nbd: float
    min_dropout_share: float
    min_buyers: int
    min_repeat_buyers: int
    max_value_correlation: float
    annual_discount_rate: float
    total_horizon_days: int

    @classmethod
    def of(cls, rows: pa.Table) -> ClvRules:
        """From the one row of the seed.

        Raises:
            ValueError: there is not exactly one row.
        """
        listed = rows.to_pylist()
        if len(listed) != 1:
            raise ValueError(f"clv_rules has {len(listed)} rows, not one")
        return cls(**{field.name: listed[0][field.name] for field in fields(cls)})
