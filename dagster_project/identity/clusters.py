"""One tier at a time: join the clusters its links connect, as far as the guards allow.

After a tier its clusters are contracted: the next tier joins clusters, not records, and a weaker
tier never takes apart what a stronger one joined.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from dagster_project.identity.graph import (
    BoolArray,
    IntArray,
    Links,
    component_of_cluster,
    disagree,
    value_of_cluster,
)


class Verdict(IntEnum):
    """What became of one edge."""

    KEPT = 0
    NEVER_LINK = 1
    CONTRADICTION = 2
    SIZE = 3
    CONTESTED = 4


@dataclass(frozen=True)
class Guards:
    """What may not end in one cluster.

    ``exclusive``: per single-valued type, each record's value code or -1, shape ``(n,)``.
    ``apart``: pairs of records that are two people, shape ``(p, 2)``; the second one leaves.
    ``accounts``: 1 for a record that counts towards a cluster's size, else 0, shape ``(n,)``.
    """

    exclusive: tuple[IntArray, ...]
    apart: IntArray
    accounts: IntArray


def _leaving(labels: IntArray, links: Links, guards: Guards) -> BoolArray:
    """Edges of clusters that would join the one they must stay apart from."""
    merged = component_of_cluster(labels, links)[labels]
    stays, leaves = guards.apart.T
    offending = leaves[merged[stays] == merged[leaves]]
    return np.isin(labels[links.records], labels[offending])


def _contradicting_values(labels: IntArray, links: Links, guards: Guards) -> BoolArray:
    """Edges of values that, taken alone, join two different single-valued identifiers."""
    distinct, values = np.unique(links.values, return_inverse=True)
    bad = np.zeros(distinct.size, dtype=bool)
    for exclusive in guards.exclusive:
        owned = value_of_cluster(labels, exclusive)[labels[links.records]]
        bad |= disagree(values, owned, distinct.size)
    return bad[values]


def _bad_components(
    labels: IntArray, links: Links, guards: Guards, max_accounts: int
) -> tuple[BoolArray, BoolArray]:
    """Edges in components that contradict themselves, and in those that grow too large."""
    component = component_of_cluster(labels, links)
    merged = component[labels]
    clusters = np.bincount(component)
    contradicting = np.zeros(clusters.size, dtype=bool)
    for exclusive in guards.exclusive:
        contradicting |= disagree(merged, exclusive, clusters.size)
    accounts = np.bincount(merged, weights=guards.accounts, minlength=clusters.size)
    too_large = (accounts > max_accounts) & (clusters > 1)
    place = merged[links.records]
    return contradicting[place], too_large[place]


def close_tier(
    labels: IntArray, links: Links, guards: Guards, max_accounts: int
) -> tuple[IntArray, npt.NDArray[np.int8]]:
    """Join clusters by one tier's links, as far as the guards allow.

    First a pair that must stay apart and would not: the second one's cluster loses this tier's
    links. Then values that contradict by themselves. Then whole components that still contradict
    (through a chain of values) or grow beyond ``max_accounts``: they lose this tier's links.

    Returns:
        the new labels, shape ``(n,)``; each edge's ``Verdict``, shape ``(m,)``.
    """
    verdict = np.zeros(links.records.size, dtype=np.int8)
    if not links.records.size:
        return labels, verdict
    verdict[_leaving(labels, links, guards)] = Verdict.NEVER_LINK
    kept = np.flatnonzero(verdict == Verdict.KEPT)
    wrong = _contradicting_values(labels, links.where(kept), guards)
    verdict[kept[wrong]] = Verdict.CONTRADICTION
    kept = kept[~wrong]
    contradicting, too_large = _bad_components(labels, links.where(kept), guards, max_accounts)
    verdict[kept[too_large]] = Verdict.SIZE
    verdict[kept[contradicting]] = Verdict.CONTRADICTION
    kept = kept[~(contradicting | too_large)]
    return component_of_cluster(labels, links.where(kept))[labels], verdict


def join_by_hand(
    labels: IntArray, links: Links, guards: Guards
) -> tuple[IntArray, Guards, IntArray]:
    """Join what people decided is one; values they so declare one person's become one value.

    Returns:
        labels; guards whose ``exclusive`` no longer contradict the decisions; verdicts.
    """
    unguarded = Guards((), guards.apart, guards.accounts)
    labels, verdict = close_tier(labels, links, unguarded, labels.size)
    aliased = tuple(_alias(labels, exclusive) for exclusive in guards.exclusive)
    return labels, Guards(aliased, guards.apart, guards.accounts), verdict


def _alias(labels: IntArray, exclusive: IntArray) -> IntArray:
    known = np.flatnonzero(exclusive >= 0)
    aliased = np.full(exclusive.size, -1, dtype=np.int64)
    component = component_of_cluster(labels, Links(known, exclusive[known]))
    aliased[known] = component[labels[known]]
    return aliased
