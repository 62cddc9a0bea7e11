"""The demo brand delivered by its platforms is the brand delivered in the contract's files."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from dagster_project.identity import VaultValues, resolve_identity
from dagster_project.ingest import IngestReport, ingest_landing
from dagster_project.privacy import read_quarantine
from dagster_project.privacy.keys import Keys, load_keys
from dagster_project.sample import write_sample
from dagster_project.settings import KEY_VARIABLE, LANDING_VARIABLE, Home, Settings
from tests.pipeline.staged import build_models

pytestmark = pytest.mark.slow

NOW, AS_OF = datetime(2026, 11, 2, 2, 0), date(2026, 10, 31)
MODELS = [
    "+path:models/identity", "+cfm_orders", "+cfm_order_lines", "+cfm_refunds", "+cfm_events",
    "path:seeds/rules", "batch_measure",
]  # fmt: skip
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


@dataclass
class Brand:
    """One brand twice in one home: channels ``c_…`` by contract, the platforms' natively."""

    home: Home
    keys: Keys
    truth: Path
    report: IngestReport
    con: duckdb.DuckDBPyConnection

    def rows(self, query: str) -> list[tuple]:
        return self.con.execute(query).fetchall()


@pytest.fixture(scope="module")
def brand(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("native")
    home = Home(folder / "home")
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv(KEY_VARIABLE, raising=False)
        patch.delenv(LANDING_VARIABLE, raising=False)
        size = {"members": 300, "days": 60}
        write_sample(home.landing, **size, native=True)
        write_sample(folder / "contract" / "landing", **size)
        _platforms_only(home.landing)
        report = ingest_landing(home, Settings(), NOW)
        _sales_only(folder / "contract" / "landing")
        assert not ingest_landing(
            home, Settings(), NOW, landing=folder / "contract" / "landing"
        ).held
        database = build_models(patch, home, folder, MODELS, str(AS_OF))
        keys = load_keys(home)
        _resolve_platforms(home, keys, database, folder / "register.parquet")
    with duckdb.connect(str(database)) as con:
        yield Brand(home, keys, home.root / "truth", report, con)


def _platforms_only(landing: Path) -> None:
    """Leaves the platforms' own files, and what the programme knows of its members."""
    told = json.loads((landing.parent / "truth" / "native.json").read_text("utf-8"))
    own = {landing / one["file"] for one in told} | {*landing.glob("loyalty/customers*")}
    for path in {*landing.rglob("*.*")} - own:
        path.unlink()


def _sales_only(landing: Path) -> None:
    for channel in list(landing.iterdir()):
        sold = [*channel.glob("order*"), *channel.glob("refunds*")]
        sold += [*channel.glob("events*")] if channel.name == "app" else []
        for path in set(channel.iterdir()) - set(sold):
            path.unlink()
        channel.rename(landing / f"c_{channel.name}")


def _resolve_platforms(home: Home, keys: Keys, database: Path, register: Path) -> None:
    """Who is one person, from what the platforms alone delivered."""
    by_contract = r"select record_key from identity.idn_record where channel like 'c\_%' escape '\'"
    with duckdb.connect(str(database)) as con:
        for table in ("idn_identifier", "idn_person", "idn_record"):
            con.execute(f"delete from identity.{table} where record_key in ({by_contract})")
    resolve_identity(
        database, register, keys, AS_OF, VaultValues(home, keys, Settings()), Settings()
    )


def _planted(brand: Brand) -> dict[tuple[str, str], tuple[int, list]]:
    """(file, entity) -> rows and wrong rows (row, reason, column) of every delivered file."""
    told = json.loads((brand.truth / "native.json").read_text("utf-8"))
    found = {
        (one["file"], entity): (rows, [tuple(b[1:]) for b in one["planted"] if b[0] == entity])
        for one in told
        for entity, rows in one["rows"].items()
    }
    own = {file for file, _ in found}
    plain = json.loads((brand.truth / "planted.json").read_text("utf-8"))
    for file, rows in plain["rows"].items():
        if file not in own and (brand.home.landing / file).exists():
            wrong = [b for b in plain["bad_rows"] if b["file"] == file]
            listed = [(b["row"], b["reason"], b["column"]) for b in wrong]
            found[file, ""] = (rows, listed)
    return found


def test_every_planted_row_is_found_and_nothing_else(brand: Brand):
    assert brand.report.held == []
    told = _planted(brand)
    own = {file for file, entity in told if entity}
    read = {(one.file, one.entity if one.file in own else ""): one for one in brand.report.files}
    assert {place: one.rows_read for place, one in read.items()} == {
        place: rows for place, (rows, _) in told.items()
    }
    assert all(one.rows_loaded + one.rows_quarantined == one.rows_read for one in read.values())
    found = {place: [] for place in told}
    for batch in brand.report.loaded:
        if batch.rows_quarantined:
            records = read_quarantine(brand.home, brand.keys, batch.batch_id)
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
        where channel = '{PLATFORMS[channel]}' and not ({own})
    ) as n using (serial)"""


@pytest.mark.parametrize("channel", PLATFORMS)
def test_orders_are_those_of_the_contract(brand: Brand, channel: str):
    platform = PLATFORMS[channel]
    fields = CARRIED[platform].split()
    sides = ", ".join(f"{side}.{field}" for side in "cn" for field in (*fields, "status"))
    found = brand.rows(f"select {sides} from {_paired(channel)} order by serial")
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
def test_a_source_states_the_sales_of_each_day(brand: Brand, channel: str, file: str):
    """What the last export says of a day, on raw, is what the contract's orders of it come to."""
    stated = brand.rows(f"""
        select day_on, row_count, key_count, gross_amount, amount
        from ops.batch_measure inner join raw.batch using (batch_id)
        where batch.file = '{file}' and batch_measure.entity = 'orders' order by day_on""")
    assert stated == brand.rows(f"""
        select cast(ordered_at + interval 8 hour as date) as day_on, count(*), count(*),
            sum(gross_amount), sum(net_paid_amount)
        from conformed.cfm_orders where channel = 'c_{channel}' group by all order by day_on""")


def test_rows_that_are_no_orders_of_the_contract_count_for_nothing(brand: Brand):
    said = brand.rows("""
        select channel, status, counts_as_paid, count(*) from conformed.cfm_orders
        where channel in ('pos', 'online_retail') and (starts_with(order_id, '900719927')
            or starts_with(order_id, '6') or starts_with(order_id, 'A6'))
        group by all order by all""")
    assert {one[:3] for one in said} <= {
        ("online_retail", "closed", False),  # written off, or a debt nobody pays
        ("online_retail", "completed", True),  # postage and bank charges alone
        ("pos", "cancelled", False),
    }
    assert {one[0] for one in said} == {"pos", "online_retail"}
    assert brand.rows("""
        select count(*) from conformed.cfm_order_lines
        where channel = 'online_retail' and starts_with(order_id, '6') and product_id is not null
    """) == [(0,)]


@pytest.mark.parametrize("channel", PLATFORMS)
def test_lines_are_those_of_the_contract(brand: Brand, channel: str):
    """Product, pieces and price of every line; what it cost where no cents were let go."""
    cost = "0" if channel == "pos_chengdu" else "l.line_amount"
    lines = f"""
        select right(l.order_id, 9) as serial, right(l.line_no, 1) as place, l.product_id,
            l.quantity, l.unit_price, {cost} as cost
        from conformed.cfm_order_lines as l
        where l.channel = '{{}}' and l.product_id is not null
            and exists (select 1 from conformed.cfm_orders as o
                where o.channel = l.channel and o.order_id = l.order_id)
            and not starts_with(l.order_id, '6')
            and l.order_id not in (select order_id from conformed.cfm_order_lines
                where channel = 'pos' and product_id is null)"""
    wanted, found = lines.format(f"c_{channel}"), lines.format(PLATFORMS[channel])
    rounded = "serial in (select serial from found)" if channel == "pos_shanghai" else "true"
    different = brand.rows(f"""
        with wanted as ({wanted}), found as ({found})
        (select * from wanted where {rounded} except all select * from found)
        union all (select * from found except all select * from wanted)""")
    assert different == []
    assert brand.rows(f"select count(*) > 20 from ({found})") == [(True,)]


@pytest.mark.parametrize("channel", PLATFORMS)
def test_what_came_back_is_that_of_the_contract(brand: Brand, channel: str):
    """Per order and in all: not every platform tells which line, or when."""
    back = """
        select right(regexp_replace(refund_id, '(-[0-9a-z]+)+$', ''), 9) as serial,
            sum(amount) as amount
        from conformed.cfm_refunds where channel = '{}' group by all order by all"""
    found = brand.rows(back.format(PLATFORMS[channel]))
    assert found == brand.rows(back.format(f"c_{channel}"))
    if channel in {"webshop", "wechat"}:
        assert sum((amount for _, amount in found), Decimal(0)) > 0


def test_cents_let_go_are_no_product(brand: Brand):
    said = brand.rows("""
        select line_amount, product_id, count(*) > 0 from conformed.cfm_order_lines
        where channel = 'pos' and line_no = '99' group by all""")
    assert said == [(Decimal("-0.03"), None, True)]


def test_events_of_the_app_are_those_of_the_contract(brand: Brand):
    events = """
        select right('00000000' || event_id, 9) as serial, occurred_at, event_type,
            device_id_token, session_id, product_id, page, platform, right(customer_id, 8) as who
        from conformed.cfm_events where channel = '{}'"""
    by_contract, native = events.format("c_app"), events.format("app_events")
    assert brand.rows(f"""
        ({by_contract} except all {native}) union all ({native} except all {by_contract})
    """) == []  # fmt: skip
    assert brand.rows(f"select count(*) > 300 from ({native})") == [(True,)]


def _members(brand: Brand) -> str:
    """Every customer's record of the platforms with its person and its member, as SQL."""
    kinds = {"tmall": "marketplace_id", "wechat": "openid"}
    ids = brand.rows(f"""
        select ids.channel, native_id, person_id
        from '{brand.truth}/native_ids.parquet' as ids
        inner join '{brand.truth}/persons.parquet' as p
            on p.channel = contract_channel and p.customer_id = contract_id
        where kind = 'customer' and ids.channel <> 'online_retail'
        union select channel, customer_id, person_id from '{brand.truth}/persons.parquet'
        where channel = 'loyalty'""")
    named = [
        (channel, f"t_{brand.keys.token(kinds[channel], name)}" if channel in kinds else name, who)
        for channel, name, who in ids
    ]
    brand.con.execute("create or replace temp table truth (channel text, id text, person bigint)")
    brand.con.executemany("insert into truth values (?, ?, ?)", named)
    return f"""(
        select channel, person, record_key, member_id
        from truth inner join identity.idn_record using (channel)
        inner join identity.idn_member_record using (record_key)
        where customer_id = truth.id and person not in (
            select person_id from '{brand.truth}/identity_traps.parquet'))"""


def test_persons_are_found_across_platforms(brand: Brand):
    """The share found is what the brand's channels know: few records show no phone at all."""
    members = _members(brand)
    assert brand.rows(f"""
        select member_id from {members} group by member_id having count(distinct person) > 1
    """) == []  # fmt: skip
    shares = {
        (one, other): share
        for one, other, share in brand.rows(f"""
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
