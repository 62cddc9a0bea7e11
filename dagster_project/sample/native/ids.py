"""Which record of a platform is which record of the contract: the truth about who is who."""

from __future__ import annotations

from pathlib import Path

import duckdb

from dagster_project.formats.quoting import sql_path
from dagster_project.sample.native.names import (
    APP_STREAM,
    MINI_PROGRAM,
    PLATFORMS,
    customer_sql,
    order_sql,
)
from dagster_project.sample.native.wechat import FOLLOWER
from dagster_project.sample.plan import APP, CHENGDU, TMALL, WEBSHOP, WECHAT

# How each platform names the customers of a channel, and which of them it has.
_CUSTOMERS = (
    (PLATFORMS[WEBSHOP], WEBSHOP, customer_sql(), "true"),
    (PLATFORMS[APP], APP, customer_sql(), "true"),
    (APP_STREAM, APP, customer_sql(), "true"),
    (PLATFORMS[WECHAT], WECHAT, customer_sql(), "true"),
    (PLATFORMS[TMALL], TMALL, "marketplace_id", "true"),
    (MINI_PROGRAM, WECHAT, "wechat_openid", "true"),
    (MINI_PROGRAM, WECHAT, FOLLOWER, "wechat_unionid is not null and place % 2 = 0"),
)


def write_ids(con: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Write (channel, kind, native_id, contract_channel, contract_id); kind: customer, order."""
    parts = [
        f"select '{platform}' as channel, 'customer' as kind, {native} as native_id, "
        f"'{channel}' as contract_channel, customer_id as contract_id "
        f"from customers where channel = '{channel}' and {native} is not null and {which}"
        for platform, channel, native, which in _CUSTOMERS
    ]
    parts += [
        f"select '{platform}', 'order', {order_sql()}, channel, order_id from bills "
        f"where channel = '{channel}' and age = 1"
        for channel, platform in PLATFORMS.items()
    ]
    parts.append(
        f"select '{PLATFORMS[CHENGDU]}', 'customer', "
        "cast(cast(regexp_extract(card_no, '[0-9]+$') as bigint) as varchar), channel, card_no "
        f"from bills where channel = '{CHENGDU}' and card_no is not null group by all"
    )
    con.execute(
        f"copy (select * from ({' union all '.join(parts)}) order by all) "
        f"to {sql_path(path)} (format parquet)"
    )
