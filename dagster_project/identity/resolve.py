"""One run of identity: from ``idn_record`` and ``idn_identifier`` to members."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb

from dagster_project.identity.arrays import load_evidence
from dagster_project.identity.changes import find_changes
from dagster_project.identity.evidence import build_evidence
from dagster_project.identity.fuzzy import Likely, find_likely
from dagster_project.identity.ids import assign_ids
from dagster_project.identity.junk import junk_tokens
from dagster_project.identity.likely import join_likely, write_review
from dagster_project.identity.partition import partition
from dagster_project.identity.people import load_people
from dagster_project.identity.personal import NoValues, PersonalValues
from dagster_project.identity.policy import read_match_rules, read_policy, store_policy
from dagster_project.identity.register import load_register, next_register, resolve_register
from dagster_project.identity.report import IdentityReport, write_report
from dagster_project.identity.tables import remember_previous, store_partition, write_tables
from dagster_project.privacy import Keys
from dagster_project.settings import Settings


def engine_config(settings: Settings) -> dict[str, str | int]:
    """DuckDB's configuration for the identity step."""
    config: dict[str, str | int] = {"threads": settings.threads}
    return config | ({"memory_limit": settings.memory_limit} if settings.memory_limit else {})


def resolve_identity(  # noqa: PLR0913, PLR0917 (one call, in the asset)
    database: Path,
    register: Path,
    keys: Keys,
    as_of: date,
    values: PersonalValues | None = None,
    settings: Settings | None = None,
) -> IdentityReport:
    """Decide which records are one member, and write the tables of schema ``identity``.

    Reads identity.idn_record, idn_identifier, idn_person and the rules; writes idn_member_record,
    idn_link, idn_held, idn_review, idn_changed_record, idn_report and idn_register in one
    transaction. The connection is closed on return.

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
    with duckdb.connect(str(database), config=engine_config(settings or Settings())) as con:
        remember_previous(con)
        load_register(con, register)
        likely = _decide(con, keys, as_of, values or NoValues())
        assign_ids(con, keys.derive("member-id"))
        resolve_register(con)
        find_changes(con)
        con.begin()
        write_tables(con)
        next_register(con, as_of)
        write_review(con, likely)
        report = write_report(con)
        con.commit()
    return report


def _decide(
    con: duckdb.DuckDBPyConnection, keys: Keys, as_of: date, values: PersonalValues
) -> Likely:
    """The clusters, as ``ev_cluster`` and ``ev_outcome``; returns what is only likely."""
    policy, rules = read_policy(con, as_of), read_match_rules(con, as_of)
    store_policy(con, policy)
    build_evidence(con, junk_tokens(con, keys))
    people = load_people(con, values, keys, rules.near_name)
    evidence, edges = load_evidence(con, policy, people)
    found = partition(evidence)
    likely = find_likely(con, values, rules, found.labels, as_of)
    joined = join_likely(found, likely, policy.max_size, rules.exact_probability)
    store_partition(con, found, edges, joined)
    return likely
