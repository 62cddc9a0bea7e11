"""Experiments: planted lifts, one A/A, one broken split, one two-factor test."""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from dagster_project.sample.people import People
from dagster_project.sample.plan import DAY, LOYALTY, Plan
from dagster_project.sample.text import numbered, times, words

LENGTH, ASSIGNING, WINDOW = 42, 10, 21  # days of an experiment, of assigning, to act


@dataclass(frozen=True)
class Experiment:
    """One experiment: planned and real shares, and additional orders per exposed member."""

    experiment_id: str
    name: str
    metric: str
    variants: tuple[str, ...]
    planned: tuple[float, ...]
    real: tuple[float, ...]
    lifts: tuple[float, ...]
    first_day: int
    factors: dict[str, dict[str, str]] | None = None


@dataclass(frozen=True)
class Assigned:
    """Assignments of a chunk, one element each."""

    experiment: np.ndarray
    person: np.ndarray
    variant: np.ndarray
    assigned: np.ndarray
    exposed: np.ndarray  # second, -1 where never exposed
    converts: np.ndarray
    order_day: np.ndarray


def build_experiments(plan: Plan) -> list[Experiment]:
    """Four experiments in the second half of the span."""
    process = plan.behaviour
    subject, offer = process.factor_lifts["subject"], process.factor_lifts["offer"]
    levels = [("short", "none"), ("long", "none"), ("short", "gift"), ("long", "gift")]
    broken = process.broken_split_share
    days = [int(plan.days * share) for share in (0.5, 0.58, 0.66, 0.74)]
    factors = {v: {"subject": s, "offer": o} for v, (s, o) in zip("ABCD", levels, strict=True)}
    two, half, quarter, none = ("A", "B"), (0.5, 0.5), (0.25,) * 4, (0.0, 0.0)
    lifts = (0.0, subject, offer, subject + offer)
    rows = [
        ("结算页改版 New checkout", "conversion", two, half, half, (0.0, process.experiment_lift)),
        ("A/A 校验 A/A check", "conversion", two, half, half, none),
        ("分流 Broken split", "orders_per_member", two, half, (1.0 - broken, broken), none),
        ("标题与赠品 Subject and gift", "conversion", tuple("ABCD"), quarter, quarter, lifts),
    ]
    return [
        Experiment(f"EXP{number:02d}", *row, day, factors if len(row[2]) == 4 else None)
        for number, (row, day) in enumerate(zip(rows, days, strict=True), start=1)
    ]


def assign(
    plan: Plan, experiments: list[Experiment], rng: np.random.Generator, people: People
) -> Assigned:
    """Draw members, variants, exposures and the orders the variants add."""
    parts: list[tuple[np.ndarray, ...]] = []
    for number, experiment in enumerate(experiments):
        begin = experiment.first_day * DAY
        eligible = people.accounts[LOYALTY] & (people.joined < begin)
        person = np.flatnonzero(eligible & (rng.random(len(people)) < 0.4))
        count = len(person)
        edges = np.cumsum(experiment.real)[:-1]
        variant = np.searchsorted(edges, rng.random(count), side="right")
        assigned = begin + rng.integers(0, ASSIGNING * DAY, count)
        exposed = np.where(rng.random(count) < 0.85, assigned + rng.integers(60, 3_600, count), -1)
        chance = np.array(experiment.lifts)[variant]
        day = assigned // DAY + rng.integers(1, WINDOW, count)
        converts = (exposed >= 0) & (rng.random(count) < chance) & (day < plan.days)
        number_column = np.full(count, number)
        parts.append((number_column, person, variant, assigned, exposed, converts, day))
    return Assigned(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def experiment_table(plan: Plan, experiments: list[Experiment]) -> pa.Table:
    """The experiments as one delivery."""
    start = np.array([experiment.first_day for experiment in experiments]) * DAY
    return pa.table(
        {
            "experiment_id": [e.experiment_id for e in experiments],
            "name": [e.name for e in experiments],
            "unit": ["member"] * len(experiments),
            "starts_at": times(plan.start_day, start),
            "ends_at": times(plan.start_day, start + LENGTH * DAY),
            "metric": [e.metric for e in experiments],
            "control_variant": [e.variants[0] for e in experiments],
            "planned_split": [
                json.dumps(dict(zip(e.variants, e.planned, strict=True))) for e in experiments
            ],
            "factors": [json.dumps(e.factors) if e.factors else None for e in experiments],
        }
    )


def assignment_table(
    plan: Plan, assigned: Assigned, customer: pa.Array, variant: np.ndarray
) -> pa.Table:
    """The assignments; ``customer`` is each assigned member's id in the delivering channel."""
    return pa.table(
        {
            "experiment_id": numbered("EXP", assigned.experiment + 1, 2),
            "customer_id": customer,
            "variant": words(("A", "B", "C", "D"), variant),
            "assigned_at": times(plan.start_day, assigned.assigned),
            "exposed_at": times(plan.start_day, assigned.exposed, assigned.exposed < 0),
        }
    )
