"""What the selling channels deliver: customers, orders, lines, refunds, coupons, events."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pyarrow as pa

from dagster_project.sample import handles
from dagster_project.sample.abnormal import KINDS, abnormal_tables, make_abnormal
from dagster_project.sample.catalogue import product_table, store_rows
from dagster_project.sample.chunk import Chunk, World
from dagster_project.sample.course import delivered_states, settled_seconds
from dagster_project.sample.deliver import Delivery
from dagster_project.sample.events import event_table
from dagster_project.sample.grants import coupon_table
from dagster_project.sample.jumps import jump_tables, write_jumps
from dagster_project.sample.order_tables import (
    ORDER_PREFIX,
    line_table,
    order_table,
)
from dagster_project.sample.orders import REFUNDED
from dagster_project.sample.plan import (
    APP,
    CHENGDU,
    DAY,
    LOYALTY,
    SERVICE,
    SHANGHAI,
    SHOPS,
    TMALL,
    WEBSHOP,
    WECHAT,
)
from dagster_project.sample.records import customer_table
from dagster_project.sample.refunds import refund_table
from dagster_project.sample.text import constant, either, numbered, only, times, words
from dagster_project.sample.workbook import workbook_bytes

CAUSES = ("process", "campaign", "experiment")
EARLY_SHARE = 0.08
ABNORMAL = 2  # a stream of random numbers


def deliver_static(world: World, delivery: Delivery) -> None:
    """Products, stores, and the abnormal accounts with their orders."""
    plan = world.plan
    updated = times(plan.start_day, np.zeros(len(world.catalogue.price)))
    delivery.add(WEBSHOP, "products", product_table(world.catalogue, updated))
    for channel in (SHANGHAI, CHENGDU):
        rows = store_rows(channel)
        delivery.add_file(f"{channel}/stores.xlsx", workbook_bytes(rows), len(rows) - 1)
        delivery.truth.dirty_cells(f"{channel}/stores.xlsx", {"excel_serial": len(rows) - 1})
    odd = make_abnormal(plan, plan.generator(ABNORMAL), world.catalogue)
    customers, orders, lines = abnormal_tables(plan, world.catalogue, odd)
    for table, entity, day in (
        (customers, "customers_special", None),
        (orders, "orders_special", odd.second // DAY),
        (lines, "order_lines_special", odd.second // DAY),
    ):
        delivery.add(WEBSHOP, entity, table, day)
    for kind, count in zip(KINDS, np.bincount(odd.kind), strict=True):
        delivery.truth.counts[f"orders_{kind}"] += int(count)
    for entity, (table, day) in jump_tables(plan, world.catalogue).items():
        delivery.add(WEBSHOP, entity, table, day)
    write_jumps(delivery.truth.folder)


def deliver_customers(chunk: Chunk, delivery: Delivery) -> None:
    """Every channel's customers."""
    for channel in (WEBSHOP, APP, WECHAT, TMALL, LOYALTY, SERVICE):
        who = np.flatnonzero(chunk.people.accounts[channel])
        table, day = customer_table(chunk.desk, channel, who, chunk.since[channel][who])
        delivery.add(channel, "customers", table, day)
        delivery.truth.counts[f"updated_customers_{channel}"] += len(table) - len(who)
        index = chunk.people.index[who]
        ids = handles.customer_ids(channel, index)
        delivery.truth.records(index, (chunk.people.roles, who), (channel, ids, False))


def deliver_orders(
    world: World, chunk: Chunk, delivery: Delivery, serials: Counter[str]
) -> pa.Array:
    """Orders, lines, refunds, coupons and events of every shop.

    Returns:
        the order ids of the chunk's orders.
    """
    all_ids = constant(None, len(chunk.orders))
    for place, channel in enumerate(SHOPS):
        chosen = np.flatnonzero(chunk.orders.shop == place)
        if not len(chosen):
            continue
        serial = serials[channel] + np.arange(len(chosen))
        serials[channel] += len(chosen)
        _deliver_shop(chunk, delivery, chosen, serial)
        full = np.full(len(chunk.orders), -1)
        full[chosen] = serial
        all_ids = either(full >= 0, numbered(ORDER_PREFIX[channel], full, 9), all_ids)
        if channel in (WEBSHOP, APP, WECHAT):
            _deliver_browsing(world, chunk, delivery, (chosen, serial), serials)
    return all_ids


def _deliver_shop(chunk: Chunk, delivery: Delivery, chosen: np.ndarray, serial: np.ndarray) -> None:
    desk, orders, channel = chunk.desk, chunk.orders, SHOPS[chunk.orders.shop[chosen[0]]]
    second, settled = orders.second[chosen], settled_seconds(desk.plan, orders, chosen)
    table = order_table(desk, orders, chunk.slip, chosen, serial)
    twice = (desk.rng.random(len(chosen)) < EARLY_SHARE) & orders.is_paid[chosen]
    twice &= (settled > second + DAY) & (channel in (WEBSHOP, APP))
    early = (orders.status[chosen] == REFUNDED) | twice
    states = delivered_states(desk.plan, orders, chosen, early)
    delivery.truth.counts["orders_delivered_twice"] += int(early.sum())
    rows = pa.concat_tables([state.table(desk.plan, table) for state in reversed(states)])
    delivery.add(channel, "orders", rows, np.concatenate([s.day for s in reversed(states)]))
    lines, line_day = line_table(desk, orders, chosen, serial)
    delivery.add(channel, "order_lines", lines, line_day)
    _deliver_refunds(chunk, delivery, chosen, serial)
    _tell_orders(chunk, delivery, chosen, table["order_id"].combine_chunks())


def _deliver_refunds(
    chunk: Chunk, delivery: Delivery, chosen: np.ndarray, serial: np.ndarray
) -> None:
    orders, refunds, channel = chunk.orders, chunk.refunds, SHOPS[chunk.orders.shop[chosen[0]]]
    number = np.full(len(orders), -1)
    number[chosen] = serial
    mine = np.flatnonzero(number[refunds.order] >= 0)
    mine = mine[np.argsort(refunds.second[mine], kind="stable")]
    order = refunds.order[mine]
    ids = numbered(ORDER_PREFIX[channel], number[order], 9)
    nobody = constant(None, len(mine))
    if channel in handles.CUSTOMER_IDS:
        known = ~orders.is_guest[order] & ~refunds.is_full[mine] & (number[order] % 40 == 0)
        people = chunk.people.index[orders.person[order]]
        nobody = only(handles.customer_ids(channel, people), known)
        ids = only(ids, ~known)
        delivery.truth.counts["refunds_without_order"] += int(known.sum())
    names = (numbered(ORDER_PREFIX[channel] + "R", number[order], 9), ids, nobody)
    table = refund_table(chunk.desk.plan, orders, refunds, mine, names)
    delivery.add(channel, "refunds", table, refunds.second[mine] // DAY)
    delivery.truth.counts["refunds_full"] += int(refunds.is_full[mine].sum())
    delivery.truth.counts["refunds_late"] += int(refunds.is_late[mine].sum())
    delivery.truth.counts["refunds"] += len(mine)


def _deliver_browsing(
    world: World,
    chunk: Chunk,
    delivery: Delivery,
    mine: tuple[np.ndarray, np.ndarray],
    serials: Counter[str],
) -> None:
    orders, channel = chunk.orders, SHOPS[chunk.orders.shop[mine[0][0]]]
    since = (chunk.since[channel], serials[channel + ":event"])
    table, day = event_table(chunk.desk, (world.season, world.catalogue), orders, channel, since)
    serials[channel + ":event"] += len(table)
    delivery.add(channel, "events", table, day)
    coupons, issued = coupon_table(chunk.desk.plan, chunk.desk.rng, chunk.people, orders, mine)
    delivery.add(channel, "coupons", coupons, issued)


def _tell_orders(chunk: Chunk, delivery: Delivery, chosen: np.ndarray, order_id: pa.Array) -> None:
    orders, channel = chunk.orders, SHOPS[chunk.orders.shop[chosen[0]]]
    person = orders.person[chosen]
    index = chunk.people.index[person]
    delivery.truth.orders(
        pa.table(
            {
                "person_id": pa.array(index),
                "channel": constant(channel, len(chosen)),
                "order_id": order_id,
                "ordered_at": times(chunk.desk.plan.start_day, orders.second[chosen]),
                "cause": words(CAUSES, orders.cause[chosen]),
            }
        )
    )
    in_store = channel in (SHANGHAI, CHENGDU)
    guest = (orders.is_guest[chosen] | in_store) & chunk.slip.names_somebody[chosen]
    guest &= channel != TMALL
    place = np.flatnonzero(guest)
    ids = order_id.take(pa.array(place))
    roles = (chunk.people.roles, person[place])
    delivery.truth.records(index[place], roles, (channel, ids, True))
