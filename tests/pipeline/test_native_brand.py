"""The demo brand delivered by its platforms is the brand delivered in the contract's files."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from dagster_project.privacy import read_quarantine
from tests.pipeline.staged import BRAND_AT, Staged

pytestmark = pytest.mark.slow

# the presets' small files were delivered before; they are looked at elsewhere
OF_BRAND = f"delivered_at = timestamp '{BRAND_AT}'"
PLATFORMS = {
    "webshop": "shopify", "app": "woocommerce", "wechat": "youzan", "tmall": "tmall",
    "pos_shanghai": "pos", "pos_chengdu": "online_retail",
}  # fmt: skip
# What a platform's words cannot say: Shopify knows no completed orders, Woo no shipped ones, the
# Chinese platforms close a trade whoever ended it.
SAME_WORD = {
    "shopify": {"completed": "shipped"},
    "woocommerce": {"shipped": "paid"},
    "youzan": {"cancelled": "closed"},
    "tmall": {"cancelled": "closed"},
}
# Tickets made void and invoices that are nobody's order stand in no file of the contract.
OWN_NUMBERS = ("900719927", "6", "A6")
# How an order's discounts are divided, and whether its freight is told, is the platform's affair.
CARRIED = {
    "shopify": "ordered_at paid_at gross_amount net_paid_amount shipping_amount tax_amount "
    "counts_as_paid",
    "woocommerce": "ordered_at paid_at gross_amount net_paid_amount shipping_amount tax_amount "
    "updated_at counts_as_paid",
    "youzan": "ordered_at paid_at gross_amount net_paid_amount shipping_amount updated_at "
    "counts_as_paid",
    "tmall": "ordered_at paid_at gross_amount net_paid_amount shipping_amount points_amount "
    "counts_as_paid",
    "pos": "ordered_at gross_amount discount_amount net_paid_amount store_id gift_card "
    "counts_as_paid",
    "online_retail": "ordered_minute net_paid_amount counts_as_paid",
}


def _planted(staged: Staged) -> dict[tuple[str, str], tuple[int, list]]:
    """(file, entity) -> rows and wrong rows (row, reason, column) of every delivered file."""
    told = json.loads((staged.truth / "native.json").read_text("utf-8"))
    found = {
        (one["file"], entity): (rows, [tuple(b[1:]) for b in one["planted"] if b[0] == entity])
        for one in told
        for entity, rows in one["rows"].items()
    }
    own = {file for file, _ in found}
    plain = json.loads((staged.truth / "planted.json").read_text("utf-8"))
    for file, rows in plain["rows"].items():
        if file not in own and (staged.home.landing / file).exists():
            wrong = [b for b in plain["bad_rows"] if b["file"] == file]
            listed = [(b["row"], b["reason"], b["column"]) for b in wrong]
            found[file, ""] = (rows, listed)
    return found


def test_every_planted_row_is_found_and_nothing_else(staged: Staged):
    assert staged.brand.held == []
    told = _planted(staged)
    own = {file for file, entity in told if entity}
    read = {(one.file, one.entity if one.file in own else ""): one for one in staged.brand.files}
    assert {place: one.rows_read for place, one in read.items()} == {
        place: rows for place, (rows, _) in told.items()
    }
    assert all(one.rows_loaded + one.rows_quarantined == one.rows_read for one in read.values())
    found = {place: [] for place in told}
    for batch in staged.brand.loaded:
        if batch.rows_quarantined:
            records = read_quarantine(staged.home, staged.keys, batch.batch_id)
            place = (batch.file, batch.entity if batch.file in own else "")
            found[place] = sorted((one.file_row, one.reason, one.column) for one in records)
    assert found == {place: sorted(wrong) for place, (_, wrong) in told.items()}
    assert {form.split("/")[0] for form in own} == {*PLATFORMS.values(), "wechat", "app_events"}
    assert sum(len(wrong) for (_, entity), (_, wrong) in told.items() if entity) >= 60


def _paired(channel: str) -> str:
    """Orders of a channel beside those of its platform, as SQL; each may be missing."""
    own = " or ".join(f"starts_with(order_id, '{one}')" for one in OWN_NUMBERS)
    select = """select *, right(order_id, 9) as serial, coalesce(gift_card_amount, 0) as gift_card,
        date_trunc('minute', ordered_at) as ordered_minute"""
    return f"""(
        {select} from conformed.cfm_orders where channel = 'c_{channel}'
    ) as c full join (
        {select} from conformed.cfm_orders
        where channel = '{PLATFORMS[channel]}' and {OF_BRAND} and not ({own})
    ) as n using (serial)"""


@pytest.mark.parametrize("channel", PLATFORMS)
def test_orders_are_those_of_the_contract(staged: Staged, channel: str):
    platform = PLATFORMS[channel]
    fields = CARRIED[platform].split()
    sides = ", ".join(f"{side}.{field}" for side in "cn" for field in (*fields, "status"))
    found = staged.rows(f"select {sides} from {_paired(channel)} order by serial")
    half = len(fields) + 1
    words = SAME_WORD.get(platform, {})
    assert len(found) >= 10
    for row in found:
        *wanted, status = row[:half]
        assert list(row[half:]) == [*wanted, words.get(status, status)]


@pytest.mark.parametrize(
    ("channel", "file"),
    [
        ("webshop", "shopify/orders_export_2.csv"), ("app", "woocommerce/orders_2.jsonl"),
        ("wechat", "youzan/trades_pushed.jsonl"), ("tmall", "tmall/ExportOrderList.csv"),
    ],
)  # fmt: skip
def test_a_source_states_the_sales_of_each_day(staged: Staged, channel: str, file: str):
    """What the last export says of a day, on raw, is what the contract's orders of it come to."""
    stated = staged.rows(f"""
        select day_on, row_count, key_count, gross_amount, amount
        from ops.batch_measure inner join raw.batch using (batch_id)
        where batch.file = '{file}' and ingested_at = timestamp '{BRAND_AT}'
            and batch_measure.entity = 'orders' order by day_on""")
    assert stated == staged.rows(f"""
        select cast(ordered_at + interval 8 hour as date) as day_on, count(*), count(*),
            sum(gross_amount), sum(net_paid_amount)
        from conformed.cfm_orders where channel = 'c_{channel}' group by all order by day_on""")


def test_rows_that_are_no_orders_of_the_contract_count_for_nothing(staged: Staged):
    said = staged.rows(f"""
        select channel, status, counts_as_paid, count(*) from conformed.cfm_orders
        where {OF_BRAND} and channel in ('pos', 'online_retail')
            and (starts_with(order_id, '900719927') or starts_with(order_id, '6')
                or starts_with(order_id, 'A6'))
        group by all order by all""")
    assert {one[:3] for one in said} <= {
        ("online_retail", "closed", False),  # written off, or a debt nobody pays
        ("online_retail", "completed", True),  # postage and bank charges alone
        ("pos", "cancelled", False),
    }
    assert {one[0] for one in said} == {"pos", "online_retail"}
    assert staged.rows("""
        select count(*) from conformed.cfm_order_lines
        where channel = 'online_retail' and starts_with(order_id, '6') and product_id is not null
    """) == [(0,)]


@pytest.mark.parametrize("channel", PLATFORMS)
def test_lines_are_those_of_the_contract(staged: Staged, channel: str):
    """Product, pieces and price of every line; what it cost where no cents were let go."""
    cost = "0" if channel == "pos_chengdu" else "l.line_amount"
    lines = f"""
        select right(l.order_id, 9) as serial, right(l.line_no, 1) as place, l.product_id,
            l.quantity, l.unit_price, {cost} as cost
        from conformed.cfm_order_lines as l
        where l.channel = '{{}}' and l.{OF_BRAND} and l.product_id is not null
            and exists (select 1 from conformed.cfm_orders as o
                where o.channel = l.channel and o.order_id = l.order_id)
            and not starts_with(l.order_id, '6')
            and l.order_id not in (select order_id from conformed.cfm_order_lines
                where channel = 'pos' and product_id is null)"""
    wanted, found = lines.format(f"c_{channel}"), lines.format(PLATFORMS[channel])
    rounded = "serial in (select serial from found)" if channel == "pos_shanghai" else "true"
    different = staged.rows(f"""
        with wanted as ({wanted}), found as ({found})
        (select * from wanted where {rounded} except all select * from found)
        union all (select * from found except all select * from wanted)""")
    assert different == []
    assert staged.rows(f"select count(*) > 20 from ({found})") == [(True,)]


@pytest.mark.parametrize("channel", PLATFORMS)
def test_what_came_back_is_that_of_the_contract(staged: Staged, channel: str):
    """Per order and in all: not every platform tells which line, or when."""
    back = f"""
        select right(regexp_replace(refund_id, '(-[0-9a-z]+)+$', ''), 9) as serial,
            sum(amount) as amount
        from conformed.cfm_refunds where channel = '{{}}' and {OF_BRAND}
        group by all order by all"""
    found = staged.rows(back.format(PLATFORMS[channel]))
    assert found == staged.rows(back.format(f"c_{channel}"))
    if channel in {"webshop", "wechat"}:
        assert sum((amount for _, amount in found), Decimal(0)) > 0


def test_cents_let_go_are_no_product(staged: Staged):
    said = staged.rows(f"""
        select line_amount, product_id, count(*) > 0 from conformed.cfm_order_lines
        where channel = 'pos' and line_no = '99' and {OF_BRAND} group by all""")
    assert said == [(Decimal("-0.03"), None, True)]


def test_events_of_the_app_are_those_of_the_contract(staged: Staged):
    events = f"""
        select right('00000000' || event_id, 9) as serial, occurred_at, event_type,
            device_id_token, session_id, product_id, page, platform, right(customer_id, 8) as who
        from conformed.cfm_events where channel = '{{}}' and {OF_BRAND}"""
    by_contract, native = events.format("c_app"), events.format("app_events")
    assert staged.rows(f"""
        ({by_contract} except all {native}) union all ({native} except all {by_contract})
    """) == []  # fmt: skip
    assert staged.rows(f"select count(*) > 300 from ({native})") == [(True,)]


def _members(staged: Staged) -> str:
    """Every customer's record of the platforms with its person and its member, as SQL."""
    kinds = {"tmall": "marketplace_id", "wechat": "openid"}
    ids = staged.rows(f"""
        select ids.channel, native_id, person_id
        from '{staged.truth}/native_ids.parquet' as ids
        inner join '{staged.truth}/persons.parquet' as p
            on p.channel = contract_channel and p.customer_id = contract_id
        where kind = 'customer' and ids.channel <> 'online_retail'
        union select channel, customer_id, person_id from '{staged.truth}/persons.parquet'
        where channel = 'loyalty'""")
    named = [
        (channel, f"t_{staged.keys.token(kinds[channel], name)}" if channel in kinds else name, who)
        for channel, name, who in ids
    ]
    staged.con.execute("create or replace temp table truth (channel text, id text, person bigint)")
    staged.con.executemany("insert into truth values (?, ?, ?)", named)
    return f"""(
        select channel, person, record_key, member_id
        from truth inner join identity.idn_record using (channel)
        inner join identity.idn_member_record using (record_key)
        where customer_id = truth.id and person not in (
            select person_id from '{staged.truth}/identity_traps.parquet'))"""


def test_persons_are_found_across_platforms(staged: Staged):
    """The share found is what the brand's channels know: few records show no phone at all."""
    members = _members(staged)
    assert staged.rows(f"""
        select member_id from {members} group by member_id having count(distinct person) > 1
    """) == []  # fmt: skip
    shares = {
        (one, other): share
        for one, other, share in staged.rows(f"""
            select a.channel, b.channel, avg(case when a.member_id = b.member_id then 1 else 0 end)
            from {members} as a inner join {members} as b
                on a.person = b.person and a.record_key < b.record_key
            group by all""")
    }
    expected = {
        ("loyalty", "shopify"): 0.85, ("loyalty", "woocommerce"): 0.85,
        ("app_events", "woocommerce"): 0.85, ("wechat", "wechat"): 1.0,
        ("shopify", "woocommerce"): 0.8,
    }  # fmt: skip
    for (one, other), share in expected.items():
        assert shares.get((one, other), shares.get((other, one))) >= share, (one, other)
