"""A scratch warehouse: rows put straight into ``raw`` or ``core``, and the models built on them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb

from dagster_project.build.clock import end_of_day
from dagster_project.build.dbt import Layer, build
from dagster_project.build.plan import BuildPlan
from dagster_project.ingest.relations import create_raw_relations
from dagster_project.scores import FITS, run_fit
from dagster_project.settings import Home, Settings
from tests.pipeline.support import without_data_tests

LATER = ("path:models/scores", "path:models/marts", "path:models/ops")
CONFORM = Layer(
    ("resource_type:seed", "path:models/staging", "path:models/conformed", "path:models/identity"),
    ("path:models/core", *LATER),
)
CORE = Layer(("path:models/core",), LATER)
SCORES = Layer(("path:models/scores",), ("path:models/marts", "path:models/ops"))
# Marts of later folders are excluded with the tests that look at them.
VALUE = Layer(
    ("path:models/marts/value",),
    tuple(
        f"path:models/{folder}"
        for folder in (
            "ops", "marts/lifecycle", "marts/programme", "marts/voice", "marts/mining",
            "marts/marketing", "marts/profile", "marts/activation", "marts/monitor",
        )
    ),
)  # fmt: skip
IDENTITY = """
    create or replace table identity.idn_member_record as
    select record_key, member_id, 'single' as link_rule, cast(1 as double) as link_probability,
        cast(null as timestamp) as linked_at
    from identity.idn_record inner join members using (record_key)"""


class Built:
    """The database of a home's last run, to read."""

    def __init__(self, home: Home):
        self.home = home

    def connect(self) -> duckdb.DuckDBPyConnection:
        """A connection that reads."""
        return duckdb.connect(str(self.home.state_database), read_only=True)

    def query(self, sql: str) -> list[tuple]:
        """All rows of a query."""
        with self.connect() as con:
            return con.execute(sql).fetchall()


class Scratch(Built):
    """A home whose database is filled by hand instead of from files."""

    def __init__(self, folder: Path):
        super().__init__(Home(folder))
        self.home.next_database.parent.mkdir(parents=True)
        with self.connect() as con:
            create_raw_relations(con, self.home, None)
            con.execute("create schema identity")
            con.execute(
                "create table identity.idn_member_record (record_key varchar, member_id varchar, "
                "link_rule varchar, link_probability double, linked_at timestamp)"
            )

    def connect(self) -> duckdb.DuckDBPyConnection:
        """A connection that writes; close it before the next build."""
        return duckdb.connect(str(self.home.next_database))

    def _table(self, con: duckdb.DuckDBPyConnection, relation: str) -> str:
        """The raw relation as a table that can be filled; it begins as an empty view."""
        if con.execute(
            "select 1 from duckdb_views() where schema_name = 'raw' and view_name = ?", [relation]
        ).fetchall():
            con.execute(f"create table raw.filled as select * from raw.{relation}")
            con.execute(f"drop view raw.{relation}")
            con.execute(f"alter table raw.filled rename to {relation}")
        return f"raw.{relation}"

    def deliver(self, entity: str, rows: Iterable[Mapping[str, Any]]) -> None:
        """Append rows of the landing contract to what staging will show, as channel ``shop``."""
        with self.connect() as con:
            table = self._table(con, f"contract__{entity}")
            for number, row in enumerate(rows, 1):
                whole = {
                    "channel": "shop", "batch_id": "b0",
                    "delivered_at": datetime(2030, 1, 1),
                    "delivery_file": f"{entity}.csv", "file_row": number, **row,
                }  # fmt: skip
                places = ", ".join("?" for _ in whole)
                con.execute(
                    f"insert into {table} ({', '.join(whole)}) values ({places})",
                    list(whole.values()),
                )

    def fill(self, relation: str, query: str, *values: Any) -> None:
        """Put the rows of a query, with the delivery columns, into a raw relation by name."""
        with self.connect() as con:
            table = self._table(con, relation)
            con.execute(f"insert into {table} by name {query}", list(values))

    def build(self, as_of: date, layer: Layer) -> None:
        """Build a layer as of a day; what tests its data are those who call."""
        with without_data_tests():
            build(self.home, Settings(), plan(as_of), layer)

    def resolve(self, member_of: Callable[[str], str]) -> None:
        """Stand in for identity resolution: every record to the member a function names."""
        with self.connect() as con:
            before = dict(
                con.execute(
                    "select record_key, member_id from identity.idn_member_record"
                ).fetchall()
            )
            keys = [key for (key,) in con.execute(
                "select record_key from identity.idn_record").fetchall()]  # fmt: skip
            con.execute("create temp table members (record_key varchar, member_id varchar)")
            changed = []
            for key in keys:
                con.execute("insert into members values (?, ?)", [key, member_of(key)])
                if before.get(key) != member_of(key):
                    changed.append(key)
            con.execute(IDENTITY)
            con.execute("create or replace table identity.idn_changed_record (record_key varchar)")
            for key in changed:
                con.execute("insert into identity.idn_changed_record values (?)", [key])

    def refresh(self, as_of: date, member_of: Callable[[str], str] = str) -> None:
        """Conformed, identity and core as of a day."""
        self.build(as_of, CONFORM)
        self.resolve(member_of)
        self.build(as_of, CORE)

    def score(self, as_of: date, *names: str) -> None:
        """The inputs of all fits, and the named fits in their order."""
        self.build(as_of, SCORES)
        for fit in FITS:
            if fit.name in names:
                run_fit(self.home.next_database, fit, as_of)

    def value(self, as_of: date) -> None:
        """The inputs of the CLV fit, the fit, and the value marts."""
        self.score(as_of, "clv")
        self.build(as_of, VALUE)


def plan(as_of: date) -> BuildPlan:
    return BuildPlan(
        run_id="scratch", delivered_at=datetime(2030, 1, 1), as_of=as_of,
        as_of_end=end_of_day(as_of, Settings()), fingerprint="", mode="", reason="",
        make_current=False, batches=(), open_batches=(), new_batches=(),
    )  # fmt: skip
