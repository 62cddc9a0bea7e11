"""The partition: all evidence in, one cluster for each record out."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from dagster_project.identity.attach import attachments
from dagster_project.identity.clusters import Guards, close_tier, join_by_hand
from dagster_project.identity.corroborate import (
    Corroboration,
    Sightings,
    part_values,
)
from dagster_project.identity.graph import BoolArray, IntArray, Links, founders, joins_records
from dagster_project.identity.opinions import People

BY_HAND = 0  # the tier of decisions made by people: before all others, and not held to the guards


@dataclass(frozen=True)
class Evidence:
    """What the clusters are computed from. ``n`` records, ``m`` edges; arrays share their order.

    ``tiers``: each edge's tier, ``BY_HAND`` or a tier of the policy. ``attaching``: the tiers
    that attach instead of linking. ``max_accounts``: per tier, the size a cluster may grow to.
    ``known``: whether a record carries linking evidence of its own, shape ``(n,)``.
    ``people``: what records say of their person. ``sightings``: of each edge.
    ``corroborations``: the tiers whose values are parted by what people they show.
    """

    links: Links
    tiers: IntArray
    attaching: frozenset[int]
    max_accounts: dict[int, int]
    guards: Guards
    known: BoolArray
    people: People | None = None
    sightings: Sightings | None = None
    corroborations: dict[int, Corroboration] = field(default_factory=dict)


@dataclass(frozen=True)
class Partition:
    """``labels``: each record's cluster, dense from 0; ``founder``: the same, named by its smallest
    record code; shapes ``(n,)``. ``guards``: those that held in the end.

    ``verdict`` (a ``Verdict``) and ``is_used`` (did it join its record to another), shapes
    ``(m,)``.
    """

    labels: IntArray
    founder: IntArray
    verdict: npt.NDArray[np.int8]
    is_used: BoolArray
    guards: Guards


def partition(evidence: Evidence) -> Partition:
    """Close the tiers, the strongest (lowest number) first."""
    labels: IntArray = np.arange(evidence.known.size)
    guards = evidence.guards
    verdict = np.zeros(evidence.tiers.size, dtype=np.int8)
    chosen = np.zeros(evidence.tiers.size, dtype=bool)
    values = evidence.links.values.astype(np.int64)
    for tier in sorted({BY_HAND, *evidence.max_accounts}):
        places = np.flatnonzero(evidence.tiers == tier)
        if tier in evidence.attaching:
            places = places[attachments(labels, evidence.links.where(places), evidence.known)]
        links = evidence.links.where(places)
        if tier == BY_HAND:
            labels, guards, verdict[places] = join_by_hand(labels, links, guards)
        else:
            if tier in evidence.corroborations and places.size:
                links, verdict[places] = _part(evidence, labels, guards, tier, places)
                values[places] = links.values + int(values.max()) + 1
            kept = verdict[places] == 0
            size = evidence.max_accounts[tier]
            labels, found = close_tier(labels, links.where(kept), guards, size)
            verdict[places[kept]] = found
        chosen[places] = True
    used = joins_records(values, chosen & (verdict == 0))
    return Partition(labels, founders(labels), verdict, used, guards)


def _part(
    evidence: Evidence, labels: IntArray, guards: Guards, tier: int, places: IntArray
) -> tuple[Links, npt.NDArray[np.int8]]:
    """The tier's links with their values parted, and the verdicts of that."""
    links = evidence.links.where(places)
    seen, people = evidence.sightings, evidence.people
    if seen is None or people is None:
        raise ValueError("a corroborated tier needs people and sightings")
    values, verdict = part_values(
        labels,
        links,
        Sightings(seen.count[places], seen.first[places], seen.last[places]),
        people,
        guards.exclusive,
        evidence.corroborations[tier],
    )
    return Links(links.records, values), verdict
