"""One run of identity: from ``idn_record`` and ``idn_identifier`` to members."""

from __future__ import annotations

from concurrent.futures import Executor, ThreadPoolExecutor
from datetime import date
from importlib import import_module
from pathlib import Path

import duckdb

from dagster_project.identity.changes import find_changes
from dagster_project.identity.decide import Run, resolve_all, resolve_touched
from dagster_project.identity.evidence import store_junk
from dagster_project.identity.fuzzy import Model
from dagster_project.identity.ids import assign_ids
from dagster_project.identity.junk import junk_tokens
from dagster_project.identity.kept import base_of, can_continue, keep
from dagster_project.identity.likely import write_review
from dagster_project.identity.personal import NoValues, PersonalValues
from dagster_project.identity.policy import read_match_rules, read_policy, store_policy
from dagster_project.identity.register import (
    load_register,
    load_touched,
    next_register,
    resolve_register,
)
from dagster_project.identity.report import IdentityReport, write_report
from dagster_project.identity.tables import remember_previous, write_tables
from dagster_project.privacy import Keys
from dagster_project.settings import Settings

# What takes long to load and is needed late.
LATE = ("splink", "pypinyin")


def engine_config(settings: Settings) -> dict[str, str | int]:
    """DuckDB's configuration for the identity step."""
    return {"threads": settings.threads, "memory_limit": settings.memory_limit}


def resolve_identity(  # noqa: PLR0913, PLR0917 (one call, in the asset)
    database: Path,
    register: Path,
    keys: Keys,
    as_of: date,
    values: PersonalValues | None = None,
    settings: Settings | None = None,
) -> IdentityReport:
    """Decide which records are one member, and write the tables of schema ``identity``.

    Reads identity.idn_record, idn_identifier, idn_person, idn_person_version and the rules; writes
    idn_member_record, idn_link, idn_held, idn_review, idn_changed_record, idn_report, idn_register
    and what the next run may go on from (``kept``) in one transaction; closes the connection.

    Args:
        database: the work database; nobody else has it open.
        register: the register file; need not exist. It is read, not written.
        keys: the home's keys: for the tokens of junk values and for new ids.
        as_of: the day whose rules hold.
        values: where names can be read (None: names are compared by token alone).
        settings: threads and memory of the engine.

    Raises:
        PolicyError: the rules cannot be followed.
    """
    settings = settings or Settings()
    with (
        ThreadPoolExecutor(max_workers=1) as aside,
        duckdb.connect(str(database), config=engine_config(settings)) as con,
    ):
        aside.submit(lambda: [import_module(name) for name in LATE])
        run = _prepared(con, keys, as_of, values or NoValues(), aside)
        touched = resolve_touched(con, run) if can_continue(con, run.base, register) else None
        is_part, model = touched is not None, touched or resolve_all(con, run)
        forgotten = aside.submit(run.values.forget)  # after a training that nobody waited for
        _name_members(con, keys, register, is_part=is_part)
        report = _written(con, run, model, is_part=is_part)
        forgotten.result()
        return report


def _name_members(
    con: duckdb.DuckDBPyConnection, keys: Keys, register: Path, *, is_part: bool
) -> None:
    remember_previous(con, is_part=is_part)
    load_touched(con) if is_part else load_register(con, register)
    assign_ids(con, keys.derive("member-id"), is_part=is_part)
    resolve_register(con)
    find_changes(con)


def _written(
    con: duckdb.DuckDBPyConnection, run: Run, model: Model, *, is_part: bool
) -> IdentityReport:
    con.begin()
    write_tables(con, is_part=is_part)
    next_register(con, run.as_of, is_part=is_part)
    keep(con, run.base, model, is_part=is_part)
    write_review(con)
    report = write_report(con, is_part=is_part)
    con.commit()
    return report


def _prepared(
    con: duckdb.DuckDBPyConnection, keys: Keys, as_of: date, values: PersonalValues,
    aside: Executor,
) -> Run:  # fmt: skip
    policy, rules = read_policy(con, as_of), read_match_rules(con, as_of)
    store_policy(con, policy)
    store_junk(con, junk_tokens(con, keys))
    base = base_of(con, keys, f"{rules} {type(values).__name__}")
    return Run(policy, rules, values, keys, as_of, base, aside)
