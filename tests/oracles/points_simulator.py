"""A points ledger played entry by entry for one member, not written like the models."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

NEVER = datetime.max


@dataclass
class Lot:
    """Points earned at once; ``number`` tells which came first."""

    key: str
    number: int
    order: str | None
    ends: datetime
    left: float


@dataclass
class Ledger:
    """Lots, what each step drew from each, and what is owed (oldest first)."""

    by_rule: bool
    lots: list[Lot] = field(default_factory=list)
    drawn: dict[tuple[str, str], float] = field(default_factory=dict)  # (step, lot) -> points
    spends: dict[str, list[str]] = field(default_factory=dict)  # order -> steps that redeemed
    owed: list[list] = field(default_factory=list)  # [step, points]
    number: int = 0

    def open_lots(self) -> list[Lot]:
        """Lots with something left, the one that ends first before all."""
        return sorted(
            (lot for lot in self.lots if lot.left > 0), key=lambda lot: (lot.ends, lot.number)
        )

    def take(self, step: str, points: float, lots: Sequence[Lot]) -> float:
        """Draw from lots in turn; returns what they did not have."""
        for lot in lots:
            part = min(points, lot.left)
            if part > 0:
                lot.left -= part
                points -= part
                self.drawn[step, lot.key] = self.drawn.get((step, lot.key), 0) + part
        return points

    def settle(self) -> None:
        """What is owed is drawn as soon as there is something to draw from."""
        for debt in self.owed:
            debt[1] = self.take(debt[0], debt[1], self.open_lots())
        self.owed = [debt for debt in self.owed if debt[1] > 0]

    def spend(self, step: str, points: float, own: str | None = None) -> None:
        """Draw points, the lots of an order first if one is named; the rest is owed."""
        lots = self.open_lots()
        if own:
            lots.sort(key=lambda lot: lot.order != own)
        missing = self.take(step, points, lots)
        if missing > 0:
            self.owed.append([step, missing])

    def earn(self, step: str, points: float, order: str | None, ends: datetime) -> None:
        """A new lot."""
        self.lots.append(Lot(step, self.number, order, ends, points))

    def give_back(self, step: str, points: float, order: str, ends: datetime) -> None:
        """Points of a redemption return to its lots, the one that ends last first."""
        lots = {lot.key: lot for lot in self.lots}
        steps = self.spends[order]
        shares = {
            key: sum(self.drawn.get((one, key), 0) for one in steps) for key in lots
        }  # fmt: skip
        for lot in sorted(self.lots, key=lambda lot: (lot.ends, lot.number), reverse=True):
            part = min(points, shares[lot.key])
            if part > 0:
                lot.left += part
                points -= part
                self.drawn[step, lot.key] = self.drawn.get((step, lot.key), 0) - part
        self.spends[order].append(step)
        if points > 0:
            self.earn(step, points, order, ends)

    def expire(self, now: datetime) -> None:
        """Lots that ended lose what is left."""
        for lot in self.lots:
            if lot.ends <= now and lot.left > 0:
                self.take(f"expiry of {lot.key}", lot.left, [lot])

    def balance(self) -> float:
        """What is left less what is owed."""
        return sum(lot.left for lot in self.lots) - sum(points for _, points in self.owed)


ORDER = {
    "earn": 10, "activate": 10, "adjust": 10, "expire": 30, "reverse_earn": 40, "redeem": 50,
    "return_redeem": 60,
}  # fmt: skip


def play(facts: Sequence[tuple], by_rule: bool, until: datetime, days: int) -> Ledger:
    """Play the entries of a member, in time order; at equal times by kind, then by key.

    Args:
        facts: ("points", at, type, points, order, expires at, key).
        by_rule: lots end by themselves; else the entries of type expire say so.
        until: the first instant that is not seen.
        days: how long points last without a time of their own.
    """
    ledger = Ledger(by_rule)
    entries = []
    for _, at, kind, points, order, ends, key in facts:
        rank = 50 if kind == "adjust" and points < 0 else ORDER.get(kind, 10)
        midnight = datetime.combine(at.date() + timedelta(days=days), datetime.min.time())
        entries.append((at, rank, key, kind, points, order, ends or midnight))
    if by_rule:
        ends = {e[6] for e in entries if e[4] > 0 and e[3] != "pending" and e[6] > e[0]}
        entries += [(at, 30, "", "ends", 0, None, at) for at in ends]
    for at, _, key, kind, points, order, ends in sorted(entries, key=lambda e: e[:3]):
        if at >= until or kind == "pending" or (kind == "expire" and by_rule):
            continue
        ledger.number += 1
        _step(ledger, key, (kind, points, order, ends, at))
        if by_rule and (kind == "return_redeem" or ends <= at):
            ledger.expire(at)
    return ledger


def _step(ledger: Ledger, key: str, entry: tuple) -> None:
    kind, points, order, ends, _ = entry
    if kind == "return_redeem" and order in ledger.spends:
        ledger.give_back(key, points, order, ends)
    elif points > 0:
        ledger.earn(key, points, order, ends)
    elif kind == "reverse_earn":
        ledger.spend(key, -points, order)
    elif points < 0:
        if kind == "redeem" and order:
            ledger.spends.setdefault(order, []).append(key)
        ledger.spend(key, -points)
    ledger.settle()
