"""When persons order: BG/NBD in operational time, stretched over the seasons of the year.

Operational time runs faster on days with more demand, and as fast as the calendar on average.
So the process stays the one of its parameters, and Double 11 is still a Double 11.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from dagster_project.sample.people import People
from dagster_project.sample.plan import DAY, Plan

# First day of the Chinese New Year; deliveries rest from three days before to six days after.
NEW_YEARS = {
    2019: (2, 5),
    2020: (1, 25),
    2021: (2, 12),
    2022: (2, 1),
    2023: (1, 22),
    2024: (2, 10),
    2025: (1, 29),
    2026: (2, 17),
    2027: (2, 6),
    2028: (1, 26),
    2029: (2, 13),
    2030: (2, 3),
}
HOURS_WORKDAY = np.array(
    [2, 1, 1, 0.5, 0.5, 0.5, 1, 2, 4, 5, 6, 6, 7, 6, 5, 5, 5, 5, 6, 8, 10, 11, 8, 4]
)
HOURS_WEEKEND = np.array(
    [3, 2, 1, 1, 0.5, 0.5, 0.5, 1, 3, 5, 7, 8, 8, 8, 8, 8, 8, 7, 6, 7, 9, 9, 7, 5]
)
HOURS_STORE = np.array([0] * 10 + [3, 5, 6, 6, 7, 8, 9, 9, 10, 10, 8, 4, 0, 0], dtype=float)


@dataclass(frozen=True)
class Season:
    """``clock[d]`` = operational days passed when calendar day d begins; the last one = all."""

    clock: np.ndarray
    is_weekend: np.ndarray
    month: np.ndarray  # 0..11 of each day

    def calendar(self, operational: np.ndarray) -> np.ndarray:
        """Calendar time in days of an operational time in days."""
        return np.interp(operational, self.clock, np.arange(len(self.clock), dtype=float))


def day_weight(day: date) -> float:
    """Demand of a day relative to an ordinary workday."""
    weight = 1.22 if day.weekday() >= 5 else 1.0
    if day.month == 11 and 1 <= day.day <= 11:
        weight *= 6.5 if day.day == 11 else 1.7
    if day.month == 6 and 1 <= day.day <= 18:
        weight *= 4.0 if day.day == 18 else 1.35
    if (day.month, day.day) in ((3, 8), (12, 12)):
        weight *= 2.2
    first = NEW_YEARS.get(day.year)
    if first and -3 <= (day - date(day.year, *first)).days <= 6:
        weight *= 0.35
    return weight


def build_season(plan: Plan) -> Season:
    """The seasons of the plan's days."""
    days = [plan.start + timedelta(days=number) for number in range(plan.days)]
    weights = np.array([day_weight(day) for day in days])
    clock = np.concatenate([[0.0], np.cumsum(weights / weights.mean())])
    return Season(
        clock=clock,
        is_weekend=np.array([day.weekday() >= 5 for day in days]),
        month=np.array([day.month - 1 for day in days]),
    )


def order_days(plan: Plan, season: Season, rng: np.random.Generator, people: People) -> tuple:
    """The orders of a chunk by the BG/NBD process.

    Returns:
        (person, day): int64 arrays, one element an order; person is a place in the chunk.
    """
    person = np.flatnonzero(people.is_buyer)
    now = plan.days * rng.random(len(person)) ** 0.9
    persons, moments = [person], [now]
    while len(person):
        now = now + 7.0 * rng.exponential(1.0, len(person)) / people.purchase_rate[person]
        inside = now < plan.days
        person, now = person[inside], now[inside]
        persons.append(person)
        moments.append(now)
        stays = rng.random(len(person)) >= people.dropout[person]
        person, now = person[stays], now[stays]
    day = season.calendar(np.concatenate(moments)).astype(np.int64)
    return np.concatenate(persons), np.minimum(day, plan.days - 1)


def second_of_day(
    rng: np.random.Generator, is_weekend: np.ndarray, is_store: np.ndarray
) -> np.ndarray:
    """A second within the day, by the hour profile of workdays, weekends and shops."""
    profiles = np.stack([HOURS_WORKDAY, HOURS_WEEKEND, HOURS_STORE])
    edges = np.cumsum(profiles / profiles.sum(axis=1, keepdims=True), axis=1)
    which = np.where(is_store, 2, is_weekend.astype(np.int64))
    draw = rng.random(len(which))
    hour = np.searchsorted((edges + np.arange(3)[:, None]).ravel(), draw + which, side="right")
    hour = np.clip(hour - 24 * which, 0, 23)
    hour = np.where(is_store, np.clip(hour, 10, 21), hour)
    return hour * 3_600 + rng.integers(0, 3_600, len(which))


def moments(
    season: Season, rng: np.random.Generator, day: np.ndarray, is_store: np.ndarray
) -> np.ndarray:
    """Seconds since the start for events on the given days."""
    return day * DAY + second_of_day(rng, season.is_weekend[day], is_store)
