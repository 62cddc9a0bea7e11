"""Attaching: a value that joins a record without evidence to a cluster, never two clusters."""

from __future__ import annotations

import numpy as np

from dagster_project.identity.graph import (
    BoolArray,
    IntArray,
    Links,
    disagree,
    value_of_cluster,
)


def attachments(labels: IntArray, links: Links, known: BoolArray) -> BoolArray:
    """Edges by which a cluster without evidence of its own joins the one that owns a value.

    A value is owned when exactly one cluster with evidence carries it; a cluster without evidence
    attaches when all owned values it carries have the same owner. Two clusters with evidence are
    never joined by it.

    Args:
        known: whether a record carries linking evidence, shape ``(n,)``.
    """
    owns = value_of_cluster(labels, known.astype(np.int64))[labels[links.records]] > 0
    distinct, values = np.unique(links.values, return_inverse=True)
    cluster = labels[links.records]
    owner = np.full(distinct.size, -1, dtype=np.int64)
    owner[values[owns]] = cluster[owns]
    contested = disagree(values, np.where(owns, cluster, -1), distinct.size)
    owner[contested] = -1
    offered = np.where(owns, -1, owner[values])
    torn = disagree(cluster, offered, int(labels.max()) + 1 if labels.size else 0)
    joins = (offered >= 0) & ~torn[cluster]
    wanted = np.zeros(distinct.size, dtype=bool)
    wanted[values[joins]] = True
    return joins | (owns & wanted[values] & ~contested[values])
