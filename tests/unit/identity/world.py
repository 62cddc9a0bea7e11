"""A little world for identity: records with identifiers, written as the database dbt would build.

Tokens are plain words here (``U1``): identity compares them and never reads them.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Container
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from dagster_project.identity import IdentityReport, resolve_identity, write_register
from dagster_project.privacy import Keys
from dagster_project.settings import DBT_PROJECT_DIR

SEEDS = DBT_PROJECT_DIR / "seeds"
KEYS = Keys(b"\x11" * 32)
AS_OF = date(2026, 6, 30)
START = datetime(2026, 1, 1)
SEAL = "token of "

SCHEMA = """
create schema if not exists identity;
create schema if not exists rules;
create or replace table identity.idn_record (record_key varchar, channel varchar,
    customer_id varchar, record_type varchar, first_seen_at timestamp, last_seen_at timestamp);
create or replace table identity.idn_identifier (record_key varchar, identifier_type varchar,
    token varchar, is_own boolean, is_verified boolean, first_seen_at timestamp,
    last_seen_at timestamp, sightings bigint);
create or replace table rules.identity_junk as
    select * from read_csv('{seeds}/rules/identity_junk.csv', all_varchar = true);
create or replace table rules.identity_rules as
    select * from read_csv('{seeds}/rules/identity_rules.csv', types = {{'valid_to': 'date'}});
create or replace table identity.idn_person (record_key varchar, name_token varchar,
    birth_date_token varchar, gender varchar, birth_year integer, province varchar, city varchar,
    district varchar, address_token varchar, postcode varchar, batch_id varchar, file_row bigint);
create or replace table identity.idn_person_version (record_key varchar, version_key varchar,
    stated_at timestamp, name_token varchar, birth_date_token varchar, gender varchar,
    city varchar, district varchar, address_token varchar, postcode varchar,
    card_no_token varchar, email_match_token varchar, phone_token varchar, batch_id varchar,
    file_row bigint);
create or replace table rules.identity_match_rules as
    select * from read_csv(
        '{seeds}/rules/identity_match_rules.csv', types = {{'valid_to': 'date'}});
create or replace table rules.identity_links (override_id varchar, action varchar,
    left_channel varchar, left_customer_id varchar, right_channel varchar,
    right_customer_id varchar, reason varchar, decided_at timestamp);
create or replace view identity.idn_override as select override_id, action,
    left_channel || ':' || left_customer_id as left_record_key,
    right_channel || ':' || right_customer_id as right_record_key, reason, decided_at
    from rules.identity_links;
"""


@dataclass
class Record:
    """A record seen first on a day, its own identifiers, and contacts as (type, token, times).

    ``until``: what it stated before as versions of itself; then ``since`` is the day of what it
    states now. ``last_seen``: the day, where it is a later one than the first. ``file_row``: where
    it was delivered last. ``version``: in the place of the day as the name of the version.
    """

    key: str
    day: int | None = 0
    own: dict[str, str] = field(default_factory=dict)
    contacts: list[tuple[str, str, int]] = field(default_factory=list)
    person: dict[str, str] = field(default_factory=dict)
    until: tuple[Record, ...] = ()
    since: int | None = None
    last_seen: int | None = None
    file_row: int = 1
    version: str | None = None

    @property
    def kind(self) -> str:
        return "guest" if ":guest:" in self.key else "customer"

    @property
    def seen(self) -> datetime | None:
        return _moment(self.day)

    def rows(self) -> list[list[object]]:
        stated = [(kind, token, True, 1) for kind, token in self.own.items()]
        seen = [(kind, token, False, times) for kind, token, times in self.contacts]
        return [
            [self.key, kind, token, is_own, False, self.seen, self.seen, times]
            for kind, token, is_own, times in stated + seen
        ]


PERSONAL = ("name", "birth_date", "gender", "city", "district", "address", "postcode")


def record(key: str, day: int | None = 0, **shown: str) -> Record:
    """A record; what it says of its person beside its identifiers."""
    person = {name: shown.pop(name) for name in PERSONAL if name in shown}
    return Record(key, day, shown, [], person)


class PlainValues:
    """Tokens of the little world are the values themselves, some after ``SEAL``; those of some rows
    cannot be read."""

    def __init__(self, sealed: Container[int] = ()) -> None:
        self._sealed = sealed

    def texts(self, kind: str, wanted: pa.Table) -> pa.Table:
        del kind
        readable = pa.array([row not in self._sealed for row in wanted["file_row"].to_pylist()])
        read = wanted.filter(readable.cast(pa.bool_()))
        texts = pc.replace_substring(read["token"], SEAL, "")
        return read.select(["record_key", "token"]).append_column("text", texts)

    def forget(self) -> None:
        """They are the tokens."""


def link(action: str, left: str, right: str, number: int = 1) -> list[object]:
    """A row of the overrides seed for two record keys."""
    ends = [part for key in (left, right) for part in key.split(":", 1)]
    return [f"o{number}", action, *ends, "test", datetime(2026, 3, 1)]


class World:
    """A folder with a work database and a register."""

    def __init__(self, folder: Path) -> None:
        self.database = folder / "next.duckdb"
        self.register = folder / "register" / "identity.parquet"
        self.report: IdentityReport | None = None

    def resolve(
        self,
        records: list[Record],
        overrides: list[list[object]] = (),
        seed: int | None = None,
        rules: str = "",
        *,
        as_of: date = AS_OF,
        sealed: Container[int] = (),
    ) -> dict[str, str]:
        """One run: write the inputs (shuffled by ``seed``), resolve, publish the register.

        ``rules`` is SQL that changes the seed; what was delivered in a ``sealed`` row cannot be
        read. Returns each record's member.
        """
        people = [
            [r.key, *r.key.split(":", 1), r.kind, r.seen, _moment(r.last_seen) or r.seen]
            for r in records
        ]
        shown = [row for r in records for row in r.rows()]
        if seed is not None:
            random.Random(seed).shuffle(people)
            random.Random(seed + 1).shuffle(shown)
        with duckdb.connect(str(self.database)) as con:
            con.execute(SCHEMA.format(seeds=SEEDS))
            con.execute(rules)
            self._insert(con, "identity.idn_record", people)
            self._insert(con, "identity.idn_identifier", shown)
            self._insert(con, "identity.idn_person", [_person(r) for r in records if r.person])
            stated = [version for one in records for version in (*one.until, one)]
            self._insert(
                con, "identity.idn_person_version", [_version(r) for r in stated if r.person]
            )
            self._insert(con, "rules.identity_links", list(overrides))
        self.report = resolve_identity(
            self.database, self.register, KEYS, as_of, values=PlainValues(sealed)
        )
        write_register(self.database, self.register)
        return dict(self.rows("select record_key, member_id from identity.idn_member_record"))

    @staticmethod
    def _insert(con: duckdb.DuckDBPyConnection, table: str, rows: list[list[object]]) -> None:
        if rows:
            marks = f"({', '.join('?' * len(rows[0]))})"
            values = ", ".join([marks] * len(rows))
            con.execute(f"insert into {table} values {values}", [c for row in rows for c in row])

    def rows(self, sql: str) -> list[tuple]:
        with duckdb.connect(str(self.database), read_only=True) as con:
            return con.execute(sql).fetchall()

    def registered(self) -> dict[str, str]:
        with duckdb.connect() as con:
            return dict(
                con.execute(
                    "select record_key, member_id from read_parquet(?) where valid_to is null",
                    [str(self.register)],
                ).fetchall()
            )


def _moment(day: int | None) -> datetime | None:
    return None if day is None else START + timedelta(days=day)


def _person(one: Record) -> list[object]:
    said = one.person
    birth = said.get("birth_date")
    return [
        one.key, said.get("name"), birth, said.get("gender"), birth and int(birth[:4]), None,
        said.get("city"), said.get("district"), said.get("address"), said.get("postcode"), "b",
        one.file_row,
    ]  # fmt: skip


def _version(one: Record) -> list[object]:
    said = one.person
    stated = _moment(one.day if one.since is None else one.since)
    version = str(stated) if one.version is None else one.version
    identifiers = [one.own.get(kind) for kind in ("card_no", "email", "phone")]
    return [
        one.key, f"{one.key}@{version}", stated, said.get("name"), said.get("birth_date"),
        said.get("gender"), said.get("city"), said.get("district"), said.get("address"),
        said.get("postcode"), *identifiers, "b", one.file_row,
    ]  # fmt: skip


def groups(members: dict[str, str]) -> set[frozenset[str]]:
    """The partition, without the names of its parts."""
    found: dict[str, set[str]] = defaultdict(set)
    for key, member in members.items():
        found[member].add(key)
    return {frozenset(keys) for keys in found.values()}


def split(text: str) -> set[frozenset[str]]:
    """``a:1 b:1 | c:1`` as a partition."""
    return {frozenset(part.split()) for part in text.split("|")}
