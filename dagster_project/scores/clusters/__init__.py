"""Groups of buyers that behave alike: weighted k-means on steps of their features."""

from __future__ import annotations

from datetime import date

import pyarrow as pa

from dagster_project.scores.clusters.groups import Grouping, choose
from dagster_project.scores.clusters.labels import Named, name_groups
from dagster_project.scores.clusters.tables import READS, WRITES, ClusterRules, Features
from dagster_project.scores.fit import Fit, FitResult, Inputs


def _centres(found: Grouping, names: list[Named], features: Features) -> list[dict[str, object]]:
    return [
        {
            "cluster_code": name.code,
            "label": name.label,
            "label_zh": name.label_zh,
            "feature": feature,
            "centre": float(found.centres[group, place]),
            "scale": float(found.scale[place]),
            "deviation": float(found.deviation[group, place]),
        }
        for group, name in enumerate(names)
        for place, feature in enumerate(features.names)
    ]


def fit(inputs: Inputs, as_of: date) -> FitResult:
    """Try every number of groups, keep the best, name its groups."""
    del as_of  # the inputs are those of the day
    rules, features = ClusterRules.of(inputs["rules"]), Features.of(inputs["features"])
    found, tried = choose(inputs["cells"], features, rules)
    names = name_groups(found, features, rules) if found else []
    centres = _centres(found, names, features) if found else []
    rows = {"scr_cluster_centre": centres, "scr_cluster_choice": tried}
    tables = {name: pa.Table.from_pylist(rows[name], schema=WRITES[name]) for name in WRITES}
    measures = {f"silhouette of {row['clusters']}": row["silhouette"] for row in tried}
    return FitResult(tables, measures | {"clusters": len(names)})


CLUSTERS = Fit(name="clusters", reads=READS, writes=WRITES, run=fit)
