"""The books close: references, order sums, refunds, and a ledger no lot of which is overdrawn."""

from collections import Counter, defaultdict
from datetime import timedelta

import pyarrow.parquet as pq

from tests.unit.sample.reading import amount, moment, newest

SHOPS = ("webshop", "app", "wechat", "tmall", "pos_shanghai", "pos_chengdu")
PERSONAL = (
    "points_entries",
    "touches",
    "assignments",
    "surveys",
    "consents",
    "tier_grants",
    "benefit_grants",
    "advocates",
    "erasure_requests",
)


def test_keys_are_unique_within_a_channel(sample):
    for shop in SHOPS:
        lines = [(row["order_id"], row["line_no"]) for row in sample.rows(shop, "order_lines")]
        assert len(lines) == len(set(lines)) > 0
        refunds = [row["refund_id"] for row in sample.rows(shop, "refunds")]
        assert len(refunds) == len(set(refunds))
    for channel, entity, key in (
        ("loyalty", "points_entries", "entry_id"),
        ("loyalty", "touches", "touch_id"),
        ("app", "events", "event_id"),
        ("wechat", "events", "event_id"),
        ("webshop", "events", "event_id"),
        ("webshop", "coupons", "coupon_id"),
    ):
        keys = [row[key] for row in sample.rows(channel, entity)]
        assert len(keys) == len(set(keys)) > 0, entity


def test_references_resolve(sample):
    products = {row["product_id"] for row in sample.rows("webshop", "products")}
    campaigns = {row["campaign_id"] for row in sample.rows("loyalty", "campaigns")}
    for shop in SHOPS:
        orders = sample.rows(shop, "orders")
        ids = {row["order_id"] for row in orders}
        assert {row["order_id"] for row in sample.rows(shop, "order_lines")} == ids
        assert {row["product_id"] for row in sample.rows(shop, "order_lines")} <= products
        refunded = {row["order_id"] for row in sample.rows(shop, "refunds")} - {None}
        assert refunded <= ids
        assert {row.get("campaign_id") for row in orders} - {None} <= campaigns
        if shop.startswith("pos"):
            stores = {row["store_id"] for row in sample.rows(shop, "stores")}
            assert {row["store_id"] for row in orders} == stores
        else:
            customers = {row["customer_id"] for row in sample.rows(shop, "customers")}
            assert {row.get("customer_id") for row in orders} - {None} <= customers
    members = {row["customer_id"] for row in sample.rows("loyalty", "customers")}
    for entity in PERSONAL:
        named = {row["customer_id"] for row in sample.rows("loyalty", entity)} - {None}
        assert named
        assert named <= members, entity


def test_order_sums(sample):
    for shop in SHOPS:
        lines = defaultdict(list)
        for row in sample.rows(shop, "order_lines"):
            lines[row["order_id"]].append(row)
        for row in sample.rows(shop, "orders"):
            mine = lines[row["order_id"]]
            goods = sum(amount(line["line_amount"]) for line in mine)
            listed = sum(amount(line["unit_price"]) * int(line["quantity"]) for line in mine)
            assert goods == amount(row["gross_amount"]) - amount(row["discount_amount"])
            assert listed == amount(row["gross_amount"])
            paid_otherwise = amount(row["points_amount"]) + amount(row["gift_card_amount"])
            net = goods + amount(row["shipping_amount"]) - paid_otherwise
            assert amount(row["net_paid_amount"]) == net >= 0


def test_refunds_follow_their_orders(sample):
    counts = Counter()
    for shop in SHOPS:
        orders = newest(sample.rows(shop, "orders"), "order_id")
        for row in sample.rows(shop, "refunds"):
            counts["refunds"] += 1
            if row["order_id"] is None:
                counts["refunds_without_order"] += 1
                assert row["customer_id"]
                continue
            order = orders[row["order_id"]]
            delay = moment(row["refunded_at"]) - moment(order["ordered_at"])
            assert timedelta(days=1) < delay < timedelta(days=62)
            assert amount(row["amount"]) <= amount(order["net_paid_amount"])
            counts["refunds_late"] += delay > timedelta(days=30)
            if row["line_no"] is None:
                counts["refunds_full"] += 1
                assert order["status"] == "refunded"
                assert amount(row["amount"]) == amount(order["net_paid_amount"])
    for kind in ("refunds", "refunds_without_order", "refunds_full"):
        assert counts[kind] == sample.planted["counts"][kind] > 0
    # refunds without their order can't be told apart by delay
    missing = sample.planted["counts"]["refunds_late"] - counts["refunds_late"]
    assert 0 <= missing <= counts["refunds_without_order"]


def test_abnormal_orders(sample):
    rows = sample.rows("webshop", "orders_special")
    counts = sample.planted["counts"]
    assert sum(row["is_test"] == "true" for row in rows) == counts["orders_test"] > 0
    lines = {row["order_id"]: row for row in sample.rows("webshop", "order_lines_special")}
    bulk = sum(int(lines[row["order_id"]]["quantity"]) >= 1_000 for row in rows)
    assert bulk == counts["orders_wholesale"] > 0
    free = sum(amount(row["net_paid_amount"]) == 0 for row in rows)
    assert free == counts["orders_zero_pay"] > 0
    staff = sum(row["customer_id"].startswith("EMP") for row in rows)
    assert staff == counts["orders_employee"] > 0
    daily = Counter((row["customer_id"], row["ordered_at"][:10]) for row in rows)
    crowded = {key: count for key, count in daily.items() if count >= 10}
    assert sum(crowded.values()) == counts["orders_brushing"] > 0


def test_redelivered_orders_have_newer_versions(sample):
    again = 0
    for shop in SHOPS:
        rows = sample.rows(shop, "orders")
        versions = defaultdict(list)
        for row in rows:
            versions[row["order_id"]].append(row)
        for several in versions.values():
            assert len(several) <= 2
            if len(several) == 2:
                again += 1
                early, late = sorted(several, key=lambda row: moment(row["updated_at"]))
                assert early["status"] == "paid"
                assert moment(early["updated_at"]) < moment(late["updated_at"])
    assert again == sample.planted["counts"]["orders_delivered_twice"] > 0


def simulate(entries):
    """First in, first out, one member's entries by time. Returns the open points at the end."""
    lots = []  # [expires, open points, order]
    draws = {}  # what an order's redemption took from which lots
    for row in sorted(entries, key=lambda row: (moment(row["occurred_at"]), row["entry_id"])):
        points, kind, order = int(row["points"]), row["entry_type"], row["order_id"]
        if kind == "pending":
            assert points > 0
        elif kind in ("earn", "activate", "adjust"):
            lots.append([moment(row["expires_at"]), points, order])
        elif kind == "reverse_earn":
            lot = next(lot for lot in lots if lot[2] == order)
            assert 0 < -points <= lot[1]
            lot[1] += points
        elif kind == "expire":
            due = [lot for lot in lots if lot[0] <= moment(row["occurred_at"])]
            _draw(due, -points)
        elif kind == "redeem":
            alive = [lot for lot in lots if lot[0] > moment(row["occurred_at"])]
            draws[order] = _draw(alive, -points)
        else:
            assert kind == "return_redeem"
            assert sum(taken for _, taken in draws[order]) == points
            for lot, taken in draws.pop(order):
                lot[1] += taken
    return lots


def _draw(lots, points):
    assert 0 < points <= sum(lot[1] for lot in lots)
    drawn = []
    for lot in lots:
        taken = min(lot[1], points)
        lot[1] -= taken
        points -= taken
        drawn.append((lot, taken))
    return drawn


def _drawn_entries(sample):
    """The ledger without the members of written cases, who may owe points."""
    rows = sample.rows("loyalty", "points_entries")
    return [row for row in rows if not row["customer_id"].startswith("CASE")]


def test_the_ledger_closes(sample):
    by_member = defaultdict(list)
    for row in _drawn_entries(sample):
        by_member[row["customer_id"]].append(row)
    kinds = Counter(row["entry_type"] for rows in by_member.values() for row in rows)
    assert set(kinds) == {
        "earn",
        "pending",
        "activate",
        "adjust",
        "redeem",
        "expire",
        "reverse_earn",
        "return_redeem",
    }
    last = max(moment(row["occurred_at"]) for rows in by_member.values() for row in rows)
    for entries in by_member.values():
        lots = simulate(entries)
        balance = sum(int(row["points"]) for row in entries if row["entry_type"] != "pending")
        assert sum(lot[1] for lot in lots) == balance >= 0
        assert all(not lot[1] for lot in lots if lot[0] < last - timedelta(days=1)), "not expired"


def test_points_follow_the_orders(sample):
    orders = {}
    for shop in SHOPS:
        orders |= newest(sample.rows(shop, "orders"), "order_id")
    persons = pq.read_table(sample.truth / "persons.parquet").to_pylist()
    owner = {(p["channel"], p["customer_id"]): p["person_id"] for p in persons}
    mine = pq.read_table(sample.truth / "orders.parquet").to_pylist()
    buyer = {row["order_id"]: row["person_id"] for row in mine}
    used = Counter()
    for row in _drawn_entries(sample):
        if row["order_id"] is None:
            continue
        assert buyer[row["order_id"]] == owner["loyalty", row["customer_id"]]
        order = orders[row["order_id"]]
        if row["entry_type"] in ("earn", "activate", "pending"):
            assert int(row["points"]) == int(amount(order["net_paid_amount"]))
        if row["entry_type"] == "redeem":
            assert -int(row["points"]) == int(amount(order["points_amount"]) * 100)
            used[row["order_id"]] += 1
    paid_with_points = {o for o in buyer if amount(orders[o]["points_amount"])}
    assert paid_with_points == set(used)


def test_written_cases_close_too(sample):
    """The balance a case must come to is the sum of its entries."""
    total = Counter()
    for row in sample.rows("loyalty", "points_entries"):
        if row["customer_id"].startswith("CASE") and row["entry_type"] != "pending":
            total[row["customer_id"]] += int(row["points"])
    cases = sample.planted["programme"]
    assert len({case["case"] for case in cases}) == len(cases) > 10
    for case in cases:
        assert total[case["customer_id"]] == case["balance"], case["case"]
        assert sum(case["open_points"]) == max(case["balance"], 0), case["case"]
