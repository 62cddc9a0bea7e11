"""Members put straight into ``core``, and the programme's marts built on them.

A member is a list of facts, each a tuple whose first part says what it is:

    ("order", at, key, amount)         ("refund", at, key or None, amount)
    ("points", at, type, points, order key or None, expires at or None)
    ("event", at)                      ("grant", tier, first day, last day or None)
    ("joined", at)                     from here on the facts are of a second record, linked then

Times are naive and in the business time zone, eight hours ahead of UTC; days are dates.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb

from dagster_project.build.dbt import Layer, build
from dagster_project.settings import DBT_PROJECT_DIR, Home, Settings
from tests.oracles.warehouse import plan

ZONE = timedelta(hours=8)
TABLES = """
create schema core; create schema rules; create schema marts;
create table core.dim_member (member_id varchar, first_seen_at timestamp);
create table core.member_identity (
    record_key varchar, member_id varchar, valid_from timestamp, linked_at timestamp);
create table core.fct_order (
    order_key varchar, channel varchar, member_id varchar, record_key varchar,
    ordered_at timestamp, ordered_on date, net_paid_amount decimal(18, 2),
    net_revenue decimal(18, 2), is_valid boolean);
create table core.fct_refund (
    refund_key varchar, order_key varchar, member_id varchar, record_key varchar,
    refunded_at timestamp, refunded_on date, amount decimal(18, 2));
create table core.fct_points_entry (
    points_entry_key varchar, channel varchar, member_id varchar, record_key varchar,
    order_key varchar, order_id varchar, entry_type varchar, reason varchar, occurred_at timestamp,
    occurred_on date, expires_at timestamp, points decimal(18, 2));
create table core.fct_event (
    member_id varchar, record_key varchar, occurred_at timestamp, occurred_on date);
create table core.fct_tier_grant (
    member_id varchar, tier_code varchar, starts_on date, ends_on date);
"""
Members = Mapping[str, tuple[datetime, Sequence[tuple]]]


def utc(at: datetime | None) -> datetime | None:
    """A time of the business time zone as UTC."""
    return at - ZONE if at else None


def rule_rows(seed: str) -> list[dict[str, str | None]]:
    """The rows of a rule file as it ships."""
    path = DBT_PROJECT_DIR / "seeds" / "rules" / f"{seed}.csv"
    with path.open(encoding="utf-8") as stream:
        return [{k: v or None for k, v in row.items()} for row in csv.DictReader(stream)]


class ProgrammeWorld:
    """A database with members in core and rule files, ready for the models of a folder."""

    def __init__(self, folder: Path, as_of: date):
        self.home, self.as_of = Home(folder), as_of
        self.home.next_database.parent.mkdir(parents=True)
        with self.connect() as con:
            con.execute(TABLES)

    def connect(self) -> duckdb.DuckDBPyConnection:
        """A connection that writes; close it before a build."""
        return duckdb.connect(str(self.home.next_database))

    def query(self, sql: str) -> list[tuple]:
        """All rows of a query."""
        with self.connect() as con:
            return con.execute(sql).fetchall()

    def set_rules(self, seed: str, columns: Mapping[str, str], rows: Iterable[Mapping]) -> None:
        """Write a rule file's rows as dbt would seed them; ``columns``: name -> type."""
        with self.connect() as con:
            names = ", ".join(f"{name} {kind}" for name, kind in columns.items())
            con.execute(f"create or replace table rules.{seed} ({names})")
            places = ", ".join("?" for _ in columns)
            for row in rows:
                con.execute(
                    f"insert into rules.{seed} values ({places})", [row.get(n) for n in columns]
                )

    def add(self, members: Members) -> None:
        """Members: id -> (first seen, facts)."""
        tables: dict[str, list[list]] = {}
        for member, (first_seen, facts) in members.items():
            _collect(tables, member, first_seen, [f for f in facts if self._is_past(f)])
        with self.connect() as con:
            for table, rows in tables.items():
                path = self.home.root / f"{table}.csv"
                with path.open("w", encoding="utf-8", newline="") as stream:
                    csv.writer(stream).writerows(rows)
                con.execute(f"copy core.{table} from '{path}' (header false, null '')")

    def _is_past(self, fact: tuple) -> bool:
        """Core holds nothing after as_of."""
        begins = fact[2] if fact[0] == "grant" else fact[1].date()
        return begins <= self.as_of

    def build(self, *select: str) -> None:
        """Build and test models; the rules are taken as they were set. No months are built."""
        build(self.home, Settings(), plan(self.as_of), Layer(select, ("points_months_close",)))


def _collect(tables: dict, member: str, first_seen: datetime, facts: Sequence[tuple]) -> None:
    def add(table: str, *row: object) -> None:
        tables.setdefault(table, []).append([*row])

    record = f"{member}:1"
    add("dim_member", member, utc(first_seen))
    add("member_identity", record, member, utc(first_seen), "")
    for number, (kind, *rest) in enumerate(facts):
        key = f"{member}:{number}"
        if kind == "grant":
            add("fct_tier_grant", member, rest[0], rest[1], rest[2] or "")
            continue
        at = rest[0]
        if kind == "joined":
            record = f"{member}:2"
            add("member_identity", record, member, utc(at), utc(at))
        elif kind == "order":
            order, paid = f"{member}:{rest[1]}", rest[2]
            add("fct_order", order, "shop", member, record, utc(at), at.date(), paid, paid, True)
        elif kind == "refund":
            order = f"{member}:{rest[1]}" if rest[1] else ""
            add("fct_refund", key, order, member, record, utc(at), at.date(), rest[2])
        elif kind == "event":
            add("fct_event", member, record, utc(at), at.date())
        else:
            order = f"{member}:{rest[3]}" if rest[3] else ""
            add("fct_points_entry", rest[5] if len(rest) > 5 else key, "shop", member, record,
                order, rest[3] or "", rest[1], "", utc(at), at.date(), utc(rest[4]) or "",
                rest[2])  # fmt: skip
