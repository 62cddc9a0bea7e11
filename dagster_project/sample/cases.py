"""Members whose tier and points are known beforehand: a story each, and what it must come to.

The results are worked out by hand from the stories and the rules the project ships with
(``tier_rules.csv``, ``points_rules.csv``), not by code: silver from 500 yuan in 365 days, gold
from 1,200, platinum from 3,000; kept by 300, 800, 2,000 in a period of 365 days with 30 of grace,
else one step down. Days count backwards from the last day of the sample (0).
"""

from __future__ import annotations

from typing import NamedTuple

VALID = 366  # days a lot lasts, as in the rest of the brand


class Order(NamedTuple):
    """An order of the web shop: its day, its name in the story, yuan paid in money, in points."""

    day: int
    name: str
    paid: float
    by_points: float = 0


class Refund(NamedTuple):
    """Yuan paid back for an order."""

    day: int
    order: str
    amount: float


class Grant(NamedTuple):
    """A tier given by hand, from the day on, until so many days later (that day included)."""

    day: int
    tier: str
    days: int


class Entry(NamedTuple):
    """A line of the ledger; ``lasts``: days until what was earned ends."""

    day: int
    kind: str
    points: int
    reason: str
    order: str | None = None
    lasts: int = VALID


class Case(NamedTuple):
    """A story and its end: tier, the day it is held from, why; balance and open lots by age."""

    name: str
    facts: tuple[Order | Refund | Grant | Entry, ...]
    tier: str
    since: int
    reason: str
    balance: int
    open_points: tuple[int, ...]
    pending: int = 0

    @property
    def joined(self) -> int:
        """The day the account was opened: the day before the first fact."""
        return max(fact.day for fact in self.facts) + 1


def _bought(day: int, name: str, paid: float) -> tuple[Order, Entry]:
    """An order and the points it earns, one for each whole yuan."""
    return Order(day, name, paid), Entry(day, "earn", int(paid), "purchase", name)


def _back(day: int, name: str, amount: int) -> tuple[Refund, Entry]:
    """A refund and the points it takes back."""
    return Refund(day, name, amount), Entry(day, "reverse_earn", -amount, "purchase", name)


def _expired(day: int, points: int, reason: str = "purchase") -> Entry:
    return Entry(day, "expire", -points, reason)


OLD = (*_bought(440, "a", 1_300), _expired(74, 1_300))

CASES = (
    Case("several_steps_at_once",
         _bought(100, "a", 3_250), "platinum", 100, "order", 3_250, (3_250,)),
    Case("exactly_the_threshold",
         _bought(50, "a", 500), "silver", 50, "order", 500, (500,)),
    Case("one_cent_short",
         _bought(50, "a", 499.99), "member", 51, "join", 499, (499,)),
    Case(
        "spend_left_the_window",
        (*_bought(440, "a", 400), _expired(74, 400), *_bought(20, "b", 200)),
        "member", 441, "join", 200, (200,),
    ),
    Case(
        "refund_after_upgrade",
        (*_bought(60, "a", 600), *_bought(40, "b", 700), *_back(30, "b", 700)),
        "silver", 30, "refund", 600, (600,),
    ),
    Case(
        "refund_that_leaves_enough",
        (*_bought(80, "a", 1_300), *_back(70, "a", 50)),
        "gold", 80, "order", 1_250, (1_250,),
    ),
    Case(
        "downgrade_at_the_windows_end",
        (*OLD, *_bought(100, "b", 120)),
        "silver", 45, "window_end", 120, (120,),
    ),
    Case(
        "kept_at_the_windows_end",
        (*OLD, *_bought(200, "b", 850)),
        "gold", 440, "order", 850, (850,),
    ),
    Case(
        "given_by_hand",
        (*_bought(200, "a", 100), Grant(30, "platinum", 180)),
        "platinum", 30, "manual", 100, (100,),
    ),
    Case(
        "given_by_hand_and_over",
        (*_bought(250, "a", 520), Grant(200, "gold", 100)),
        "silver", 99, "manual", 520, (520,),
    ),
    Case(
        "redeeming_lowers_no_tier",
        (*_bought(90, "a", 1_250), Entry(60, "redeem", -1_250, "exchange")),
        "gold", 90, "order", 0, (),
    ),
    Case(
        "points_that_expired",
        (Entry(200, "earn", 80, "campaign", None, 60), *_bought(190, "a", 200),
         _expired(140, 80, "campaign")),
        "member", 201, "join", 200, (200,),
    ),
    Case(
        "spent_before_they_could_expire",
        (Entry(200, "earn", 100, "campaign", None, 60), *_bought(190, "a", 200),
         Entry(150, "redeem", -130, "exchange")),
        "member", 201, "join", 170, (170,),
    ),
    Case(
        "redemption_across_lots",
        (Entry(120, "earn", 100, "campaign", None, 200), *_bought(110, "a", 200),
         Entry(100, "earn", 50, "campaign", None, 150), Entry(30, "redeem", -120, "exchange")),
        "member", 121, "join", 230, (30, 200),
    ),
    Case(
        "partial_return_of_a_mixed_order",
        (Entry(200, "earn", 3_000, "campaign"), Order(100, "a", 270, 30),
         Entry(100, "redeem", -3_000, "purchase", "a"), Entry(100, "earn", 270, "purchase", "a"),
         *_back(90, "a", 90), Entry(90, "return_redeem", 1_000, "purchase", "a")),
        "member", 201, "join", 1_180, (1_000, 180),
    ),
    Case(
        "spent_points_taken_back",
        (*_bought(60, "a", 300), Entry(50, "redeem", -250, "exchange"), *_back(40, "a", 300)),
        "member", 61, "join", -250, (),
    ),
    Case(
        "debt_paid_by_the_next_earnings",
        (*_bought(60, "a", 300), Entry(50, "redeem", -250, "exchange"), *_back(40, "a", 300),
         *_bought(20, "b", 400)),
        "member", 61, "join", 150, (150,),
    ),
    Case(
        "not_yet_active",
        (Order(3, "a", 120), Entry(3, "pending", 120, "purchase", "a")),
        "member", 4, "join", 0, (), 120,
    ),
    Case(
        "activated",
        (Order(20, "a", 80), Entry(20, "pending", 80, "purchase", "a"),
         Entry(13, "activate", 80, "purchase", "a")),
        "member", 21, "join", 80, (80,),
    ),
)  # fmt: skip
