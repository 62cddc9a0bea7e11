"""A service that pages, throttles, fails, cuts answers and changes meanwhile: all of it comes."""

from __future__ import annotations

import pytest

from dagster_project.connectors import ConnectorError, pull_source, read_sources
from dagster_project.connectors import pull as pull_module
from dagster_project.settings import PROJECT_ROOT
from tests.unit.connectors.servers import Service
from tests.unit.ingest.delivery import Warehouse, warehouse  # noqa: F401


@pytest.fixture
def service():
    with Service().running() as found:
        yield found


@pytest.fixture
def shop(service, warehouse: Warehouse, monkeypatch):  # noqa: F811
    monkeypatch.setenv("SHOPIFY_TOKEN", "secret-1")
    monkeypatch.setenv("YOUZAN_TOKEN", "secret-2")
    warehouse.home.root.mkdir(parents=True, exist_ok=True)
    return warehouse


def use(shop, service, example: str) -> None:
    """The worked example of the documentation, asking our service, without pauses."""
    text = (PROJECT_ROOT / "docs" / "examples" / f"sources-{example}.yml").read_text()
    lines = [
        f"    service: {service.url}\n    backoff_seconds: 0" if "service:" in one else one
        for one in text.splitlines()
        if "per_second" not in one
    ]
    text = "\n".join(lines).replace("size: 20", "size: 4")
    (shop.home.root / "sources.yml").write_text(text)


def pull(shop) -> dict[str, int]:
    return {
        report.entity: report.rows
        for source in read_sources(shop.home).values()
        for report in pull_source(shop.home, source)
    }


def at(minute: int) -> str:
    return f"2024-03-01T10:{minute:02d}:00+08:00"


class Shopify:
    """Orders behind Link headers, as Shopify's REST Admin API pages them."""

    def __init__(self, service: Service, orders: int):
        self.orders = {n: self._order(n, n) for n in range(orders)}
        service.handlers["/orders.json"] = self.answer
        self.before_page = lambda number: None

    @staticmethod
    def _order(n: int, minute: int) -> dict:
        return {
            "id": (1 << 60) + n, "created_at": at(0), "updated_at": at(minute),
            "financial_status": "paid" if n % 2 else "partially_refunded", "total_price": f"{n}.50",
            "currency": "CNY", "customer": {"id": n} if n else None, "email": f"a{n}@example.com",
            "line_items": [{"id": n * 10 + k, "product_id": k, "quantity": 3, "price": "1.10",
                            "total_discount": "0.30"}
                           for k in range(2)],
        }  # fmt: skip

    def change(self, n: int, minute: int) -> None:
        self.orders[n] = self._order(n, minute) | {"total_price": "99.00"}

    def answer(self, params, url):
        start = int(params.get("page_info", 0))
        self.before_page(start)
        since = params.get("updated_at_min", "")
        # a page_info holds its place in the order of ids, which a change does not move
        found = [one for n, one in sorted(self.orders.items()) if one["updated_at"] >= since]
        page, rest = found[start : start + 3], found[start + 3 :]
        link = f'<{url}/orders.json?page_info={start + 3}&limit=3>; rel="next"'
        return {"orders": page}, {"Link": link} if rest else {}


def test_shopify(shop, service):
    use(shop, service, "shopify")
    Shopify(service, 8)
    service.faults = [429, 500, "cut", 503, "cut"]
    assert pull(shop) == {"orders": 8, "order_lines": 16}
    assert service.asked[0][2]["X-Shopify-Access-Token"] == "secret-1"
    report = shop.ingest()
    assert report.held == []
    assert sum(one.rows_quarantined for one in report.loaded) == 0
    assert shop.query("select count(*), count(distinct order_id) from raw.contract__orders") == [
        (8, 8)
    ]
    assert shop.query(
        "select order_id, status, cast(net_paid_amount as varchar), customer_id "
        "from raw.contract__orders order by order_id limit 2"
    ) == [
        (str(1 << 60), "paid", "0.50", None), (str((1 << 60) + 1), "paid", "1.50", "1"),
    ]  # fmt: skip
    assert shop.query(
        "select count(distinct order_id || line_no) from raw.contract__order_lines"
    ) == [(16,)]
    amounts = "select distinct cast(line_amount as varchar) from raw.contract__order_lines"
    assert shop.query(amounts) == [("3.00",)]


def test_only_what_is_newer_is_asked_for(shop, service):
    use(shop, service, "shopify")
    orders = Shopify(service, 8)
    pull(shop)
    orders.change(2, 40)
    service.asked.clear()
    assert pull(shop)["orders"] == 2  # the newest again, and the changed one
    assert service.asked[0][1]["updated_at_min"] == at(7)


class Youzan:
    """Trades in numbered pages, sorted by their last change, as Youzan's open API lists them."""

    def __init__(self, service: Service, trades: int):
        self.changed = {f"E{n}": n // 2 for n in range(trades)}
        service.handlers["/api/youzan.trades.sold.get/4.0.4"] = self.answer
        self.before_page = lambda: None

    def answer(self, params, url):
        self.before_page()
        since = params.get("start_update", "")
        found = sorted((at(minute), tid) for tid, minute in self.changed.items())
        found = [one for one in found if one[0] >= since]
        first = (int(params["page_no"]) - 1) * int(params["page_size"])
        page = [self._trade(tid, when) for when, tid in found[first : first + 4]]
        total = len(found)
        return {"data": {"total_results": total, "full_order_info_list": page}}, {}

    @staticmethod
    def _trade(tid: str, when: str) -> dict:
        return {
            "full_order_info": {
                "order_info": {"tid": tid, "created": at(0), "update_time": when,
                               "status": "TRADE_SUCCESS"},
                "buyer_info": {"buyer_id": f"b{tid}"},
                "pay_info": {"payment": "10.00"},
                "orders": [{"oid": f"{tid}-1", "item_id": 1, "num": 1, "payment": "10.00"}],
            }
        }  # fmt: skip


def test_a_trade_that_changes_between_two_pages_pushes_none_over_the_edge(shop, service):
    """Numbered pages alone would miss one: the oracle pages naively and does."""
    use(shop, service, "youzan")
    trades = Youzan(service, 10)

    def meddle():
        asked.append(1)
        if len(asked) in {2, 3}:
            first = min(trades.changed, key=lambda tid: (at(trades.changed[tid]), tid))
            trades.changed[first] = 50 + len(asked)

    naive, page, asked = set(), 1, []
    trades.before_page = meddle
    while True:
        answer, _ = trades.answer({"page_no": page, "page_size": 4}, "")
        found = answer["data"]["full_order_info_list"]
        naive |= {one["full_order_info"]["order_info"]["tid"] for one in found}
        if len(found) < 4:
            break
        page += 1
    assert len(naive) < 10

    trades.changed = {f"E{n}": n // 2 for n in range(10)}
    asked.clear()
    pull(shop)
    shop.ingest()
    assert shop.query("select count(distinct order_id) from raw.contract__orders") == [(10,)]


def test_more_records_of_one_instant_than_a_page_holds(shop, service):
    use(shop, service, "youzan")
    trades = Youzan(service, 11)
    trades.changed = dict.fromkeys(trades.changed, 5)
    pull(shop)
    shop.ingest()
    assert shop.query("select count(distinct order_id) from raw.contract__orders") == [(11,)]


def test_a_service_that_does_not_sort_is_not_believed(shop, service):
    use(shop, service, "youzan")
    trades = Youzan(service, 4)
    answer = trades.answer

    def backwards(params, url):
        found, headers = answer(params, url)
        found["data"]["full_order_info_list"].reverse()
        return found, headers

    service.handlers["/api/youzan.trades.sold.get/4.0.4"] = backwards
    with pytest.raises(ConnectorError, match="does not sort by"):
        pull(shop)


def test_a_killed_pull_goes_on_where_it_was(shop, service, monkeypatch):
    use(shop, service, "shopify")
    Shopify(service, 8)
    land, landed = pull_module.land_page, []

    def dying(*args):
        if len(landed) == 2:
            raise KeyboardInterrupt
        landed.append(land(*args))

    monkeypatch.setattr(pull_module, "land_page", dying)
    with pytest.raises(KeyboardInterrupt):
        pull(shop)
    monkeypatch.setattr(pull_module, "land_page", land)
    service.asked.clear()
    assert pull(shop) == {"orders": 2, "order_lines": 16}
    assert service.asked[0][1]["page_info"] == "6"
    shop.ingest()
    assert shop.query("select count(distinct order_id) from raw.contract__orders") == [(8,)]


def test_a_service_that_stays_broken_is_an_error_without_secrets(shop, service):
    use(shop, service, "shopify")
    Shopify(service, 2)
    for faults in ([500] * 50, ["cut"] * 50, [401]):
        service.faults = list(faults)
        with pytest.raises(ConnectorError) as caught:
            pull(shop)
        assert "secret" not in str(caught.value)
        assert "updated_at_min" not in str(caught.value)
    service.faults = []
    service.handlers["/orders.json"] = lambda params, url: ({"errors": "none"}, {})
    with pytest.raises(ConnectorError, match="no list of records at 'orders'"):
        pull(shop)


def test_no_secret_is_kept(shop, service):
    use(shop, service, "shopify")
    Shopify(service, 4)
    pull(shop)
    texts = b"".join(path.read_bytes() for path in shop.home.root.rglob("*") if path.is_file())
    assert b"secret-1" not in texts
