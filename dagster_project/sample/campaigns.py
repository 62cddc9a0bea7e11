"""Campaigns with hold-outs and a planted lift: whom they touch and which orders they add."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pyarrow as pa

from dagster_project.sample.people import People
from dagster_project.sample.plan import DAY, LOYALTY, Plan
from dagster_project.sample.text import (
    constant,
    dates,
    either,
    integers,
    money,
    numbered,
    times,
    words,
)

THEMES = ("新品 New arrivals", "会员日 Member day", "唤醒 Win-back", "节日 Festival", "换季 Season")
OBJECTIVES = ("conversion", "retention", "win_back", "revenue", "activation")
CONTACTS = ("sms", "wechat", "push", "email", "wecom")
COST_TYPES = ("media", "gift", "labour", "discount", "fee")
PARTNERS = (
    "禾光传媒 Heguang Media",
    "山海联名 Shanhai",
    "城市茶会 Tea Club",
    "悦读书店 Yuedu Books",
)
INTERVAL, LENGTH, WINDOW = 24, 12, 10  # days between campaigns, of a campaign, to act


@dataclass(frozen=True)
class Campaigns:
    """All campaigns; ``lift`` = additional orders per treated member, planted in every third."""

    first_day: np.ndarray
    lift: np.ndarray
    holdout: np.ndarray

    def __len__(self) -> int:
        return len(self.first_day)


@dataclass(frozen=True)
class Touched:
    """Contacts of a chunk, one element each; ``person`` is a place in the chunk."""

    campaign: np.ndarray
    person: np.ndarray
    is_control: np.ndarray
    sent: np.ndarray
    converts: np.ndarray
    order_day: np.ndarray


def build_campaigns(plan: Plan) -> Campaigns:
    """A campaign every 24 days from the second month on."""
    first = np.arange(40, plan.days - LENGTH - 1, INTERVAL)
    causal = np.arange(len(first)) % 3 == 0
    process = plan.behaviour
    return Campaigns(
        first_day=first,
        lift=np.where(causal, process.campaign_lift, 0.0),
        holdout=np.where(causal, process.holdout_share, 0.0),
    )


def touch(plan: Plan, campaigns: Campaigns, rng: np.random.Generator, people: People) -> Touched:
    """Draw targets, hold-outs and the orders the campaigns add."""
    parts: list[tuple[np.ndarray, ...]] = []
    for number in range(len(campaigns)):
        first = campaigns.first_day[number]
        reach = 0.22 if campaigns.lift[number] else 0.1
        eligible = people.accounts[LOYALTY] & (people.joined < first * DAY)
        person = np.flatnonzero(eligible & (rng.random(len(people)) < reach))
        held_out = rng.random(len(person)) < campaigns.holdout[number]
        converts = ~held_out & (rng.random(len(person)) < campaigns.lift[number])
        sent = first * DAY + 9 * 3_600 + rng.integers(0, 3 * 3_600, len(person))
        delay = rng.integers(1, WINDOW, len(person))
        parts.append(
            (np.full(len(person), number), person, held_out, sent, converts, first + delay)
        )
    return Touched(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def campaign_ids(number: np.ndarray) -> pa.Array:
    """Ids of campaigns; NULL for a negative number."""
    return numbered("CMP", number, 4)


def campaign_table(plan: Plan, campaigns: Campaigns) -> pa.Table:
    """The campaigns with their phases, budgets and goals."""
    number = np.arange(len(campaigns))
    start = campaigns.first_day * DAY
    names = [
        f"{THEMES[n % len(THEMES)].split()[0]} {plan.start + timedelta(days=int(day)):%Y-%m}"
        for n, day in zip(number, campaigns.first_day, strict=True)
    ]
    return pa.table(
        {
            "campaign_id": campaign_ids(number),
            "name": pa.array(names),
            "theme": words(THEMES, number % len(THEMES)),
            "objective": words(OBJECTIVES, number % len(OBJECTIVES)),
            "channel": words(CONTACTS, number % len(CONTACTS)),
            "partner_id": numbered("PT", np.where(number % 4 == 3, number % len(PARTNERS), -1), 2),
            "prepare_at": times(plan.start_day, start - 14 * DAY),
            "promote_at": times(plan.start_day, start - 3 * DAY),
            "starts_at": times(plan.start_day, start),
            "ends_at": times(plan.start_day, start + LENGTH * DAY),
            "budget": money(4_000_000 + number * 50_000),
            "kpi_name": constant("conversion_rate", len(number)),
            "kpi_target": money(np.full(len(number), 12)),
        }
    )


def cost_table(plan: Plan, campaigns: Campaigns) -> pa.Table:
    """Three costs a campaign, and a monthly media cost that belongs to none."""
    number = np.repeat(np.arange(len(campaigns)), 3)
    part = np.tile(np.arange(3), len(campaigns))
    months = np.arange(plan.days // 30)
    campaign = np.concatenate([number, np.full(len(months), -1)])
    day = np.concatenate([campaigns.first_day[number] + part * 3, months * 30 + 4])
    kind = np.concatenate([(number + part) % len(COST_TYPES), np.zeros(len(months), np.int64)])
    count = len(campaign)
    per_head = 40 * plan.members / 20_000
    return pa.table(
        {
            "cost_id": numbered("COST", np.arange(count), 5),
            "campaign_id": campaign_ids(campaign),
            "spent_on": dates(day + plan.start_day),
            "cost_type": words(COST_TYPES, kind),
            "marketing_channel": words(("feed_ads", "kol", "search", "sms"), np.arange(count) % 4),
            "partner_id": numbered(
                "PT", np.where(campaign % 4 == 3, campaign % len(PARTNERS), -1), 2
            ),
            "amount": money((per_head * (500 + 37 * (np.arange(count) % 29))).astype(np.int64)),
        }
    )


def partner_table(plan: Plan) -> pa.Table:
    """The partners of the brand."""
    number = np.arange(len(PARTNERS))
    return pa.table(
        {
            "partner_id": numbered("PT", number, 2),
            "name": pa.array(PARTNERS),
            "partner_type": words(("agency", "co_brand", "venue", "retail"), number),
            "started_on": dates(plan.start_day + number * 20),
        }
    )


def touch_table(
    plan: Plan, rng: np.random.Generator, touched: Touched, customer: pa.Array, first_id: int
) -> pa.Table:
    """The contacts. A hold-out is a row that was never delivered; reactions follow in order."""
    count, start = len(touched.person), plan.start_day
    sent, treated = touched.sent, ~touched.is_control
    bounced = treated & (rng.random(count) < 0.02)
    arrived = treated & ~bounced
    opened = arrived & (touched.converts | (rng.random(count) < 0.3))
    clicked = opened & (touched.converts | (rng.random(count) < 0.25))
    left = arrived & ~clicked & (rng.random(count) < 0.006)
    delays = np.cumsum(rng.integers(2, 3_600, (4, count)), axis=0)
    return pa.table(
        {
            "touch_id": numbered("T", np.arange(first_id, first_id + count), 9),
            "campaign_id": campaign_ids(touched.campaign),
            "customer_id": customer,
            "contact_channel": words(CONTACTS, touched.campaign % len(CONTACTS)),
            "variant": either(touched.is_control, "control", constant("treatment", count)),
            "is_control": integers(touched.is_control),
            "automated": integers(touched.campaign % 2 == 1),
            "sent_at": times(start, sent),
            "delivered_at": times(start, sent + delays[0], ~arrived),
            "opened_at": times(start, sent + delays[1], ~opened),
            "clicked_at": times(start, sent + delays[2], ~clicked),
            "bounced_at": times(start, sent + delays[0], ~bounced),
            "unsubscribed_at": times(start, sent + delays[3], ~left),
        }
    )
