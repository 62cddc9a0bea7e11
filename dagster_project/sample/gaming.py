"""Members who game the programme: rings of accounts on one phone, and machines that check in."""

from __future__ import annotations

import numpy as np

from dagster_project.sample import points
from dagster_project.sample.people import People
from dagster_project.sample.plan import APP, DAY, LOYALTY, Plan
from dagster_project.sample.traps import Role

RING, BOTS = 6, 3  # members of a ring; machines beside it
PERSONS_A_RING = 5_000
RING_SHARES, BOT_DAYS = 45, 120
FEWEST_CHECKINS = 25  # a machine is planted where there is time for so many


def rings(people: People) -> np.ndarray:
    """Places of the members of rings, a row a ring: accounts that never buy, on one phone."""
    both = people.accounts[LOYALTY] & people.accounts[APP] & ~people.is_buyer
    places = np.flatnonzero(both & (people.roles.pair_role == Role.NONE))
    count = min(max(len(people) // PERSONS_A_RING, 1), len(places) // RING)
    return places[: count * RING].reshape(count, RING)


def bots(people: People) -> np.ndarray:
    """Places of the members whose check-ins a machine makes."""
    plain = people.accounts[LOYALTY] & (people.roles.pair_role == Role.NONE) & ~in_ring(people)
    return np.flatnonzero(plain)[: BOTS * max(len(people) // PERSONS_A_RING, 1)]


def device_owners(people: People) -> np.ndarray:
    """Whose phone each person uses: the own one, but for rings, who share that of the first."""
    owner = np.arange(len(people))
    for ring in rings(people):
        owner[ring] = ring[0]
    return owner


def in_ring(people: People) -> np.ndarray:
    """True for members of rings, by place: their records show what makes each one member."""
    return np.isin(np.arange(len(people)), rings(people))


def _room(plan: Plan, since: np.ndarray) -> np.ndarray:
    """Whole days each person has left after joining."""
    return plan.end // DAY - np.maximum(since // DAY, 0) - 1


def busy_rings(plan: Plan, people: People, since: np.ndarray) -> np.ndarray:
    """The rings with time for all their shares, a row a ring."""
    found = rings(people)
    return found[_room(plan, since)[found].min(axis=1) >= RING_SHARES]


def busy_bots(plan: Plan, people: People, since: np.ndarray) -> np.ndarray:
    """The machines with time for enough check-ins to tell them from a regular guest."""
    found = bots(people)
    return found[_room(plan, since)[found] >= FEWEST_CHECKINS]


def planted_lots(plan: Plan, people: People, since: np.ndarray) -> list[tuple]:
    """Points of rings (shares within a minute) and of bots (check-ins within seconds).

    Returns:
        parts as ``earning.make_lots`` takes them: place, second, points, reason, order (-1).
    """
    parts = []
    for members, days, per, reason, hour, spread in (
        (busy_rings(plan, people, since).ravel(), RING_SHARES, 10, points.SHARE, 23, 60),
        (busy_bots(plan, people, since), BOT_DAYS, 5, points.CHECKIN, 3, 4),
    ):
        who = np.repeat(members, days)
        first = np.maximum(since[who] // DAY, 0) + 1
        number = np.tile(np.arange(days), len(members))
        second = (first + number) * DAY + hour * 3_600 + (number * 7 + who) % spread
        inside = second < plan.end
        who, second = who[inside], second[inside]
        parts.append((who, second, np.full(len(who), per), reason, -1))
    return parts


def planted(plan: Plan, people: People, since: np.ndarray) -> list[dict[str, object]]:
    """What must be found: the scheme and the person numbers, a ring or a bot each."""
    return [
        {"scheme": "device_ring", "persons": people.index[ring].tolist()}
        for ring in busy_rings(plan, people, since)
    ] + [
        {"scheme": "checkin_bot", "persons": [int(people.index[bot])]}
        for bot in busy_bots(plan, people, since)
    ]
