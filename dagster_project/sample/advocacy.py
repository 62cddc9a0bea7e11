"""Word of mouth: who brought whom, a planted ring, and advocates with their codes."""

from __future__ import annotations

import numpy as np

from dagster_project.sample.handles import customer_ids
from dagster_project.sample.people import People
from dagster_project.sample.plan import DAY, LOYALTY, Plan
from dagster_project.sample.text import integers, money, numbered, some_of, times, words

RING = 5
REFERRED_SHARE, ADVOCATE_SHARE = 0.06, 0.004


def referrals(
    plan: Plan, rng: np.random.Generator, people: People, since: np.ndarray, with_ring: bool
) -> dict:
    """Members brought by older members; with a ring of five and one who refers himself."""
    member = np.flatnonzero(people.accounts[LOYALTY])
    by_time = member[np.argsort(since[member], kind="stable")]
    referred = by_time[1:][rng.random(len(by_time) - 1) < REFERRED_SHARE]
    rank = np.searchsorted(since[by_time], since[referred])
    who = by_time[(rng.random(len(referred)) ** 2 * rank).astype(np.int64)]
    older = since[who] < since[referred]
    who, referred = who[older], referred[older]
    second = since[referred] + 30
    if with_ring:
        ring, selfish = by_time[:RING], by_time[RING : RING + 1]
        who = np.concatenate([who, ring, selfish])
        referred = np.concatenate([referred, np.roll(ring, -1), selfish])
        late = max(int(since[selfish[0]]), 0) + 3 * DAY
        second = np.concatenate([second, late + np.arange(RING + 1) * 60])
    return {
        "who": who,
        "second": second,
        "columns": {
            "referrer_customer_id": customer_ids(LOYALTY, people.index[who]),
            "referred_customer_id": customer_ids(LOYALTY, people.index[referred]),
            "code": numbered("R", people.index[who], 7),
            "referred_at": times(plan.start_day, second),
        },
    }


def planted_rings(people: People, since: np.ndarray) -> list[dict[str, object]]:
    """The ring of five and the one who refers himself, as the truth lists gaming."""
    member = np.flatnonzero(people.accounts[LOYALTY])
    first = people.index[member[np.argsort(since[member], kind="stable")]]
    return [
        {"scheme": "referral_ring", "persons": first[:RING].tolist()},
        {"scheme": "self_referral", "persons": first[RING : RING + 1].tolist()},
    ]


def advocates(rng: np.random.Generator, people: People, since: np.ndarray) -> dict:
    """Members with a following, their codes and fees."""
    member = np.flatnonzero(people.accounts[LOYALTY])
    who = some_of(rng, member, ADVOCATE_SHARE)
    place = np.arange(len(who))
    return {
        "who": who,
        "second": since[who],
        "columns": {
            "advocate_type": words(("KOC", "KOC", "KOL", "ambassador"), place % 4),
            "platform": words(("xiaohongshu", "douyin", "weibo"), place % 3),
            "followers": integers(800 + who % 97 * 1_300),
            "code": numbered("R", people.index[who], 7),
            "fee": money(place % 7 * 50_000),
        },
    }
