"""Graphs of records and values as arrays of dense integer codes; nothing here knows identifiers.

A *record* has a code ``0..n-1``; *labels* (shape ``(n,)``) give each record's cluster, dense
from 0. Links are edges between records and values: records that share a value become one.
No result depends on the order of the edges.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

IntArray = npt.NDArray[np.integer]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Links:
    """Edges, shapes ``(m,)``: a record's code and the code of a value it carries."""

    records: IntArray
    values: IntArray

    def where(self, chosen: BoolArray | IntArray) -> Links:
        """The edges of a mask or of positions."""
        return Links(self.records[chosen], self.values[chosen])


def dense(values: IntArray) -> tuple[IntArray, int]:
    """The same values as codes from 0, none left out, in their order; and how many there are.

    Args:
        values: not negative, shape ``(m,)``; about as large as they are many.
    """
    used = np.zeros(int(values.max()) + 1 if values.size else 0, dtype=bool)
    used[values] = True
    codes = np.cumsum(used) - 1
    return codes[values], int(used.sum())


def component_of_cluster(labels: IntArray, links: Links) -> IntArray:
    """The component of each cluster once ``links`` hold: shape ``(clusters,)``, dense from 0."""
    clusters = int(labels.max()) + 1 if labels.size else 0
    if not links.records.size:
        return np.arange(clusters)
    values, count = dense(links.values)
    nodes = clusters + count
    edges = (labels[links.records], clusters + values)
    graph = coo_matrix((np.ones(values.size, dtype=bool), edges), shape=(nodes, nodes))
    _, component = connected_components(graph, directed=False)
    return component[:clusters]


def disagree(groups: IntArray, values: IntArray, count: int) -> BoolArray:
    """For each of ``count`` groups: does it hold two different values? -1 is no value."""
    known = values >= 0
    low = np.full(count, np.iinfo(np.int64).max)
    high = np.full(count, -1, dtype=np.int64)
    np.minimum.at(low, groups[known], values[known])
    np.maximum.at(high, groups[known], values[known])
    return (high >= 0) & (low != high)


def value_of_cluster(labels: IntArray, values: IntArray) -> IntArray:
    """The greatest value code among each cluster's records (-1: none), shape ``(clusters,)``."""
    held = np.full(int(labels.max()) + 1 if labels.size else 0, -1, dtype=np.int64)
    np.maximum.at(held, labels, values)
    return held


def founders(labels: IntArray) -> IntArray:
    """Relabel each cluster by its smallest record code, shape ``(n,)``."""
    first = np.zeros(int(labels.max()) + 1 if labels.size else 0, dtype=np.int64)
    first[labels[::-1]] = np.arange(labels.size)[::-1]  # the last to be written is the smallest
    return first[labels]


def joins_records(values: IntArray, kept: BoolArray) -> BoolArray:
    """Edges that are kept and whose value has another kept edge: they do join something."""
    codes, count = dense(values)
    degree = np.bincount(codes[kept], minlength=count)
    return kept & (degree[codes] > 1)
