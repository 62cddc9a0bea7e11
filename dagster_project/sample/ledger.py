"""The ledger's rows, from lots, redemptions, refunds and expiries."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import pyarrow as pa

from dagster_project.sample import points
from dagster_project.sample.earning import make_lots, postponed, settle
from dagster_project.sample.gaming import planted_lots
from dagster_project.sample.orders import Orders
from dagster_project.sample.people import People
from dagster_project.sample.plan import DAY, LOYALTY, Plan
from dagster_project.sample.points import Lots, Spent
from dagster_project.sample.refunds import Refunds
from dagster_project.sample.spending import exchange, pay_with_points
from dagster_project.sample.text import integers, times, words

ROUNDS = 2


@dataclass(frozen=True)
class Entries:
    """Ledger rows sorted by time; ``order`` and ``expires`` are -1 where there is none."""

    member: np.ndarray
    second: np.ndarray
    kind: np.ndarray
    points: np.ndarray
    reason: np.ndarray
    order: np.ndarray
    expires: np.ndarray


@dataclass(frozen=True)
class Moves:
    """What happened to a chunk's points, before it becomes rows."""

    lots: Lots
    activated: np.ndarray  # per lot: it was pending first
    paid: Spent  # redemptions on orders
    is_returned: np.ndarray  # per paid: it came back with its order
    lasting: list[Spent]  # redemptions that stay
    pending: Lots  # what was announced, a week before it counts


def make_entries(
    plan: Plan,
    rng: np.random.Generator,
    people: People,
    bought: tuple[Orders, Refunds],
    links: tuple[np.ndarray, np.ndarray],
) -> Entries:
    """The ledger of a chunk; sets ``orders.points_used`` where an order was paid with points.

    Args:
        bought: the chunk's orders and refunds.
        links: second each person joined the programme; per order, whether it was shown to it.
    """
    (orders, refunds), (since, shown) = bought, links
    is_member = people.accounts[LOYALTY][orders.person]
    earning = shown & orders.is_paid & is_member & (orders.second > since[orders.person])
    member = np.flatnonzero(people.accounts[LOYALTY])
    lots = make_lots(plan, rng, since, orders, (member, earning, planted_lots(plan, people, since)))
    announced = postponed(orders, refunds, lots)
    pending = lots.where(announced)
    late = lots.moved(announced, points.PENDING_DAYS * DAY)
    lots = settle(orders, refunds, late.where(late.second < plan.end))
    count = np.bincount(orders.person[refunds.order], minlength=len(people))[orders.person]
    whole = orders.paid_back >= 0
    usable = earning & ~orders.in_store & np.where(whole, count == 1, count == 0)
    paid = pay_with_points(rng, lots, orders, usable)
    lots, pending = settle(orders, refunds, lots), settle(orders, refunds, pending)
    returned = whole[paid.order]
    lasting = [paid.where(~returned)] if not returned.all() else []
    barred = np.unique(orders.person[refunds.order])
    for _ in range(ROUNDS):
        spent = exchange(plan, rng, lots, lasting, barred)
        lasting += [spent] if len(spent.member) else []
    activated = np.isin(lots.order, pending.order) & (lots.order >= 0)
    moves = Moves(lots, activated, paid, returned, lasting, pending)
    return _sorted(plan, _blocks(plan, orders, refunds, moves))


def _blocks(plan: Plan, orders: Orders, refunds: Refunds, moves: Moves) -> list[tuple]:
    """Rows by kind, each as the columns of ``Entries``; single values stand for all rows."""
    lots, pending, back_at = moves.lots, moves.pending, np.full(len(orders), -1)
    back_at[refunds.order] = refunds.second
    kind = np.where(lots.reason == points.MANUAL, points.ADJUST, points.EARN)
    kind = np.where(moves.activated, points.ACTIVATE, kind)
    lost = lots.where(lots.reversed_points > 0)
    home = moves.paid.where(moves.is_returned)
    ended, left = points.expiries(plan, lots, moves.lasting)
    gone, buy = lots.where(ended), points.PURCHASE
    lost_at, home_at = back_at[lost.order] + 120, back_at[home.order] + 240
    blocks = [
        (lots.member, lots.second, kind, lots.points, lots.reason, lots.order, lots.expires),
        (pending.member, pending.second, points.PENDING, pending.points, buy, pending.order, -1),
        (lost.member, lost_at, points.REVERSE, -lost.reversed_points, buy, lost.order, -1),
        (home.member, home_at, points.RETURN, home.points, buy, home.order, -1),
        (gone.member, gone.expires, points.EXPIRE, -left, gone.reason, -1, -1),
    ]
    return blocks + [
        (spent.member, spent.second, points.REDEEM, -spent.points, spent.reason, spent.order, -1)
        for spent in (*moves.lasting, home)
    ]


def _sorted(plan: Plan, blocks: list[tuple]) -> Entries:
    columns = [
        np.concatenate([np.broadcast_to(block[place], block[0].shape) for block in blocks])
        for place in range(len(fields(Entries)))
    ]
    sequence = np.argsort(columns[1], kind="stable")
    sequence = sequence[(columns[1][sequence] < plan.end) & (columns[3][sequence] != 0)]
    return Entries(*(column[sequence] for column in columns))


def entry_table(
    plan: Plan, entries: Entries, names: tuple[pa.Array, pa.Array, pa.Array]
) -> pa.Table:
    """The ledger; ``names``: entry ids, customer ids, order ids."""
    entry_id, customer_id, order_id = names
    return pa.table(
        {
            "entry_id": entry_id,
            "customer_id": customer_id,
            "occurred_at": times(plan.start_day, entries.second),
            "entry_type": words(points.TYPES, entries.kind),
            "points": integers(entries.points),
            "reason": words(points.REASONS, entries.reason),
            "order_id": order_id,
            "expires_at": times(plan.start_day, entries.expires, entries.expires < 0),
        }
    )
