"""One run of identity: from ``idn_record`` and ``idn_identifier`` to members."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from dagster_project.identity.arrays import load_evidence
from dagster_project.identity.changes import find_changes
from dagster_project.identity.evidence import build_evidence, store_junk
from dagster_project.identity.faces import count_common, load_faces
from dagster_project.identity.fuzzy import MatchRules, Model, ModelChanged, find_likely
from dagster_project.identity.ids import assign_ids
from dagster_project.identity.junk import junk_tokens
from dagster_project.identity.kept import (
    base_of,
    can_continue,
    forget,
    keep,
    kept_model,
    store_parts,
)
from dagster_project.identity.known import known_still, load_known, load_statements
from dagster_project.identity.likely import join_likely, write_review
from dagster_project.identity.opinions import People
from dagster_project.identity.partition import partition
from dagster_project.identity.people import load_people, read_names
from dagster_project.identity.personal import NoValues, PersonalValues
from dagster_project.identity.policy import Policy, read_match_rules, read_policy, store_policy
from dagster_project.identity.register import (
    load_register,
    load_touched,
    next_register,
    resolve_register,
)
from dagster_project.identity.report import IdentityReport, write_report
from dagster_project.identity.scope import decide_all, decide_within
from dagster_project.identity.tables import remember_previous, store_partition, write_tables
from dagster_project.identity.touched import LINKED_OUTSIDE, find_touched, passed_limits, reach
from dagster_project.privacy import Keys
from dagster_project.settings import Settings

# From this share of the records on, deciding over all of them is less work.
MOST_TOUCHED = 0.3


def engine_config(settings: Settings) -> dict[str, str | int]:
    """DuckDB's configuration for the identity step."""
    return {"threads": settings.threads, "memory_limit": settings.memory_limit}


@dataclass(frozen=True)
class Run:
    """What one run decides by; ``base`` is all of it as a hash."""

    policy: Policy
    rules: MatchRules
    values: PersonalValues
    keys: Keys
    as_of: date
    base: str


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
    with duckdb.connect(str(database), config=engine_config(settings or Settings())) as con:
        run = _prepared(con, keys, as_of, values or NoValues())
        touched = _decide_touched(con, run) if can_continue(con, run.base, register) else None
        is_part, model = touched is not None, touched or _decide_all(con, run)
        run.values.forget()
        _name_members(con, keys, register, is_part=is_part)
        con.begin()
        write_tables(con, is_part=is_part)
        next_register(con, as_of, is_part=is_part)
        keep(con, run.base, model, is_part=is_part)
        write_review(con)
        report = write_report(con, is_part=is_part)
        con.commit()
    return report


def _name_members(
    con: duckdb.DuckDBPyConnection, keys: Keys, register: Path, *, is_part: bool
) -> None:
    remember_previous(con, is_part=is_part)
    load_touched(con) if is_part else load_register(con, register)
    assign_ids(con, keys.derive("member-id"), is_part=is_part)
    resolve_register(con)
    find_changes(con)


def _prepared(
    con: duckdb.DuckDBPyConnection, keys: Keys, as_of: date, values: PersonalValues
) -> Run:
    policy, rules = read_policy(con, as_of), read_match_rules(con, as_of)
    store_policy(con, policy)
    store_junk(con, junk_tokens(con, keys))
    read_names(con, values, keys)
    base = base_of(con, keys, f"{rules} {type(values).__name__}")
    return Run(policy, rules, values, keys, as_of, base)


def _decide_all(con: duckdb.DuckDBPyConnection, run: Run) -> Model:
    """The clusters of all records, as ``ev_cluster`` and ``ev_outcome``."""
    forget(con)
    load_statements(con, run.as_of)
    read_names(con, run.values, run.keys, "known_statement")
    people = _shown(con, run, is_part=False)
    model = Model(load_known(con, run.as_of, run.rules.min_records))
    _count_common(con, run, model)
    _decide(con, run, people, model)
    return model


def _decide_touched(con: duckdb.DuckDBPyConnection, run: Run) -> Model | None:
    """The same for the records that what is new can reach; None where that is not less work."""
    model = kept_model(con)
    most = MOST_TOUCHED * con.execute("select count(*) from identity.idn_record").fetchall()[0][0]
    touched, is_first = find_touched(con), True
    while touched <= most:
        people = _shown(con, run, is_part=True)
        if is_first:
            if not _holds(con, run, model):
                return None
            _count_common(con, run, model)
        # what records state is the same in the next round: so are the limits it passes
        grown, is_first = is_first and reach(con, passed_limits(run.rules.max_block)), False
        if not grown:
            try:
                _decide(con, run, people, model)
            except ModelChanged:
                return None
            if not reach(con, LINKED_OUTSIDE):
                return model
        touched = con.execute("select count(*) from scope_record").fetchall()[0][0]
    return None


def _shown(con: duckdb.DuckDBPyConnection, run: Run, *, is_part: bool) -> People:
    """The evidence of the records to decide, as ``ev_`` tables."""
    decide_within(con) if is_part else decide_all(con)
    build_evidence(con)
    people = load_people(con, run.values, run.rules.near_name)
    load_faces(con, is_part=is_part)
    return people


def _holds(con: duckdb.DuckDBPyConnection, run: Run, model: Model) -> bool:
    """Whether a run over all would learn from those the kept model is of."""
    known = known_still(con, run.as_of, run.rules.min_records, model.known)
    if known.print != model.known.print:
        return False
    model.known = known
    return True


def _count_common(con: duckdb.DuckDBPyConnection, run: Run, model: Model) -> None:
    """What so many show that it proves nothing."""
    share = run.rules.max_same_birth * model.known.records
    count_common(con, max(share, run.rules.max_namesakes))


def _decide(con: duckdb.DuckDBPyConnection, run: Run, people: People, model: Model) -> None:
    evidence, edges = load_evidence(con, run.policy, people)
    found = partition(evidence)
    con.execute("drop table ev_person")  # what follows compares faces
    del evidence
    likely = find_likely(con, run.values, run.rules, found.labels, model)
    joined = join_likely(found, likely, run.policy.max_size, run.rules.exact_probability)
    store_partition(con, found, edges, joined)
    store_parts(con, found.labels.size)
