"""The tier rules played day by day for one member: slow, plain, and not written like the models."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from tests.oracles.tier_rules import OPEN_GRANT_DAYS, TIERS, in_force

GROWTH = {"earn", "activate", "reverse_earn"}
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Earned:
    """Something that counts towards a tier: known at, entered at, on a day."""

    metric: str
    known: datetime
    entered: datetime
    day: date
    amount: float
    cause: str


def earnings(facts: Sequence[tuple]) -> list[Earned]:
    """What the facts of a member earn or take back."""
    found, orders, active = [], {}, {}
    first_points: dict[str, tuple[datetime, date]] = {}
    joined = None
    for kind, *rest in facts:
        at = rest[0]
        if kind == "joined":
            joined = at
        elif kind == "order":
            late = joined is not None and joined > at
            entered = joined if late else at
            cause = "merge" if late else "order"
            orders[rest[1]] = [entered, at.date(), rest[2], 0.0]
            found.append(Earned("net_spend", entered, entered, at.date(), rest[2], cause))
            found.append(Earned("orders", entered, entered, at.date(), 1, cause))
        elif kind == "event":
            seen = max(at, joined) if joined else at
            active[at.date()] = min(active.get(at.date(), seen), seen)
        elif kind == "points" and rest[1] in GROWTH:
            late = joined is not None and joined > at
            entered = joined if late else at
            if rest[2] > 0 and rest[3]:
                known = first_points.get(rest[3], (entered, at.date()))
                first_points[rest[3]] = (min(known[0], entered), min(known[1], at.date()))
            found.append(Earned("growth_points", entered, entered, at.date(), rest[2],
                                "merge" if late else "points"))  # fmt: skip
    found = [e for e in found if e.metric != "growth_points" or e.amount > 0]
    found += _taken_back(facts, orders, first_points)
    found += [Earned("activity", at, at, day, 1, "activity") for day, at in active.items()]
    return found


def _taken_back(facts, orders, first_points) -> Iterator[Earned]:
    joined = None
    for kind, *rest in sorted(
        (fact for fact in facts if fact[0] in {"refund", "joined", "points"}),
        key=lambda fact: fact[1],
    ):
        at = rest[0]
        joined = at if kind == "joined" else joined
        if kind == "points" and rest[1] in GROWTH and rest[2] < 0:
            own = at  # reversals of the tests come after their record was linked
            entered, day = first_points.get(rest[3], (own, at.date()))
            yield Earned("growth_points", max(own, entered), entered, day, rest[2], "refund")
        if kind != "refund":
            continue
        if rest[1] is None:
            yield Earned("net_spend", at, at, at.date(), -rest[2], "refund")
            continue
        order = orders[rest[1]]
        entered, day, paid, back = order
        order[3] = back + rest[2]
        known = max(at, entered)
        yield Earned("net_spend", known, entered, day, -rest[2], "refund")
        if back < paid <= order[3]:
            yield Earned("orders", known, entered, day, -1, "refund")


class Game:
    """One member, played forward."""

    def __init__(self, first_seen: datetime, facts: Sequence[tuple]):
        self.earned = earnings(facts)
        begin = min([first_seen, *(e.known for e in self.earned)])
        self.rank, self.period, self.basis = 0, first_seen, None
        self.safe, self.safe_period = 0, first_seen
        self.path = [(begin, 0, "join")]

    def reached(self, until: datetime, known: datetime) -> int:
        """Highest tier whose standard what was entered until then meets, seen from ``known``."""
        best = 0
        for rank, tier in in_force(until.date()).items():
            if tier.upgrade is None:
                continue
            metric, threshold, window = tier.upgrade
            seen = [
                e.amount for e in self.earned
                if e.metric == metric and e.entered <= until and e.known <= known
                and (window is None or e.day > until.date() - window * DAY)
            ]  # fmt: skip
            if seen and sum(seen) >= threshold:
                best = max(best, rank)
        return best

    def move(self, at: datetime, rank: int, reason: str) -> None:
        """Another tier from now on."""
        if rank != self.rank:
            self.path.append((at, rank, reason))
        self.rank = rank

    def look_at_window(self, now: datetime) -> bool:
        """Whether a keep window was over by now; if so, what follows."""
        begun = in_force(self.period.date()).get(self.rank)
        if begun is None or begun.keep is None:
            return False
        ends = self.period.date() + begun.keep[2] * DAY
        check = datetime.combine(ends + begun.grace * DAY, time())
        tier = in_force(ends - DAY).get(self.rank)
        if check > now or tier is None or tier.keep is None:
            return False
        got = sum(
            e.amount for e in self.earned
            if e.metric == tier.keep[0] and self.period.date() <= e.day < ends and e.known < check
            and e.entered >= self.period
            and not e.entered == self.period == self.basis
        )  # fmt: skip
        kept = got >= tier.keep[1]
        if kept:
            rank = self.rank
        elif tier.policy == "one_step":
            rank = max((r for r in in_force(check.date()) if r < self.rank), default=0)
        else:
            rank = min(self.reached(check, check), self.rank)
        self.move(now, rank, "window_end")
        self.period = datetime.combine(ends, time()) if kept else now
        self.basis, self.safe, self.safe_period = None, rank, self.period
        return True

    def lose_to_rules(self, now: datetime) -> None:
        """A tier the rules no longer have."""
        ranks = in_force(now.date())
        if self.rank not in ranks:
            self.move(now, max(r for r in ranks if r < self.rank), "rule_change")
            self.period, self.basis = now, None
            self.safe, self.safe_period = self.rank, now

    def take_back(self, now: datetime) -> None:
        """A refund: does what was earned still hold the tier?"""
        if self.basis is None or self.rank == 0:
            return
        held = max(self.reached(self.basis, now), self.reached(now, now))
        if max(held, self.safe) >= self.rank:
            return
        self.move(now, max(held, self.safe), "refund")
        if held <= self.safe:
            self.basis, self.period = None, self.safe_period

    def rise(self, now: datetime, reason: str) -> None:
        """A standard may be met."""
        best = self.reached(now, now)
        if best <= self.rank:
            return
        if self.basis is None:
            self.safe, self.safe_period = self.rank, self.period
        self.move(now, best, reason)
        self.period = self.basis = now


def play(first_seen: datetime, facts: Sequence[tuple], as_of: date) -> list[tuple]:
    """(from, rank, reason) of every tier a member held by what was earned."""
    game = Game(first_seen, facts)
    by_day: dict[date, dict[datetime, set[str]]] = {}
    for e in game.earned:
        by_day.setdefault(e.known.date(), {}).setdefault(e.known, set()).add(e.cause)
    changes = {tier.days[0] for tier in TIERS} - {min(tier.days[0] for tier in TIERS)}
    day = game.path[0][0].date()
    while day <= as_of:
        midnight = datetime.combine(day, time())
        while midnight >= game.path[0][0] and game.look_at_window(midnight):
            pass
        if midnight > game.path[0][0]:
            game.lose_to_rules(midnight)
        today = by_day.get(day, {})
        if day in changes and game.earned:
            today.setdefault(midnight, set()).add("rule_change")
        for now, causes in sorted(today.items()):
            if "refund" in causes:
                game.take_back(now)
            gains = causes - {"refund"}
            if gains:
                rank = ["merge", "activity", "order", "points", "rule_change"]
                game.rise(now, min(gains, key=rank.index))
            while game.look_at_window(now):
                pass
            game.lose_to_rules(now)
        day += DAY
    return game.path


def with_grants(path: list[tuple], facts: Sequence[tuple], as_of: date) -> list[tuple]:
    """The path with the tiers given by hand laid over it: (from, rank, reason)."""
    spans = []
    for kind, *rest in facts:
        if kind == "grant":
            code, first, last = rest
            last = last or first + (OPEN_GRANT_DAYS - 1) * DAY
            ranks = [t.rank for t in in_force(first).values() if t.code == code]
            begin = max(datetime.combine(first, time()), path[0][0])
            if first <= as_of:
                spans += [(begin, datetime.combine(last + DAY, time()), rank) for rank in ranks]
    moments = sorted({at for at, *_ in path} | {x for b, e, _ in spans for x in (b, e)})
    out: list[tuple] = []
    for now in moments:
        if now < path[0][0] or now.date() > as_of:
            continue
        _, earned, _ = [step for step in path if step[0] <= now][-1]
        given = max((rank for b, e, rank in spans if b <= now < e), default=0)
        if out and out[-1][1] == max(earned, given):
            continue
        here = [step[2] for step in path if step[0] == now]
        reason = here[-1] if here and given <= earned else "manual"
        out.append((now, max(earned, given), reason))
    return out
