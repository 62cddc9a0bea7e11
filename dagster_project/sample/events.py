"""Behaviour events: the browsing before each online order, idle visits, registrations."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from dagster_project.sample import handles
from dagster_project.sample.behaviour import moments
from dagster_project.sample.catalogue import PER_CATEGORY, product_id
from dagster_project.sample.orders import Orders
from dagster_project.sample.plan import APP, DAY, SHOPS, WEBSHOP, WECHAT
from dagster_project.sample.records import Desk
from dagster_project.sample.text import (
    either,
    joined,
    numbered,
    only,
    opaque,
    times,
    words,
)

TYPES = (
    "login",
    "view",
    "search",
    "add_to_cart",
    "favourite",
    "checkout",
    "purchase",
    "checkin",
    "share",
    "review",
    "scan",
    "register",
)
VIEW, CART, CHECKOUT, PURCHASE, REGISTER = (
    TYPES.index(name) for name in ("view", "add_to_cart", "checkout", "purchase", "register")
)
CHAIN = (VIEW, VIEW, CART, CHECKOUT, PURCHASE)
CHAIN_BEFORE = (840, 610, 300, 90, 0)  # seconds before the order
IDLE = (0, 1, 1, 1, 2, 2, 4, 7, 8, 9, 10)  # drawn types of an idle visit
IDLE_LENGTH, IDLE_VISITS = 3, 2.2  # events a visit, visits a year and account
PLATFORMS = {WEBSHOP: ("web_pc", "web_mobile"), APP: ("ios", "android"), WECHAT: ("mini", "h5")}
PREFIX = {WEBSHOP: "WE", APP: "AE", WECHAT: "XE"}
PAGES = (
    "/home",
    "/product",
    "/search",
    "/cart",
    "/product",
    "/checkout",
    "/order/done",
    "/member/checkin",
    "/product",
    "/product",
    "/store/scan",
    "/register",
)
PROPERTIES = ('{"from":"feed"}', '{"from":"push"}')
ANONYMOUS_SHARE = 0.12


def _chains(orders: Orders, place: int) -> tuple[np.ndarray, ...]:
    chosen = np.flatnonzero((orders.shop == place) & ~orders.is_guest)
    first_line = np.searchsorted(orders.lines.order, chosen)
    steps = len(CHAIN)
    order = np.repeat(chosen, steps)
    second = orders.second[order] - np.tile(CHAIN_BEFORE, len(chosen))
    product = np.repeat(orders.lines.product[first_line], steps)
    kind = np.tile(CHAIN, len(chosen))
    session = np.repeat(np.arange(len(chosen)), steps)
    return orders.person[order], second, kind, product, session


def _visits(
    desk: Desk, world: tuple, channel: str, registered: np.ndarray, first_session: int
) -> tuple[np.ndarray, ...]:
    season, catalogue = world
    rng, people, plan = desk.rng, desk.people, desk.plan
    accounts = np.flatnonzero(people.accounts[channel])
    years = (plan.end - registered[accounts]) / DAY / 365
    who = np.repeat(accounts, rng.poisson(IDLE_VISITS * np.maximum(years, 0)))
    begun = np.maximum(registered[who] // DAY + 1, 0)
    day = np.minimum(
        begun + (rng.random(len(who)) * (plan.days - begun)).astype(int), plan.days - 1
    )
    second = moments(season, rng, day, np.zeros(len(who), bool))
    person = np.repeat(who, IDLE_LENGTH)
    kind = rng.choice(IDLE, len(person))
    liked = people.favourite[person] * PER_CATEGORY
    product = liked + rng.integers(0, PER_CATEGORY, len(person))
    product = np.where(
        rng.random(len(person)) < 0.5, product, rng.integers(0, len(catalogue.price), len(person))
    )
    step = np.tile(np.arange(IDLE_LENGTH), len(who)) * 47
    session = first_session + np.repeat(np.arange(len(who)), IDLE_LENGTH)
    return person, np.repeat(second, IDLE_LENGTH) + step, kind, product, session


def _all_events(
    desk: Desk, world: tuple, orders: Orders, channel: str, registered: np.ndarray
) -> tuple[np.ndarray, ...]:
    """(person, second, type, product, session) sorted by time."""
    chains = _chains(orders, SHOPS.index(channel))
    sessions = len(chains[0]) // len(CHAIN)
    visits = _visits(desk, world, channel, registered, sessions)
    new = np.flatnonzero(desk.people.accounts[channel] & (registered >= 0))
    session = sessions + len(visits[0]) // IDLE_LENGTH + np.arange(len(new))
    nothing = np.full(len(new), -1)
    joins = (new, registered[new], np.full(len(new), REGISTER), nothing, session)
    columns = [np.concatenate(parts) for parts in zip(chains, visits, joins, strict=True)]
    columns[1] = np.clip(columns[1], 0, desk.plan.end - 1)
    sequence = np.argsort(columns[1], kind="stable")
    return tuple(column[sequence] for column in columns)


def event_table(
    desk: Desk, world: tuple, orders: Orders, channel: str, since: tuple[np.ndarray, int]
) -> tuple[pa.Table, np.ndarray]:
    """All events of one channel in a chunk, sorted by time, and their days.

    Args:
        world: (season, catalogue).
        since: second each person registered in the channel; first free event number.
    """
    first_id = since[1]
    people, start = desk.people, desk.plan.start_day
    person, second, kind, product, session = _all_events(desk, world, orders, channel, since[0])
    unknown = (session % 100 < ANONYMOUS_SHARE * 100) & np.isin(kind, (VIEW, 2))
    ids = handles.customer_ids(channel, people.index[person])
    shown = np.isin(kind, (VIEW, CART, PURCHASE, 4, 8, 9, 10))
    product = np.where(shown, product, -1)
    serial = first_id + np.arange(len(person))
    table = pa.table(
        {
            "event_id": numbered(PREFIX[channel], serial, 9),
            "customer_id": only(ids, ~unknown),
            "device_id": _device(desk, channel, person),
            "session_id": numbered(PREFIX[channel] + "S", first_id + session, 9),
            "event_type": words(TYPES, kind),
            "occurred_at": times(start, second),
            "product_id": product_id(product),
            "page": _pages(kind, product),
            "platform": words(PLATFORMS[channel], person % 5 % len(PLATFORMS[channel])),
            "properties": only(words(PROPERTIES, serial % 2), serial % 4 == 0),
        }
    )
    return table, second // DAY


def _device(desk: Desk, channel: str, person: np.ndarray) -> pa.Array:
    if channel == WEBSHOP:
        return opaque("C", desk.people.index[person], 15)
    return handles.devices(desk.people, person)


def _pages(kind: np.ndarray, product: np.ndarray) -> pa.Array:
    page = words(PAGES, kind)
    return either(product >= 0, joined(page, "/", numbered("", np.maximum(product, 0), 5)), page)
