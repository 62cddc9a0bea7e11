"""The points ledger: what members earn, spend, give back and lose, so that every lot adds up.

Lots expire 366 days after the day they were earned and are spent first in, first out. With E_j the
points earned up to lot j, x_j its expiry and R(t) what was redeemed before t, the points gone at t
are R(t) + max(0, max over x_j <= t of E_j - R(x_j)). So no member ever spends what is not there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dagster_project.sample.plan import DAY, Plan

TYPES = (
    "earn",
    "pending",
    "activate",
    "redeem",
    "expire",
    "adjust",
    "reverse_earn",
    "return_redeem",
)
EARN, PENDING, ACTIVATE, REDEEM, EXPIRE, ADJUST, REVERSE, RETURN = range(len(TYPES))
REASONS = (
    "purchase",
    "checkin",
    "share",
    "review",
    "register",
    "referral",
    "campaign",
    "lottery",
    "exchange",
    "auction",
    "manual",
)
(
    PURCHASE,
    CHECKIN,
    SHARE,
    REVIEW,
    REGISTER,
    REFERRAL,
    CAMPAIGN,
    LOTTERY,
    EXCHANGE,
    AUCTION,
    MANUAL,
) = range(len(REASONS))
VALID_DAYS, PENDING_DAYS, EARN_DELAY = 366, 7, 900
FAR = 10**11  # more seconds than a plan has


@dataclass(frozen=True)
class Lots:
    """What was earned, sorted by member and time; ``reversed_points`` are taken back later."""

    member: np.ndarray
    second: np.ndarray
    points: np.ndarray
    reason: np.ndarray
    order: np.ndarray  # -1 without
    reversed_points: np.ndarray

    @property
    def expires(self) -> np.ndarray:
        """The midnight each lot ends."""
        return (self.second // DAY + VALID_DAYS) * DAY

    @property
    def first(self) -> np.ndarray:
        """The place of each lot's member's first lot."""
        return np.searchsorted(self.member, self.member)

    @property
    def running(self) -> np.ndarray:
        """Points kept by the member up to and including each lot."""
        total = np.cumsum(self.points - self.reversed_points)
        before = np.concatenate([[0], total])[self.first]
        return total - before

    def where(self, chosen: np.ndarray) -> Lots:
        """The chosen lots (a mask or places), in the same order."""
        return Lots(*(column[chosen] for column in vars(self).values()))

    def moved(self, chosen: np.ndarray, seconds: int) -> Lots:
        """All lots, the chosen ones so much later."""
        columns = vars(self) | {"second": self.second + np.where(chosen, seconds, 0)}
        return sorted_lots(*columns.values())


@dataclass(frozen=True)
class Spent:
    """One round of redemptions, at most one a member."""

    member: np.ndarray
    second: np.ndarray
    points: np.ndarray
    reason: np.ndarray
    order: np.ndarray

    def where(self, chosen: np.ndarray) -> Spent:
        """The chosen redemptions."""
        return Spent(*(column[chosen] for column in vars(self).values()))


def sorted_lots(*columns: np.ndarray) -> Lots:
    """Lots from columns in the order of the class, sorted by member and time."""
    sequence = np.lexsort((columns[1], columns[0]))
    return Lots(*(column[sequence] for column in columns))


def _redeemed_before(rounds: list[Spent], lots: Lots, when: np.ndarray) -> np.ndarray:
    total = np.zeros(len(when), np.int64)
    for spent in rounds:
        place = np.minimum(np.searchsorted(spent.member, lots.member), len(spent.member) - 1)
        mine = spent.member[place] == lots.member
        total += np.where(mine & (spent.second[place] < when), spent.points[place], 0)
    return total


def _passed(lots: Lots, rounds: list[Spent]) -> np.ndarray:
    """Running maximum, within each member, of E_j - R(x_j)."""
    excess = lots.running - (_redeemed_before(rounds, lots, lots.expires) if rounds else 0)
    return np.maximum.accumulate(excess + lots.member * FAR) - lots.member * FAR


def available(
    lots: Lots, rounds: list[Spent], member: np.ndarray, second: np.ndarray
) -> np.ndarray:
    """Points each member can spend at a second; members ascend, rounds are earlier redemptions."""
    start = np.searchsorted(lots.member, member)
    key = lots.member * FAR
    earned = np.searchsorted(key + lots.second, member * FAR + second) - 1
    ended = np.searchsorted(key + lots.expires, member * FAR + second, side="right") - 1
    total = np.where(earned >= start, lots.running[earned], 0)
    gone = np.where(ended >= start, np.maximum(_passed(lots, rounds)[ended], 0), 0)
    redeemed = np.zeros(len(member), np.int64)
    for spent in rounds:
        place = np.minimum(np.searchsorted(spent.member, member), len(spent.member) - 1)
        redeemed += np.where(spent.member[place] == member, spent.points[place], 0)
    return total - gone - redeemed


def expiries(plan: Plan, lots: Lots, rounds: list[Spent]) -> tuple[np.ndarray, np.ndarray]:
    """(lot, points) of every lot that ends within the plan with points left in it."""
    redeemed = (
        _redeemed_before(rounds, lots, lots.expires) if rounds else np.zeros(len(lots.member))
    )
    passed = np.concatenate([[0], _passed(lots, rounds)[:-1]])
    is_first = np.arange(len(lots.member)) == lots.first
    gone = redeemed + np.where(is_first, 0, np.maximum(passed, 0))
    before = lots.running - (lots.points - lots.reversed_points)
    left = np.maximum(lots.running - np.maximum(gone, before), 0).astype(np.int64)
    ending = (lots.expires < plan.end) & (left > 0)
    return np.flatnonzero(ending), left[ending]
