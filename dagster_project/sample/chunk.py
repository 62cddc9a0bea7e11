"""One chunk of persons with everything they did, as arrays; and what all chunks share."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dagster_project.sample.behaviour import Season, build_season, order_days
from dagster_project.sample.campaigns import Campaigns, Touched, build_campaigns, touch
from dagster_project.sample.catalogue import Catalogue, build_catalogue
from dagster_project.sample.experiments import Assigned, Experiment, assign, build_experiments
from dagster_project.sample.frames import Frames, build_frames
from dagster_project.sample.ledger import Entries, make_entries
from dagster_project.sample.order_tables import Slip, make_slip
from dagster_project.sample.orders import (
    CAMPAIGN,
    EXPERIMENT,
    PROCESS,
    Orders,
    join_before_first_order,
    make_orders,
)
from dagster_project.sample.people import People, make_people
from dagster_project.sample.plan import LOYALTY, Plan
from dagster_project.sample.records import Desk
from dagster_project.sample.refunds import Refunds, make_refunds
from dagster_project.sample.registration import registered_seconds

STATIC, CHUNK = 0, 1  # streams of random numbers


@dataclass(frozen=True)
class World:
    """What all chunks share."""

    plan: Plan
    frames: Frames
    catalogue: Catalogue
    season: Season
    campaigns: Campaigns
    experiments: list[Experiment]


@dataclass(frozen=True)
class Chunk:
    """A chunk of persons. ``since``: second each account was opened, per channel."""

    number: int
    desk: Desk
    people: People
    orders: Orders
    slip: Slip
    since: dict[str, np.ndarray]
    refunds: Refunds
    entries: Entries
    touched: Touched
    assigned: Assigned


def build_world(plan: Plan) -> World:
    """Frames, products, seasons, campaigns and experiments of a plan."""
    return World(
        plan=plan,
        frames=build_frames(plan.seed),
        catalogue=build_catalogue(plan.generator(STATIC)),
        season=build_season(plan),
        campaigns=build_campaigns(plan),
        experiments=build_experiments(plan),
    )


def _all_orders(base: tuple, touched: Touched, assigned: Assigned) -> tuple[np.ndarray, ...]:
    """(person, day, cause, campaign) of process orders and of those the measures added."""
    hit, tried = touched.converts, assigned.converts
    groups = [
        (*base, PROCESS, -1),
        (touched.person[hit], touched.order_day[hit], CAMPAIGN, touched.campaign[hit]),
        (assigned.person[tried], assigned.order_day[tried], EXPERIMENT, -1),
    ]
    return tuple(
        np.concatenate([np.broadcast_to(group[place], group[0].shape) for group in groups])
        for place in range(4)
    )


def make_chunk(world: World, number: int, index: np.ndarray) -> Chunk:
    """Draw the persons numbered ``index`` and all they did."""
    plan, rng = world.plan, world.plan.generator(CHUNK, number)
    people = make_people(plan, world.frames, rng, index)
    base = order_days(plan, world.season, rng, people)
    join_before_first_order(rng, people, base)
    touched = touch(plan, world.campaigns, rng, people)
    assigned = assign(plan, world.experiments, rng, people)
    drawn = _all_orders(base, touched, assigned)
    orders = make_orders(plan, (world.season, world.catalogue), rng, people, drawn)
    slip = make_slip(rng, people, orders)
    since = registered_seconds(plan, rng, people, orders)
    refunds = make_refunds(plan, rng, orders)
    links = (since[LOYALTY], ~orders.is_guest | slip.shows_card)
    entries = make_entries(plan, rng, people, (orders, refunds), links)
    desk = Desk(plan, world.frames, rng, people)
    return Chunk(
        number,
        desk,
        people,
        orders,
        slip,
        since,
        refunds,
        entries,
        touched,
        assigned,
    )
