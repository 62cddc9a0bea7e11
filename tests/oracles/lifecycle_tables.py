"""The tables stages and histories are told from, as core and the rule files have them."""

from __future__ import annotations

from typing import Any

import duckdb
import pyarrow as pa

TABLES = """
create schema conformed;
create or replace table core.member_identity (
    record_key varchar, member_id varchar, channel varchar, record_type varchar,
    valid_from timestamp);
create table core.dim_channel (channel varchar, source_priority integer);
create table core.fct_consent (
    member_id varchar, purpose varchar, contact_channel varchar, is_granted boolean,
    valid_from timestamp, valid_to timestamp);
create table core.dim_date (date_day date, month_start date, month_end date);
create table conformed.cfm_orders (
    order_key varchar, record_key varchar, phone_token varchar, email_match_token varchar,
    wechat_unionid_token varchar, wechat_openid_token varchar, ordered_at timestamp);
create table conformed.cfm_customer_versions (
    version_key varchar, record_key varchar, channel varchar, phone_token varchar,
    phone_verified boolean, email_match_token varchar, wechat_unionid_token varchar,
    wechat_openid_token varchar, gender varchar, birth_year integer, province varchar,
    city varchar, registered_at timestamp, updated_at timestamp);
insert into core.dim_date
select d, date_trunc('month', d), last_day(d) from (
    select cast(range as date) as d from range(date '2024-12-01', date '2026-05-01', interval 1 day)
)
"""
STAGE_RULES = {
    "priority": "integer", "stage": "varchar", "stage_zh": "varchar", "is_lost": "boolean",
    "is_buyer": "boolean", "min_silence_ratio": "decimal(8, 2)", "max_return_age_days": "integer",
    "max_tenure_days": "integer", "min_tenure_days": "integer", "min_purchase_days": "integer",
    "min_trend_ratio": "decimal(8, 2)", "valid_from": "date", "valid_to": "date",
    "reason": "varchar",
}  # fmt: skip
MEASURE_RULES = dict.fromkeys(
    ("default_cycle_days", "min_cycle_days", "max_cycle_days", "trend_window_days"), "integer"
) | {"return_silence_ratio": "decimal(8, 2)"}
CYCLE_RULES = dict.fromkeys(("enough_gaps", "prior_gaps", "min_category_gaps"), "integer")


def put(con: duckdb.DuckDBPyConnection, table: str, rows: list[dict[str, Any]]) -> None:
    """Append rows, all of the same columns, to a table by name."""
    found = pa.Table.from_pylist(rows)
    con.register("found", found)
    con.execute(f"insert into {table} by name select * from found")
    con.unregister("found")
