"""Consents with history, tier and benefit grants, coupons, erasure requests, identity decisions."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from dagster_project.sample import contacts, handles
from dagster_project.sample.campaigns import campaign_ids
from dagster_project.sample.order_tables import COUPON_PREFIX, ORDER_PREFIX
from dagster_project.sample.orders import Orders
from dagster_project.sample.people import People
from dagster_project.sample.plan import DAY, LOYALTY, SHOPS, WEBSHOP, Plan
from dagster_project.sample.text import (
    constant,
    dates,
    integers,
    money,
    numbered,
    only,
    some_of,
    times,
    words,
)
from dagster_project.sample.traps import Role

CONSENTS = (  # purpose, contact channel, share asked, share granted, share withdrawn later
    ("marketing", "sms", 1.0, 0.9, 0.12),
    ("marketing", "wechat", 1.0, 0.88, 0.08),
    ("marketing", "email", 0.6, 0.7, 0.15),
    ("marketing", "push", 0.6, 0.75, 0.1),
    ("marketing", "wecom", 0.6, 0.8, 0.05),
    ("profiling", "sms", 0.8, 0.85, 0.03),
    ("third_party", "email", 0.3, 0.2, 0.1),
)
BENEFITS = ("birthday_gift", "free_shipping", "member_price", "points_double")
TIERS = ("gold", "platinum")
GRANT_REASONS = ("service_recovery", "campaign", "partner_status")
ERASURE_SHARE = 0.0008


def _since(plan: Plan, rng: np.random.Generator, begun: np.ndarray) -> np.ndarray:
    span = np.maximum(plan.end - DAY - begun, 1)
    return begun + 60 + (rng.random(len(begun)) * span).astype(np.int64)


def consents(plan: Plan, rng: np.random.Generator, people: People, since: np.ndarray) -> dict:
    """Consents given at registration, and those withdrawn later as further rows."""
    member = np.flatnonzero(people.accounts[LOYALTY])
    parts: list[tuple[np.ndarray, ...]] = []
    for number, (_, _, asked, granted, withdrawn) in enumerate(CONSENTS):
        who = member[rng.random(len(member)) < asked]
        yes = rng.random(len(who)) < granted
        gone = yes & (rng.random(len(who)) < withdrawn)
        begun = since[who] + 30
        parts.append((who, begun, yes, np.full(len(who), number)))
        left = who[gone]
        parts.append(
            (
                left,
                _since(plan, rng, begun[gone]),
                np.zeros(len(left), bool),
                np.full(len(left), number),
            )
        )
    who, second, yes, number = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    return {
        "who": who,
        "second": second,
        "columns": {
            "purpose": words([row[0] for row in CONSENTS], number),
            "contact_channel": words([row[1] for row in CONSENTS], number),
            "changed_at": times(plan.start_day, second),
            "granted": integers(yes),
        },
    }


def tier_grants(plan: Plan, rng: np.random.Generator, people: People, since: np.ndarray) -> dict:
    """Tiers given by hand, with a reason and an end."""
    member = np.flatnonzero(people.accounts[LOYALTY])
    who = some_of(rng, member, 0.004)
    second = np.minimum(_since(plan, rng, since[who]), plan.end - DAY)
    day = second // DAY + plan.start_day
    return {
        "who": who,
        "second": second,
        "columns": {
            "tier_code": words(TIERS, rng.integers(0, len(TIERS), len(who))),
            "starts_on": dates(day),
            "ends_on": dates(day + 180),
            "reason": words(GRANT_REASONS, who % len(GRANT_REASONS)),
        },
    }


def benefit_grants(plan: Plan, rng: np.random.Generator, people: People, since: np.ndarray) -> dict:
    """Benefits granted, and used by some within a month."""
    member = np.flatnonzero(people.accounts[LOYALTY])
    who = np.repeat(member, rng.poisson(0.5, len(member)))
    second = np.minimum(_since(plan, rng, since[who]), plan.end - DAY)
    used = second + rng.integers(1, 30, len(who)) * DAY
    uses = (rng.random(len(who)) < 0.45) & (used < plan.end)
    kind = rng.integers(0, len(BENEFITS), len(who))
    return {
        "who": who,
        "second": second,
        "columns": {
            "benefit_code": words(BENEFITS, kind),
            "granted_at": times(plan.start_day, second),
            "used_at": times(plan.start_day, used, ~uses),
            "cost": money(np.where(uses, np.array([3_000, 1_000, 600, 400])[kind], 0)),
        },
    }


def coupon_table(
    plan: Plan,
    rng: np.random.Generator,
    people: People,
    orders: Orders,
    chosen: tuple[np.ndarray, np.ndarray],
) -> tuple[pa.Table, np.ndarray]:
    """Coupons of one channel's orders (places, numbers), and others never used; with their days."""
    order, serial = chosen
    channel = SHOPS[orders.shop[order[0]]]
    used = orders.coupon[order] > 0
    order, serial = order[used], serial[used]
    issued = np.maximum(orders.second[order] - rng.integers(1, 15, len(order)) * DAY, 0)
    spare = rng.random(len(order)) < 0.9
    both = np.concatenate([np.arange(len(order)), np.flatnonzero(spare)])
    is_used = np.arange(len(both)) < len(order)
    prefix = COUPON_PREFIX[channel]
    face, second = orders.coupon[order][both], issued[both]
    redeemed = is_used & orders.is_paid[order][both]
    received = is_used | (rng.random(len(both)) < 0.7)
    number = np.where(is_used, serial[both], serial[both] + 500_000_000)
    table = pa.table(
        {
            "coupon_id": numbered(prefix, number, 9),
            "template_id": numbered("TPL", face // 500, 3),
            "campaign_id": campaign_ids(orders.campaign[order][both]),
            "customer_id": handles.customer_ids(channel, people.index[orders.person[order]][both]),
            "face_value": money(face),
            "min_spend": money(np.minimum(face * 2, orders.gross[order][both])),
            "issued_at": times(plan.start_day, second),
            "received_at": times(plan.start_day, second + 900, ~received),
            "used_at": times(plan.start_day, orders.second[order][both], ~redeemed),
            "expires_at": times(plan.start_day, (second // DAY + 31) * DAY),
            "order_id": only(numbered(ORDER_PREFIX[channel], serial[both], 9), redeemed),
        }
    )
    return table, second // DAY


def erasures(plan: Plan, rng: np.random.Generator, people: People, since: np.ndarray) -> dict:
    """Requests of members to be forgotten: by account, by phone."""
    plain = people.accounts[LOYALTY] & (people.roles.pair_role == Role.NONE)
    member = np.flatnonzero(plain)
    who = some_of(rng, member, ERASURE_SHARE)
    second = np.minimum(_since(plan, rng, since[who]), plan.end - DAY)
    by_phone = np.arange(len(who)) % 3 == 2
    return {
        "who": np.where(by_phone, -1, who),
        "second": second,
        "columns": {
            "phone": only(contacts.phones(people, who, "request"), by_phone),
            "requested_at": times(plan.start_day, second),
        },
    }


def overrides(plan: Plan, people: People, most: int) -> dict:
    """Decisions of people: twins are never one; mistyped phones are the same person."""
    twins = np.flatnonzero(people.roles.first(Role.TWINS))[:most]
    typos = np.flatnonzero(people.roles.first(Role.TYPO_PHONE))[:most]
    left, right = np.concatenate([twins, typos]), np.concatenate([people.partner[twins], typos])
    is_link = np.arange(len(left)) >= len(twins)
    second = np.full(len(left), plan.end - 20 * DAY) + np.arange(len(left)) * 60
    return {
        "who": left,
        "second": second,
        "columns": {
            "action": words(("never_link", "link"), is_link.astype(np.int64)),
            "left_channel": constant(WEBSHOP, len(left)),
            "left_customer_id": handles.customer_ids(WEBSHOP, people.index[left]),
            "right_channel": constant(LOYALTY, len(left)),
            "right_customer_id": handles.customer_ids(LOYALTY, people.index[right]),
            "reason": words(("twins", "typo_confirmed_by_phone"), is_link.astype(np.int64)),
            "decided_at": times(plan.start_day, second),
        },
    }
