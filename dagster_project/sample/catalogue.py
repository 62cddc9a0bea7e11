"""What the brand sells and where: products named in two languages, prices, costs; stores."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from dagster_project.sample.plan import CHENGDU, SHANGHAI
from dagster_project.sample.text import money, numbered, words

# category | English | department | lowest and highest price | twelve months of demand
CATEGORIES = (
    "茶叶|Tea|食品 Food|29|1200|11 9 12 13 10 8 7 7 11 10 10 12",
    "茶具|Teaware|家居 Home|39|2400|9 8 10 10 9 9 8 8 11 10 12 11",
    "零食|Snacks|食品 Food|12|300|17 13 9 8 8 8 9 9 12 9 11 14",
    "养生食品|Wellness food|食品 Food|49|1500|13 11 9 8 8 9 8 8 10 10 13 14",
    "洁面|Cleanser|美妆 Beauty|39|480|8 8 10 10 11 12 11 10 9 9 13 9",
    "面霜|Face cream|美妆 Beauty|89|1900|12 10 9 8 7 8 6 6 9 11 16 13",
    "防晒|Sunscreen|美妆 Beauty|59|520|3 4 8 12 17 20 18 13 7 4 4 3",
    "洗护|Hair and body|美妆 Beauty|35|420|9 9 9 10 10 11 10 10 9 9 13 9",
    "床品|Bedding|家居 Home|99|3600|9 8 10 8 8 8 6 7 11 13 17 12",
    "香薰|Home fragrance|家居 Home|49|900|11 11 9 8 9 9 8 8 9 9 12 13",
    "厨具|Kitchenware|家居 Home|45|2800|12 9 9 9 9 11 8 8 9 10 14 10",
    "收纳|Storage|家居 Home|19|600|12 10 11 9 8 10 8 9 10 9 13 9",
)
# A second line is drawn from the complement of the first with Behaviour.complement_share.
COMPLEMENTS = np.array([1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10])
PER_CATEGORY = 40
COLOURS = ("原色 Natural", "白 White", "青 Green", "灰 Grey", "粉 Pink", "蓝 Blue")
STYLES = ("新中式 Neo-Chinese", "极简 Minimal", "田园 Country", "经典 Classic")
SERIES = ("春禾", "清露", "山岚", "朝雾", "暖阳", "竹影", "云栖", "听雨", "拾光", "远山")
SERIES_EN = ["Spring", "Dew", "Ridge", "Mist", "Sun", "Bamboo", "Cloud", "Rain", "Gleam", "Hills"]
BRANDS = ("青禾 Qinghe", "禾语 Heyu", "青山记 Qingshan")
STORES = {
    SHANGHAI: ("上海市", ("静安寺店", "徐家汇店", "浦东正大店", "五角场店")),
    CHENGDU: ("成都市", ("春熙路店", "太古里店", "天府广场店")),
}
STORE_PREFIX = {SHANGHAI: "SH", CHENGDU: "CD"}


@dataclass(frozen=True)
class Catalogue:
    """Products ordered by category, then price; ``price`` and ``cost`` in cents."""

    category: np.ndarray
    price: np.ndarray
    cost: np.ndarray
    month_shares: np.ndarray  # 12 x categories, cumulative

    @property
    def search_key(self) -> np.ndarray:
        """Category and price as one ascending number, for ``searchsorted``."""
        return self.category * 10_000_000 + self.price


def build_catalogue(rng: np.random.Generator) -> Catalogue:
    """Forty products a category, prices spaced evenly on a log scale and ending in .90."""
    rows = [line.split("|") for line in CATEGORIES]
    steps = np.linspace(0.0, 1.0, PER_CATEGORY)
    price = np.concatenate(
        [
            np.floor(float(row[3]) * (float(row[4]) / float(row[3])) ** steps) * 100 + 90
            for row in rows
        ]
    ).astype(np.int64)
    demand = np.array([[float(x) for x in row[5].split()] for row in rows]).T
    shares = np.cumsum(demand / demand.sum(axis=1, keepdims=True), axis=1)
    return Catalogue(
        category=np.repeat(np.arange(len(rows)), PER_CATEGORY),
        price=price,
        cost=(price * rng.uniform(0.32, 0.52, len(price))).astype(np.int64),
        month_shares=shares,
    )


def product_id(index: np.ndarray) -> pa.Array:
    """The id of a product, by its place in the catalogue; NULL for a negative index."""
    return numbered("P", index, 5)


def product_table(catalogue: Catalogue, updated_at: pa.Array) -> pa.Table:
    """The products as one delivery."""
    rows = [line.split("|") for line in CATEGORIES]
    place = np.arange(len(catalogue.price))
    series = place % len(SERIES)
    names = [
        f"{SERIES[s]}{rows[c][0]} {SERIES_EN[s]} {rows[c][1]} No.{i % PER_CATEGORY + 1}"
        for i, (s, c) in enumerate(zip(series, catalogue.category, strict=True))
    ]
    return pa.table(
        {
            "product_id": product_id(place),
            "name": pa.array(names),
            "category": words([row[2] for row in rows], catalogue.category),
            "subcategory": words([f"{row[0]} {row[1]}" for row in rows], catalogue.category),
            "brand": words(BRANDS, place % 7 % len(BRANDS)),
            "color": words(COLOURS, place * 5 % len(COLOURS)),
            "style": words(STYLES, place * 3 % 11 % len(STYLES)),
            "list_price": money(catalogue.price),
            "unit_cost": money(catalogue.cost),
            "updated_at": updated_at,
        }
    )


def store_ids(channel: str) -> list[str]:
    """The ids of a till system's stores."""
    count = len(STORES[channel][1])
    return [f"{STORE_PREFIX[channel]}{number:02d}" for number in range(1, count + 1)]


def store_rows(channel: str) -> list[list[object]]:
    """A header and the stores; ``opened_on`` is an Excel serial, as a workbook stores a date."""
    city, names = STORES[channel]
    province = {"上海市": "上海市", "成都市": "四川省"}[city]
    header: list[object] = ["store_id", "name", "province", "city", "opened_on"]
    return [header] + [
        [store, f"青禾{name}", province, city, 43_466 + 97 * number]
        for number, (store, name) in enumerate(zip(store_ids(channel), names, strict=True))
    ]
