"""Do the people behind a value agree? Values are parted into the groups of records that do.

A value (card, e-mail, phone) that several clusters carry proves little by itself: families share
phones, numbers are given out again. What counts is whether the names and birth dates of the
clusters behind it agree. Where they contradict, the value links within each group that agrees; a
cluster that shows neither name nor birth date joins a group only if the time or most of the
value's sightings say whose it is.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from dagster_project.identity.clusters import Verdict
from dagster_project.identity.graph import BoolArray, IntArray, Links
from dagster_project.identity.opinions import Opinions, People, opinions
from dagster_project.identity.settle import NOWHERE, Corroboration, Places, Sightings, settle

PARTED = -2


def part_values(  # noqa: PLR0913, PLR0917 (one call, in partition)
    labels: IntArray,
    links: Links,
    sightings: Sightings,
    people: People,
    exclusive: tuple[IntArray, ...],
    rules: Corroboration,
) -> tuple[IntArray, npt.NDArray[np.int8]]:
    """Part the values of one tier into the groups that agree.

    Returns:
        a value code for each edge, dense from 0, equal where the edges may join; and a verdict:
        CONTESTED, or CONTRADICTION where single-valued identifiers alone say so.
    """
    views = opinions(labels, links, people, exclusive)
    places = _places(labels, links, views)
    group = _groups(places, views.agree)
    apart = views.disagree & (group[places.left] != group[places.right])
    contested, named = (_values_of(places, chosen) for chosen in (apart, apart & ~views.torn))
    stands = _stands(places, views, labels, people)
    choice = np.where(stands, group, _leanings(places, group, stands, views.lean))
    undecided = contested & (choice == NOWHERE)
    choice = settle(places, choice, stands, undecided, sightings, rules)
    crowded = _owners(places, choice, stands) > rules.max_owners
    lost = contested & ((choice < 0) | crowded)
    shift = int(places.value.max(initial=0)) + 1
    code = np.where(contested, shift + choice, places.value)
    code = np.where(lost, shift + places.size + np.arange(places.size), code)
    _, dense, members = np.unique(code, return_inverse=True, return_counts=True)
    reason = np.where(named, int(Verdict.CONTESTED), int(Verdict.CONTRADICTION))
    held = lost | (contested & (members[dense] == 1))
    return dense[places.of_edge], np.where(held, reason, 0)[places.of_edge].astype(np.int8)


def _places(labels: IntArray, links: Links, views: Opinions) -> Places:
    span = int(labels.max(initial=0)) + 1
    keys = links.values.astype(np.int64) * span + labels[links.records]
    distinct, of_edge = np.unique(keys, return_inverse=True)
    first = views.value.astype(np.int64) * span
    left, right = (np.searchsorted(distinct, first + end) for end in (views.left, views.right))
    return Places(of_edge, distinct // span, distinct % span, left, right)


def _stands(places: Places, views: Opinions, labels: IntArray, people: People) -> BoolArray:
    """Places whose cluster is somebody: by its full name, or by what it agrees or contradicts."""
    named = np.zeros(int(labels.max(initial=0)) + 1, dtype=bool)
    named[labels[(people.name >= 0) & people.is_full]] = True
    against = places.ends(views.disagree) & ~places.ends(views.lean)
    return named[places.cluster] | places.ends(views.agree) | against


def _values_of(places: Places, pairs: BoolArray) -> BoolArray:
    """Places of the values the chosen pairs are about."""
    found = np.zeros(int(places.value.max(initial=0)) + 1, dtype=bool)
    found[places.value[places.left[pairs]]] = True
    return found[places.value]


def _groups(places: Places, agree: BoolArray) -> IntArray:
    edges = (places.left[agree], places.right[agree])
    graph = coo_matrix((np.ones(edges[0].size, dtype=bool), edges), shape=(places.size,) * 2)
    return connected_components(graph, directed=False)[1].astype(np.int64)


def _leanings(places: Places, group: IntArray, stands: BoolArray, lean: BoolArray) -> IntArray:
    """For each place without a stand, the one group it leans to (NOWHERE, or PARTED)."""
    low = np.full(places.size, np.iinfo(np.int64).max)
    high = np.full(places.size, NOWHERE)
    for one, other in ((places.left, places.right), (places.right, places.left)):
        use = lean & ~stands[one] & stands[other]
        np.minimum.at(low, one[use], group[other[use]])
        np.maximum.at(high, one[use], group[other[use]])
    return np.where((high != NOWHERE) & (low != high), PARTED, high)


def _owners(places: Places, choice: IntArray, stands: BoolArray) -> IntArray:
    """How many groups stand behind the value of each place."""
    known = stands & (choice >= 0)
    pairs = np.unique(np.stack([places.value[known], choice[known]]), axis=1)
    counts = np.bincount(pairs[0], minlength=int(places.value.max(initial=0)) + 1)
    return counts[places.value]
