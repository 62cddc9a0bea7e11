"""The clusters of all records, or of those that what is new can reach."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import date

import duckdb
import pyarrow as pa

from dagster_project.identity.arrays import load_evidence
from dagster_project.identity.evidence import build_evidence
from dagster_project.identity.faces import count_common, load_faces
from dagster_project.identity.fuzzy import MatchRules, Model, ModelChanged, find_likely
from dagster_project.identity.kept import forget, kept_model, store_parts
from dagster_project.identity.known import (
    known_still,
    load_everybody,
    load_known,
    load_statements,
    too_few,
)
from dagster_project.identity.likely import join_likely
from dagster_project.identity.opinions import People
from dagster_project.identity.partition import partition
from dagster_project.identity.people import load_people, read_forms, store_forms, unread_names
from dagster_project.identity.personal import PersonalValues
from dagster_project.identity.policy import Policy
from dagster_project.identity.scope import decide_all, decide_within
from dagster_project.identity.tables import store_partition
from dagster_project.identity.touched import LINKED_OUTSIDE, find_touched, passed_limits, reach
from dagster_project.identity.training import Training
from dagster_project.privacy import Keys

# From this share of the records on, deciding over all of them is less work.
MOST_TOUCHED = 0.3


@dataclass(frozen=True)
class Run:
    """What one run decides by; ``base`` is all of it as a hash. ``aside``: what Python does alone
    is done there, while the database works."""

    policy: Policy
    rules: MatchRules
    values: PersonalValues
    keys: Keys
    as_of: date
    base: str
    aside: Executor

    def forms(self, unread: pa.Table) -> pa.Table:
        """Read names (``people.read_forms``)."""
        return read_forms(self.values, self.keys, unread)

    def training(self, con: duckdb.DuckDBPyConnection) -> Training:
        """Begin to train the model on ``known_face``."""
        return Training(con, self.values, self.rules, self.aside)


def resolve_all(con: duckdb.DuckDBPyConnection, run: Run) -> Model:
    """The clusters of all records, as ``ev_cluster`` and ``ev_outcome``."""
    forget(con)
    load_statements(con, run.as_of)
    names = run.aside.submit(run.forms, unread_names(con, "known_statement"))
    decide_all(con)
    build_evidence(con, is_part=False)
    store_forms(con, names.result())
    least = run.rules.min_records
    known = load_known(con, run.as_of, least)
    training = run.training(con) if known else None
    people = _laid(con, run, is_part=False)
    if nobody := too_few(con, least):
        model = Model(nobody)
    else:
        known = known or load_everybody(con, run.as_of)
        model = Model(known, training=training or run.training(con))
    _count_common(con, run, model)
    _decide(con, run, people, model)
    return model


def resolve_touched(con: duckdb.DuckDBPyConnection, run: Run) -> Model | None:
    """The same for the records that what is new can reach; None where that is not less work."""
    store_forms(con, run.forms(unread_names(con)))
    model = kept_model(con)
    most = MOST_TOUCHED * con.execute("select count(*) from identity.idn_record").fetchall()[0][0]
    touched, is_first = find_touched(con), True
    while touched <= most:
        decide_within(con)
        build_evidence(con, is_part=True)
        people = _laid(con, run, is_part=True)
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


def _laid(con: duckdb.DuckDBPyConnection, run: Run, *, is_part: bool) -> People:
    """Who the records to decide say they are, as ``ev_`` tables."""
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
