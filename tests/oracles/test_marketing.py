"""Campaigns, coupons, attribution and experiments against plain Python on the rows.

One warehouse holds the Complete Journey (27 campaigns of a grocer) and 300 random members with
random contacts, coupons, orders, returns and two experiments.
"""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from scipy import stats
from statsmodels.stats.proportion import proportions_ztest

from dagster_project.build.dbt import Layer
from tests.conftest import shared_data
from tests.oracles.warehouse import CONFORM, CORE, Scratch

pytestmark = pytest.mark.slow

AS_OF = date(2018, 3, 31)
START = datetime(2017, 9, 1)
MODELS = ("first", "last", "linear", "time_decay", "coupon_first")
WINDOW, HALF_LIFE, OUTCOME = 30, 7, 28
INPUTS = Layer(
    ("scr_experiment_member", "scr_experiment_arm", "scr_experiment_input",
     "scr_campaign_member", "scr_campaign_lift_input"),
    ("test_type:data",),
)  # fmt: skip
MARTS = Layer(
    ("campaign_touch", "campaign_funnel", "coupon_use", "coupon_performance", "attribution",
     "experiment_result", "experiment_effect", "campaign_performance"),
    ("test_type:data",),
)  # fmt: skip
# what other marts tell: nobody has a segment or a tier here
OTHERS = """
create schema if not exists marts;
create table marts.member_rfm_monthly (member_id varchar, month_end date, segment varchar);
create table marts.member_tier_history (
    member_id varchar, tier_code varchar, valid_from timestamp, valid_to timestamp);
"""
DELIVERED = """
    select 'shop' as channel, 'b0' as batch_id, timestamp '2018-01-02' as delivered_at, 'f' as
        delivery_file, row_number() over () as file_row, {0} from ({1})"""


def _journey(scratch: Scratch) -> None:
    """The real set in the contract's columns; times are the shop's days, in UTC."""
    folder = shared_data("complete_journey")
    read = {name: f"read_parquet('{folder}/{name}.parquet')" for name in (
        "transactions_sample", "campaigns", "campaign_descriptions", "coupon_redemptions",
    )}  # fmt: skip
    for entity, columns, rows in (
        ("orders", "basket_id as order_id, household_id as customer_id, 'completed' as status, "
         "bought_at as ordered_at, paid as net_paid_amount",
         "select basket_id, any_value(household_id) as household_id, sum(sales_value) as paid, "
         "min(transaction_timestamp) as bought_at "
         f"from {read['transactions_sample']} where sales_value > 0 group by 1"),
        ("campaigns", "campaign_id, campaign_type as name, start_date as starts_at, "
         "end_date + 1 as ends_at", f"from {read['campaign_descriptions']}"),
        ("touches", "campaign_id || '-' || household_id as touch_id, campaign_id, "
         "household_id as customer_id, 'email' as contact_channel, start_date as sent_at",
         f"from {read['campaigns']} as sent join {read['campaign_descriptions']} as plans "
         "using (campaign_id)"),
        ("coupons", "cast(row_number() over (order by household_id, coupon_upc, redemption_date, "
         "campaign_id) as varchar) as coupon_id, coupon_upc as template_id, campaign_id, "
         "household_id as customer_id, start_date as issued_at, redemption_date as used_at, "
         "end_date + 1 as expires_at",
         f"from {read['coupon_redemptions']} as used join {read['campaign_descriptions']} as plans "
         "using (campaign_id)"),
    ):  # fmt: skip
        scratch.fill(f"contract__{entity}", DELIVERED.format(columns, rows))


class World:
    """Random members: what was delivered, as rows and as Python knows it."""

    def __init__(self) -> None:
        rng = random.Random(11)
        self.rows: dict[str, list[dict]] = defaultdict(list)
        self.members = [f"r{number}" for number in range(300)]
        for number in range(4):
            begin = START + timedelta(days=20 * number)
            self.rows["campaigns"].append({
                "campaign_id": f"K{number}", "name": "n", "starts_at": begin,
                "ends_at": begin + timedelta(days=15)})  # fmt: skip
        for member in self.members:
            self._contacts(rng, member)
            self._orders(rng, member)
        self._experiments(rng)

    def _moment(self, rng: random.Random, days: int = 100) -> datetime:
        # few distinct instants, so that touches tie
        return START + timedelta(hours=rng.randrange(days * 24 // 6) * 6)

    def _contacts(self, rng: random.Random, member: str) -> None:
        for _ in range(rng.randrange(7)):
            touches, sent = self.rows["touches"], self._moment(rng)
            touches.append({
                "touch_id": f"t{len(touches)}", "campaign_id": f"K{rng.randrange(4)}",
                "customer_id": member, "contact_channel": rng.choice(["sms", "email"]),
                "is_control": rng.random() < 0.4, "sent_at": sent,
                "clicked_at": sent if rng.random() < 0.2 else None,
                "bounced_at": sent if rng.random() < 0.1 else None})  # fmt: skip

    def _orders(self, rng: random.Random, member: str) -> None:
        for _ in range(rng.randrange(5)):
            orders, coupons = self.rows["orders"], self.rows["coupons"]
            at = self._moment(rng, 130) + timedelta(hours=3)
            order = {
                "order_id": f"o{len(orders)}", "customer_id": member, "ordered_at": at,
                "status": rng.choice(["completed"] * 5 + ["cancelled"]), "coupon_id": None,
                "net_paid_amount": Decimal(rng.randrange(1, 30_000)) / 100}  # fmt: skip
            for _ in range(rng.choice([0, 0, 0, 1, 2])):
                received = at - timedelta(days=rng.randrange(-1, 90))
                named = rng.random() < 0.5
                coupons.append({
                    "coupon_id": f"c{len(coupons)}", "customer_id": member,
                    "campaign_id": rng.choice(["K0", "K1", None]), "issued_at": received,
                    "received_at": received,
                    "order_id": order["order_id"] if named else None})  # fmt: skip
                if not named:
                    order["coupon_id"] = coupons[-1]["coupon_id"]
            orders.append(order)
            if rng.random() < 0.2:
                amount = round(order["net_paid_amount"] / rng.choice([1, 2, 3]), 2)
                self.rows["refunds"].append({
                    "refund_id": order["order_id"], "order_id": order["order_id"],
                    "refunded_at": at + timedelta(days=2), "amount": amount})  # fmt: skip

    def _experiments(self, rng: random.Random) -> None:
        for number, plan in enumerate(['{"A": 1, "B": 1}', '{"A": 1, "B": 9}']):
            self.rows["experiments"].append({
                "experiment_id": f"E{number}", "name": "n", "control_variant": "A",
                "starts_at": START, "ends_at": START + timedelta(days=60),
                "planned_split": plan, "metric": "conversion"})  # fmt: skip
            for member in self.members:
                at = self._moment(rng, 50)
                self.rows["assignments"].append({
                    "experiment_id": f"E{number}", "customer_id": member,
                    "variant": {"r298": "A", "r299": "B"}.get(member, rng.choice("AB")),
                    "assigned_at": at,
                    "exposed_at": at if rng.random() < 0.9 else None})  # fmt: skip


def _untested(layer: Layer) -> Layer:
    """Without dbt's data tests: other tests have them, these look at something else."""
    return Layer(layer.select, (*layer.exclude, "test_type:data"))


@pytest.fixture(scope="module")
def brand(tmp_path_factory: pytest.TempPathFactory) -> tuple[Scratch, World]:
    scratch, world = Scratch(tmp_path_factory.mktemp("brand") / "home"), World()
    _journey(scratch)
    for entity, rows in world.rows.items():
        # one file an entity: row by row takes seconds
        path = scratch.home.root / f"{entity}.parquet"
        pq.write_table(pa.Table.from_pylist(rows), path)
        scratch.fill(f"contract__{entity}", DELIVERED.format("*", f"from read_parquet('{path}')"))
    # r298 and r299 are one person with two records
    scratch.build(AS_OF, _untested(CONFORM))
    scratch.resolve(lambda key: key.replace("r299", "r298"))
    scratch.build(AS_OF, _untested(CORE))
    with scratch.connect() as con:
        con.execute(OTHERS)
    scratch.build(AS_OF, INPUTS)
    from dagster_project.scores import FITS, run_fit

    for fit in FITS:
        if fit.name in ("experiments", "campaigns"):
            run_fit(scratch.home.next_database, fit, AS_OF)
    scratch.build(AS_OF, MARTS)
    return scratch, world


# ---- the Complete Journey


def test_figures_of_the_complete_journey(brand):
    scratch, _ = brand
    real = "campaign_key not like 'shop:K%'"
    assert scratch.query(
        f"select count(*), sum(reached) from marts.campaign_performance where {real}"
    ) == [(27, 6_589)]
    assert scratch.query(
        f"select sum(used), sum(issued) from marts.coupon_performance where {real} "
        "and campaign_key <> 'none'"
    ) == [(2_102, 2_102)]
    assert scratch.query(
        "select count(*) from core.fct_coupon join core.dim_campaign as c using (campaign_key) "
        f"where {real} and used_at >= c.starts_at and used_at < c.ends_at"
    ) == [(2_102,)]
    redeemed = (
        "select count(distinct t.member_id), count(distinct c.member_id), count(c.member_id) "
        "from (select distinct campaign_key, member_id from marts.campaign_touch) as t "
        "left join core.fct_coupon as c on c.campaign_key = t.campaign_key "
        f"and c.member_id = t.member_id where t.{real}"
    )
    assert scratch.query(redeemed) == [(1_559, 410, 2_102)]
    assert scratch.query(
        f"select bool_or(is_causal), min(causal_note) from marts.campaign_performance where {real}"
    ) == [(False, "not causal: no hold-out")]


# ---- attribution


def _business_day(at: datetime) -> date:
    return (at + timedelta(hours=8)).date()


def _touches(scratch: Scratch) -> dict[str, list[tuple]]:
    """Order to its candidate touches: time, kind, key, days before; from the core facts."""
    orders = scratch.query(
        "select order_key, member_id, ordered_at, channel || ':' || coupon_id from core.fct_order "
        "where is_valid"
    )
    sent = defaultdict(list)
    for member, key, at in scratch.query(
        "select member_id, touch_key, sent_at from core.fct_touch where not is_control "
        "and not (bounced_at is not null and clicked_at is null)"
    ):
        sent[member].append((at, key))
    held = defaultdict(list)
    named = {}
    for key, order, at in scratch.query(
        "select coupon_key, order_key, coalesce(received_at, issued_at) from core.fct_coupon"
    ):
        held[order].append((at, key))
        named[key] = at
    found: dict[str, list[tuple]] = {}
    for order, member, at, coupon in orders:
        coupons = {key: min(got, at) for got, key in held[order]}
        if coupon in named:
            coupons[coupon] = min(named[coupon], at)
        day = _business_day(at)
        found[order] = [
            (got, "coupon", key, (day - _business_day(got)).days) for key, got in coupons.items()
        ] + [
            (got, "message", key, (day - _business_day(got)).days)
            for got, key in sent[member]
            if got < at and (day - _business_day(got)).days <= WINDOW
        ]
    return found


def _credits(model: str, touches: list[tuple]) -> dict[tuple[str, str], float]:
    ordered = sorted(touches)
    coupons = [touch for touch in ordered if touch[1] == "coupon"]
    if model == "first":
        weights = {ordered[0]: 1.0}
    elif model == "linear":
        weights = dict.fromkeys(ordered, 1.0)
    elif model == "time_decay":
        least = min(touch[3] for touch in ordered)
        weights = {touch: 0.5 ** ((touch[3] - least) / HALF_LIFE) for touch in ordered}
    elif model == "coupon_first" and coupons:
        weights = dict.fromkeys(coupons, 1.0)
    else:
        weights = {ordered[-1]: 1.0}
    total = sum(weights.values())
    return {touch[1:3]: weight / total for touch, weight in weights.items()}


def test_attribution_by_brute_force(brand):
    scratch, _ = brand
    expected = {
        (order, model, *touch): credit
        for order, touches in _touches(scratch).items()
        if touches
        for model in MODELS
        for touch, credit in _credits(model, touches).items()
    }
    found = {
        row[:4]: row[4]
        for row in scratch.query(
            "select order_key, model, touch_type, touch_key, credit from marts.attribution"
        )
    }
    assert len({key[0] for key in expected if key[0].startswith("shop:o")}) > 200
    small = {key for key, credit in expected.items() if credit < 1e-9}
    assert found.keys() - small == expected.keys() - small
    keys = sorted(found.keys() - small)
    assert np.allclose([found[k] for k in keys], [expected[k] for k in keys], atol=1e-9)


def test_refunds_take_credit_back(brand):
    scratch, world = brand
    paid = {row["order_id"]: row["net_paid_amount"] for row in world.rows["orders"]}
    for refund in world.rows["refunds"]:
        paid[refund["order_id"]] -= refund["amount"]
    rows = scratch.query(
        "select order_key, model, sum(net_revenue), sum(credit) from marts.attribution "
        "where order_key like 'shop:o%' group by all"
    )
    assert rows
    for order, _, revenue, credit in rows:
        assert abs(revenue - paid[order.removeprefix("shop:")]) <= Decimal("0.01")
        assert credit == pytest.approx(1)


# ---- funnels and hold-outs


def test_campaigns_by_hand(brand):
    """Random campaigns: reached, clicked, buyers and the lift of the hold-out, from the rows."""
    scratch, world = brand
    bought = defaultdict(list)
    for row in world.rows["orders"]:
        if row["status"] == "completed":
            bought[_member(row)].append(row["ordered_at"])
    found = {
        row[0]: row[1:]
        for row in scratch.query(
            "select campaign_key, reached, clicked, holdout_members, both_members, buyers, lift, "
            "p_value, is_causal from marts.campaign_performance where campaign_key like 'shop:K%'"
        )
    }
    for number in range(4):
        groups, first = defaultdict(set), {}
        for row in world.rows["touches"]:
            if row["campaign_id"] == f"K{number}":
                member = _member(row)
                groups[row["is_control"]].add(member)
                first[member] = min(first.get(member, row["sent_at"]), row["sent_at"])
                if row["clicked_at"] and not row["is_control"]:
                    groups["clicked"].add(member)
        both = groups[True] & groups[False]
        acted = {
            member for member, at in first.items()
            if any(at < when < at + timedelta(days=14) for when in bought[member])
        }  # fmt: skip
        treated, held = groups[False] - both, groups[True] - both
        counts = [len(treated & acted), len(held & acted)]
        sizes = [len(treated), len(held)]
        row = found[f"shop:K{number}"]
        assert row[:5] == (len(groups[False]), len(groups["clicked"]), len(held), len(both),
                           counts[0])  # fmt: skip
        assert row[7] == (len(held) >= 30)
        if row[7]:
            assert row[5] == pytest.approx(counts[0] / sizes[0] - counts[1] / sizes[1])
            assert row[6] == pytest.approx(proportions_ztest(counts, sizes)[1])
    assert any(row[7] for row in found.values())


def _member(row: dict) -> str:
    return row["customer_id"].replace("r299", "r298")


# ---- experiments


def test_experiments_by_hand(brand):
    """Members, money and p values from the rows; the second split was not drawn as planned."""
    scratch, world = brand
    paid = defaultdict(list)
    back = {r["order_id"]: r["amount"] for r in world.rows["refunds"]}
    for row in world.rows["orders"]:
        if row["status"] == "completed":
            net = row["net_paid_amount"] - back.get(row["order_id"], 0)
            paid[_member(row)].append((row["ordered_at"], float(net)))
    for number in range(2):
        records = defaultdict(list)
        for row in world.rows["assignments"]:
            if row["experiment_id"] == f"E{number}":
                records[_member(row)].append(row)
        spent = defaultdict(list)
        for member, rows in records.items():
            seen = [row["exposed_at"] for row in rows if row["exposed_at"]]
            if len({row["variant"] for row in rows}) > 1 or not seen:
                continue
            until = min(min(seen) + timedelta(days=OUTCOME), START + timedelta(days=60))
            spent[rows[0]["variant"]].append(
                [net for at, net in paid[member] if min(seen) < at < until]
            )
        found = {
            (row[0], row[1]): row[2:]
            for row in scratch.query(
                "select metric, variant, members, mean, p_value, verdict, two_arm_members "
                f"from marts.experiment_result where experiment_key = 'shop:E{number}'"
            )
        }
        money = [[sum(orders) for orders in spent[arm]] for arm in "AB"]
        counts = [[len(orders) for orders in spent[arm]] for arm in "AB"]
        some = [sum(map(bool, arm)) for arm in counts]
        sizes = [len(arm) for arm in counts]
        for metric, values, p_value in (
            ("revenue_per_member", money, stats.ttest_ind(*money, equal_var=False).pvalue),
            ("orders_per_member", counts, stats.ttest_ind(*counts, equal_var=False).pvalue),
            ("conversion", [[n > 0 for n in arm] for arm in counts],
             proportions_ztest(some, sizes)[1]),
        ):  # fmt: skip
            for arm, rows in zip("AB", values, strict=True):
                assert found[metric, arm][:2] == (len(rows), pytest.approx(np.mean(rows)))
            assert found[metric, "B"][2] == pytest.approx(p_value)
        verdicts = {row[3] for row in found.values()}
        assert (verdicts == {"withheld: broken split"}) == (number == 1)
        both = sum(len({row["variant"] for row in rows}) > 1 for rows in records.values())
        assert {row[4] for row in found.values()} == {both}
