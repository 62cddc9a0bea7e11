"""What members say and do beside buying: surveys, contents, communities, referrals, tickets."""

from __future__ import annotations

import numpy as np

from dagster_project.sample.catalogue import product_id
from dagster_project.sample.orders import Orders
from dagster_project.sample.people import People
from dagster_project.sample.plan import DAY, LOYALTY, SERVICE, WECHAT, Plan
from dagster_project.sample.text import (
    constant,
    integers,
    numbered,
    times,
    words,
)

CHURN_REASONS = ("price", "quality", "service", "moved_on", "too_many_messages")
BENEFIT_SUBJECTS = ("birthday_gift", "free_shipping", "member_price", "points_double")
TOPICS = ("delivery", "return", "product_question", "invoice", "points", "complaint")
COMMUNITIES = ("上海茶友会", "成都香薰社", "护肤研究所", "家居改造营", "早餐打卡群", "青禾同城")
COMMENTS = (
    "很满意，会再来。",
    "包装有点压坏了。",
    "客服回复很快。",
    "香味比想象中淡。",
    "性价比高。",
)


def _draw(plan: Plan, rng: np.random.Generator, who: np.ndarray, since: np.ndarray) -> np.ndarray:
    """A second between registration and the end for each person drawn."""
    begun = np.maximum(since[who], 0)
    span = np.maximum(plan.end - 2 * DAY - begun, 1)
    return begun + 60 + (rng.random(len(who)) * span).astype(np.int64)


def surveys(
    plan: Plan, rng: np.random.Generator, people: People, since: np.ndarray, city_tiers: np.ndarray
) -> dict:
    """Answers of card members: NPS, benefit and churn-reason surveys.

    Members of first-tier cities are a point less easily pleased.
    """
    member = np.flatnonzero(people.accounts[LOYALTY])
    groups = [member[rng.random(len(member)) < share] for share in (0.16, 0.05, 0.03)]
    who = np.concatenate(groups)
    kind = np.repeat(np.arange(len(groups)), [len(group) for group in groups])
    talk = rng.random(len(who))
    second = np.minimum(_draw(plan, rng, who, since), plan.end - 3 * DAY)
    strict = (city_tiers[people.city[who]] == 1).astype(np.int64)
    score = np.clip(np.rint(rng.normal(8.2, 1.9, len(who))) - strict, 0, 10).astype(np.int64)
    score = np.where(kind == 1, 1 + score // 3, score)
    reason = np.where(kind == 2, rng.integers(0, len(CHURN_REASONS), len(who)), -1)
    subject = np.where(kind == 1, rng.integers(0, len(BENEFIT_SUBJECTS), len(who)), -1)
    return {
        "who": who,
        "second": second,
        "columns": {
            "survey_type": words(("nps", "benefit", "churn_reason"), kind),
            "subject": words(BENEFIT_SUBJECTS, subject),
            "score": integers(score, kind == 2),
            "reason": words(CHURN_REASONS, reason),
            "asked_at": times(plan.start_day, second - 2 * 3_600),
            "answered_at": times(plan.start_day, second),
            "comment": words(COMMENTS, np.where(talk < 0.2, (talk * 25).astype(int), -1)),
        },
    }


def tickets(plan: Plan, rng: np.random.Generator, people: People, since: np.ndarray) -> dict:
    """Service tickets; a bot answers at once and solves less."""
    account = np.flatnonzero(people.accounts[SERVICE])
    who = np.repeat(account, 1 + rng.poisson(0.6, len(account)))
    second = np.minimum(_draw(plan, rng, who, since), plan.end - 2 * DAY)
    bot = rng.random(len(who)) < 0.55
    reply = np.where(bot, 3, rng.integers(60, 5_400, len(who)))
    resolved = rng.random(len(who)) < np.where(bot, 0.62, 0.88)
    topic = rng.integers(0, len(TOPICS), len(who))
    return {
        "who": who,
        "second": second,
        "columns": {
            "contact_channel": words(("chat", "phone", "wecom"), rng.integers(0, 3, len(who))),
            "handled_by": words(("agent", "bot"), bot.astype(np.int64)),
            "topic": words(TOPICS, topic),
            "is_complaint": integers(topic == len(TOPICS) - 1),
            "opened_at": times(plan.start_day, second),
            "first_reply_at": times(plan.start_day, second + reply),
            "closed_at": times(plan.start_day, second + reply + 3_600, ~resolved),
            "resolved": integers(resolved),
        },
    }


def contents(plan: Plan, rng: np.random.Generator, people: People, orders: Orders) -> dict:
    """Reviews and posts of WeChat users, some days after an order."""
    online = people.accounts[WECHAT][orders.person] & orders.is_paid
    order = np.flatnonzero(online & (rng.random(len(orders)) < 0.06))
    second = orders.second[order] + rng.integers(2, 12, len(order)) * DAY
    order, second = order[second < plan.end], second[second < plan.end]
    first_line = np.searchsorted(orders.lines.order, order)
    reach = rng.exponential(12.0, len(order))
    return {
        "who": orders.person[order],
        "second": second,
        "columns": {
            "platform": words(("channels", "moments", "official_account"), order % 3),
            "content_type": words(
                ("review", "post", "photo", "video"), rng.integers(0, 4, len(order))
            ),
            "product_id": product_id(orders.lines.product[first_line]),
            "created_at": times(plan.start_day, second),
            "likes": integers(reach.astype(np.int64)),
            "comments": integers((reach / 4).astype(np.int64)),
            "shares": integers((reach / 9).astype(np.int64)),
        },
    }


def community_members(
    plan: Plan, rng: np.random.Generator, people: People, since: np.ndarray
) -> dict:
    """Memberships of WeChat groups; a fifth have left."""
    account = np.flatnonzero(people.accounts[WECHAT])
    who = account[rng.random(len(account)) < 0.12]
    second = np.minimum(_draw(plan, rng, who, since), plan.end - 40 * DAY)
    group = np.where(people.city[who] == 4, 1, rng.integers(0, len(COMMUNITIES), len(who)))
    left = second + rng.integers(5, 30, len(who)) * DAY
    leaves = rng.random(len(who)) < 0.2
    return {
        "who": who,
        "second": second,
        "left": np.where(leaves, left, plan.end),
        "columns": {
            "community_id": numbered("G", group, 3),
            "community_name": words(COMMUNITIES, group),
            "platform": constant("wechat_group", len(who)),
            "joined_at": times(plan.start_day, second),
            "left_at": times(plan.start_day, left, ~leaves),
        },
        "group": group,
    }


def community_activities(plan: Plan, rng: np.random.Generator, members: dict) -> dict:
    """What members do in their groups between joining and leaving."""
    place = np.repeat(np.arange(len(members["who"])), rng.poisson(4.0, len(members["who"])))
    begun, left = members["second"][place], members["left"][place]
    second = (
        begun + 60 + (rng.random(len(place)) * np.maximum(left - begun - 120, 1)).astype(np.int64)
    )
    return {
        "who": members["who"][place],
        "second": second,
        "columns": {
            "community_id": numbered("G", members["group"][place], 3),
            "activity_type": words(
                ("message", "message", "event_online", "event_offline", "vote"),
                rng.integers(0, 5, len(place)),
            ),
            "occurred_at": times(plan.start_day, second),
        },
    }
