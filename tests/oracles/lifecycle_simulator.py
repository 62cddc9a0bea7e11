"""The stages of a member told again from the days of the purchases alone, not like the models."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from statistics import median

BEGIN, AS_OF = date(2025, 1, 1), date(2026, 3, 20)
DAYS = (AS_OF - BEGIN).days + 1
LATER_UNTIL = date(2025, 12, 31)  # until then "at risk" begins at 2.2 cycles, then at 1.5


def purchase_days(rng: random.Random) -> list[date]:
    """Rhythms that tie, stop, come back and speed up; some never buy."""
    day, days = BEGIN + timedelta(days=rng.randrange(DAYS)), []
    gap = rng.choice([7, 15, 30, 30, 60])
    for _ in range(rng.choice([0, 0, 1, 2, 3, 5, 8, 14])):
        days += [day] * rng.choice([1, 1, 2])
        gap = rng.choice([gap, gap, gap, gap // 2 + 1])
        step = rng.choice([gap, gap, gap, gap * 6])
        day += timedelta(days=max(step + rng.choice([0, 0, -3, 4]), 1))
    return [day for day in days if day <= AS_OF]


def _cycle(gaps: Sequence[int]) -> float:
    """Median of the own gaps, drawn toward 90 days below three of them; within 14 to 180."""
    if not gaps:
        own = 90.0
    elif len(gaps) >= 3:
        own = float(median(gaps))
    else:
        own = (len(gaps) * median(gaps) + 2 * 90) / (len(gaps) + 2)
    return min(max(own, 14.0), 180.0)


def stage_at(days: Sequence[date], state: date) -> str:
    """The stage of a member at the end of a day: the first of these that holds."""
    known = sorted({day for day in days if day <= state})
    if not known:
        return "prospect"
    gaps = [(b - a).days for a, b in zip(known, known[1:], strict=False)]
    back = [known[n + 1] for n, gap in enumerate(gaps) if gap / _cycle(gaps[:n]) >= 3]
    silence, tenure = (state - known[-1]).days / _cycle(gaps), (state - known[0]).days
    recent = sum((state - day).days < 180 for day in known)
    before = sum(180 <= (state - day).days < 360 for day in known)
    holds = {
        "churned": silence >= 6,
        "dormant": silence >= 3,
        "at-risk": silence >= (2.2 if state <= LATER_UNTIL else 1.5),
        "won-back": bool(back) and (state - back[-1]).days < 90,
        "new": tenure < 60,
        "growing": len(known) >= 3 and before > 0 and recent >= 1.5 * before,
        "mature": tenure >= 180 and len(known) >= 6,
        "active": True,
    }
    return next(stage for stage, is_so in holds.items() if is_so)


def months_since(first: date) -> Iterator[tuple[date, date]]:
    """Month and day of its state, from a day's month to that of as_of."""
    month = first.replace(day=1)
    while month <= AS_OF:
        following = (month + timedelta(days=31)).replace(day=1)
        yield month, min(following - timedelta(days=1), AS_OF)
        month = following
