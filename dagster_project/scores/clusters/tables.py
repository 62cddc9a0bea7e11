"""What the clusters fit reads and writes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from dagster_project.scores.rules import RuleRow

COLUMNS = (
    "purchase_days, recency_days, basket_amount, basket_lines, evening_share, weekend_share, "
    "store_share, app_share, discount_share"
)
READS = {
    "cells": f"select {COLUMNS}, members from scores.scr_cluster_input order by {COLUMNS}",
    "rules": """
        select min_clusters, max_clusters, min_buyers, silhouette_sample, label_words,
            cast(label_min_deviation as double) as label_min_deviation
        from rules.cluster_rules""",
    "features": """
        select feature, weight, high, high_zh, low, low_zh
        from rules.cluster_feature_rules order by feature""",
}
CENTRE = pa.schema(
    [(name, pa.string()) for name in ("cluster_code", "label", "label_zh", "feature")]
    + [(name, pa.float64()) for name in ("centre", "scale", "deviation")]
)
CHOICE = pa.schema(
    [
        ("clusters", pa.int32()),
        ("silhouette", pa.float64()),
        ("is_chosen", pa.bool_()),
    ]
)
WRITES = {"scr_cluster_centre": CENTRE, "scr_cluster_choice": CHOICE}


@dataclass(frozen=True)
class ClusterRules(RuleRow):
    """As the columns of ``cluster_rules``; see dbt/seeds/rules/_rules_mining.yml."""

    seed = "cluster_rules"

    min_clusters: int
    max_clusters: int
    min_buyers: int
    silhouette_sample: int
    label_words: int
    label_min_deviation: float


@dataclass(frozen=True)
class Features:
    """The features by name, with weights and words (high and low, in two languages)."""

    names: tuple[str, ...]
    weights: np.ndarray
    words: tuple[dict[str, str | None], ...]

    @classmethod
    def of(cls, rows: pa.Table) -> Features:
        """From ``cluster_feature_rules``, ordered by feature."""
        listed = rows.to_pylist()
        return cls(
            names=tuple(row["feature"] for row in listed),
            weights=np.array([row["weight"] for row in listed], float),
            words=tuple(listed),
        )
