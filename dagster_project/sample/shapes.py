"""How each channel writes its files: kind, encoding, times, booleans, and which dirt it has."""

from __future__ import annotations

from dataclasses import dataclass, replace

from dagster_project.sample.plan import (
    APP,
    CHENGDU,
    LOYALTY,
    SERVICE,
    SHANGHAI,
    TMALL,
    WEBSHOP,
    WECHAT,
)

LOCAL, OFFSET, UTC, EPOCH_MS, MIXED = "local", "offset", "utc", "epoch_ms", "mixed"
QUARTERLY = ("orders", "order_lines", "events")


@dataclass(frozen=True)
class Shape:
    """The form of one file. ``times``: LOCAL, OFFSET, UTC, EPOCH_MS or MIXED."""

    kind: str = "csv"
    times: str = LOCAL
    booleans: tuple[str, str] = ("false", "true")
    encoding: str = "utf-8"
    is_quarterly: bool = False
    has_bom: bool = False
    null_words: bool = False
    currency_signs: bool = False
    full_width: bool = False
    repeats_rows: bool = False


CHANNELS = {
    WEBSHOP: Shape(times=OFFSET),
    APP: Shape(kind="jsonl", times=EPOCH_MS),
    WECHAT: Shape(kind="jsonl.gz", times=UTC),
    TMALL: Shape(encoding="gb18030", booleans=("N", "Y")),
    SHANGHAI: Shape(times=MIXED, booleans=("0", "1"), full_width=True),
    CHENGDU: Shape(times=MIXED, booleans=("否", "是"), currency_signs=True, full_width=True),
    LOYALTY: Shape(booleans=("否", "是"), null_words=True),
    SERVICE: Shape(booleans=("no", "yes"), null_words=True),
}
EXCEPTIONS: dict[tuple[str, str], dict[str, object]] = {
    (WEBSHOP, "customers"): {"has_bom": True},
    (WEBSHOP, "events"): {"kind": "csv.gz"},
    (APP, "events"): {"kind": "parquet"},
    (APP, "coupons"): {"kind": "parquet"},
    (WECHAT, "customers"): {"kind": "tsv"},
    (WECHAT, "community_members"): {"kind": "tsv"},
    (TMALL, "order_lines"): {"kind": "parquet"},
    (LOYALTY, "customers"): {"kind": "csv.gz", "times": MIXED},
    (LOYALTY, "points_entries"): {"kind": "csv.gz"},
    (LOYALTY, "touches"): {"kind": "parquet"},
    (SERVICE, "service_tickets"): {"kind": "jsonl", "null_words": False},
}


def shape_of(channel: str, entity: str) -> Shape:
    """The form of a channel's file of an entity."""
    changes = EXCEPTIONS.get((channel, entity), {})
    twice = entity == "customers" and channel != SERVICE
    is_quarterly = entity in QUARTERLY
    return replace(CHANNELS[channel], is_quarterly=is_quarterly, repeats_rows=twice, **changes)
