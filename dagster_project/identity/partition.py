"""The partition: all evidence in, one cluster for each record out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dagster_project.identity.attach import attachments
from dagster_project.identity.clusters import Guards, close_tier, join_by_hand
from dagster_project.identity.graph import BoolArray, IntArray, Links, founders, joins_records

BY_HAND = 0  # the tier of decisions made by people: before all others, and not held to the guards


@dataclass(frozen=True)
class Evidence:
    """What the clusters are computed from. ``n`` records, ``m`` edges; arrays share their order.

    ``tiers``: each edge's tier, ``BY_HAND`` or a tier of the policy. ``attaching``: the tiers
    that attach instead of linking. ``max_accounts``: per tier, the size a cluster may grow to.
    ``known``: whether a record carries linking evidence of its own, shape ``(n,)``.
    """

    links: Links
    tiers: IntArray
    attaching: frozenset[int]
    max_accounts: dict[int, int]
    guards: Guards
    known: BoolArray


@dataclass(frozen=True)
class Partition:
    """``founder``: each record's cluster, named by its smallest record code, shape ``(n,)``.

    ``verdict`` (a ``Verdict``) and ``is_used`` (did it join its record to another), shapes
    ``(m,)``.
    """

    founder: IntArray
    verdict: npt.NDArray[np.int8]
    is_used: BoolArray


def partition(evidence: Evidence) -> Partition:
    """Close the tiers, the strongest (lowest number) first."""
    labels: IntArray = np.arange(evidence.known.size)
    guards = evidence.guards
    verdict = np.zeros(evidence.tiers.size, dtype=np.int8)
    chosen = np.zeros(evidence.tiers.size, dtype=bool)
    for tier in sorted({BY_HAND, *evidence.max_accounts}):
        places = np.flatnonzero(evidence.tiers == tier)
        if tier in evidence.attaching:
            places = places[attachments(labels, evidence.links.where(places), evidence.known)]
        links = evidence.links.where(places)
        if tier == BY_HAND:
            labels, guards, verdict[places] = join_by_hand(labels, links, guards)
        else:
            size = evidence.max_accounts[tier]
            labels, verdict[places] = close_tier(labels, links, guards, size)
        chosen[places] = True
    used = joins_records(evidence.links.values, chosen & (verdict == 0))
    return Partition(founders(labels), verdict, used)
