"""Orders, lines and refunds as the tables each channel delivers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from dagster_project.sample import contacts, handles
from dagster_project.sample.campaigns import campaign_ids
from dagster_project.sample.catalogue import product_id, store_ids
from dagster_project.sample.course import settled_seconds
from dagster_project.sample.orders import STATUSES, Orders
from dagster_project.sample.people import People
from dagster_project.sample.plan import (
    APP,
    CHENGDU,
    DAY,
    LOYALTY,
    SHANGHAI,
    SHOPS,
    TMALL,
    WEBSHOP,
    WECHAT,
)
from dagster_project.sample.records import Desk
from dagster_project.sample.text import (
    constant,
    integers,
    money,
    numbered,
    only,
    times,
    words,
)
from dagster_project.sample.traps import Role

ORDER_PREFIX = {
    WEBSHOP: "WO",
    APP: "AO",
    WECHAT: "XO",
    TMALL: "MO",
    SHANGHAI: "SHO",
    CHENGDU: "CDO",
}
COUPON_PREFIX = {
    WEBSHOP: "WC",
    APP: "AC",
    WECHAT: "XC",
    TMALL: "MC",
    SHANGHAI: "SHC",
    CHENGDU: "CDC",
}


@dataclass(frozen=True)
class Slip:
    """How the orders of a chunk identify their buyer; one element an order."""

    shows_card: np.ndarray
    shows_phone: np.ndarray
    shows_email: np.ndarray
    gift: np.ndarray  # the phone is the receiver's

    @property
    def names_somebody(self) -> np.ndarray:
        """True where an order without customer_id still carries a contact."""
        return self.shows_card | self.shows_phone | self.shows_email


def make_slip(rng: np.random.Generator, people: People, orders: Orders) -> Slip:
    """Draw what each order shows."""
    count, person = len(orders), orders.person
    draw = rng.random(count)
    sharing = people.roles.second(Role.SHARED_CARD)
    has_card = people.accounts[LOYALTY] | sharing
    card = orders.in_store & has_card[person] & ((draw < 0.72) | sharing[person])
    store_phone = orders.in_store & ~card & (draw > 0.8)
    web = orders.shop == SHOPS.index(WEBSHOP)
    guest = web & orders.is_guest
    tmall = orders.shop == SHOPS.index(TMALL)
    gift = web & ~orders.is_guest & people.roles.first(Role.GIFT_RECEIVER)[person] & (draw < 0.6)
    phone = store_phone | (guest & (draw < 0.85)) | tmall | gift | (web & ~guest & (draw < 0.7))
    return Slip(card, phone, guest & (draw > 0.6), gift)


def _order_phones(people: People, orders: Orders, slip: Slip, chosen: np.ndarray) -> pa.Array:
    shop = SHOPS[orders.shop[chosen[0]]] if len(chosen) else WEBSHOP
    who = np.where(slip.gift[chosen], people.partner[orders.person[chosen]], orders.person[chosen])
    column = contacts.phones(people, who, "order")
    if shop == TMALL:
        column = contacts.masked_phones(column)
    return only(column, slip.shows_phone[chosen])


def _order_contacts(
    desk: Desk, orders: Orders, slip: Slip, chosen: np.ndarray, serial: np.ndarray
) -> dict[str, pa.Array]:
    """Ids and identity evidence of the chosen orders of one channel."""
    people, channel = desk.people, SHOPS[orders.shop[chosen[0]]]
    person, second = orders.person[chosen], orders.second[chosen]
    columns = {"order_id": numbered(ORDER_PREFIX[channel], serial, 9)}
    if channel in handles.CUSTOMER_IDS:
        ids = handles.customer_ids(channel, people.index[person])
        columns["customer_id"] = only(ids, ~orders.is_guest[chosen])
    columns["phone"] = _order_phones(people, orders, slip, chosen)
    if channel == WEBSHOP:
        mails = contacts.emails(people, desk.frames, person, "order")
        columns["email"] = only(mails, slip.shows_email[chosen])
    if channel == WECHAT:
        columns["wechat_unionid"] = handles.unionids(people, person)
        columns["wechat_openid"] = handles.openids(people, person)
    if channel in (SHANGHAI, CHENGDU):
        columns["card_no"] = only(handles.card_numbers(people, person), slip.shows_card[chosen])
        columns["store_id"] = words(store_ids(channel), second // 7 % len(store_ids(channel)))
    return columns


def order_table(
    desk: Desk, orders: Orders, slip: Slip, chosen: np.ndarray, serial: np.ndarray
) -> pa.Table:
    """The chosen orders of one channel; ``serial`` numbers them within the channel."""
    start, channel, second = (
        desk.plan.start_day,
        SHOPS[orders.shop[chosen[0]]],
        orders.second[chosen],
    )
    paid = orders.is_paid[chosen]
    columns = _order_contacts(desk, orders, slip, chosen, serial)
    has_coupon = orders.coupon[chosen] > 0
    zero = np.zeros(len(chosen), np.int64)
    columns |= {
        "ordered_at": times(start, second),
        "paid_at": times(start, second + 30 + second % 600, ~paid),
        "status": words(STATUSES, orders.status[chosen].astype(np.int64)),
        "currency": constant("CNY", len(chosen)),
        "gross_amount": money(orders.gross[chosen]),
        "discount_amount": money(orders.gross[chosen] - orders.goods[chosen]),
        "shipping_amount": money(orders.shipping[chosen]),
        "tax_amount": money(zero),
        "points_amount": money(orders.points_used[chosen]),
        "gift_card_amount": money(orders.gift_card[chosen]),
        "net_paid_amount": money(orders.net_paid[chosen]),
        "coupon_id": numbered(COUPON_PREFIX[channel], np.where(has_coupon, serial, -1), 9),
        "campaign_id": campaign_ids(orders.campaign[chosen]),
        "is_test": integers(zero > 0),
        "updated_at": times(start, settled_seconds(desk.plan, orders, chosen)),
    }
    return pa.table(columns)


def line_table(desk: Desk, orders: Orders, chosen: np.ndarray, serial: np.ndarray) -> tuple:
    """The lines of the chosen orders, and each line's day.

    Returns:
        (table, day): day is the business day of the order.
    """
    lines, start = orders.lines, desk.plan.start_day
    serial_of = np.full(len(orders), -1)
    serial_of[chosen] = serial
    mine = np.flatnonzero(serial_of[lines.order] >= 0)
    order = lines.order[mine]
    channel = SHOPS[orders.shop[chosen[0]]]
    table = pa.table(
        {
            "order_id": numbered(ORDER_PREFIX[channel], serial_of[order], 9),
            "line_no": integers(lines.number[mine]),
            "product_id": product_id(lines.product[mine]),
            "quantity": integers(lines.quantity[mine]),
            "unit_price": money(lines.unit_price[mine]),
            "discount_amount": money(lines.discount[mine]),
            "line_amount": money(lines.amount[mine]),
            "updated_at": times(start, orders.second[order]),
        }
    )
    return table, orders.second[order] // DAY
