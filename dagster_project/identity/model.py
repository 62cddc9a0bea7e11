"""The probabilistic model of who is who: Splink, trained on the very records it compares.

Fellegi and Sunter (1969) with parameters by expectation maximisation. The engine is a DuckDB in
memory that may not spill; nothing but probabilities and levels of comparison leaves this module.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa

from dagster_project.identity.comparisons import chances, comparisons
from dagster_project.identity.fuzzy import PAIR_COLUMNS

if TYPE_CHECKING:
    from splink import Linker, SettingsCreator

# Each session learns what it does not block on, and the later one's word counts; a session
# without pairs is left out, and one whose blocks are so large that matches drown in them.
SESSIONS = ("phone", "card_no", "postcode", "birth_date", "canonical")
# The share of a level that no match shows is squared in every iteration and would underflow: after
# a few iterations it is lifted to a floor, and the next round goes on from there.
ITERATIONS, ROUNDS = 3, 3
LEAST_M = 0.0005  # people move, marry and mistype: nothing a match shows is impossible
MIN_PAIRS, MAX_PAIRS_A_RECORD = 100, 10
# Pairs that are one person, as far as exact keys tell: how many there are of them at least.
CERTAIN = (
    "l.canonical = r.canonical and l.birth_date = r.birth_date",
    "l.card_no = r.card_no",
    "l.phone = r.phone and l.canonical = r.canonical",
)


@dataclass(frozen=True)
class Training:
    """How the model is trained: rows of identity_match_rules.csv."""

    records: int
    pairs: int
    known_share: float


def _settings(chance: dict[str, float]) -> SettingsCreator:
    from splink import SettingsCreator, block_on

    return SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="record",
        comparisons=comparisons(chance),
        blocking_rules_to_generate_predictions=[block_on("canonical", "birth_date")],
        max_iterations=ITERATIONS,
        retain_intermediate_calculation_columns=False,
        retain_matching_columns=True,
    )


def _linker(con: duckdb.DuckDBPyConnection, table: str, settings: Any) -> Linker:
    from splink import DuckDBAPI, Linker

    api = DuckDBAPI(connection=con)
    return Linker(api.register(table), settings, validate_settings=False, log_level="ERROR")


def trained(con: duckdb.DuckDBPyConnection, training: Training) -> Linker:
    """A linker over table ``person``, trained on those of it that are ``known``.

    u from all pairs of a sample (the records with the smallest keys of a hash: the same ones
    whatever the order), the prior from what exact keys find, m by expectation maximisation.
    """
    logging.getLogger("splink").setLevel(logging.ERROR)
    persons = con.execute("select count(*) from known").fetchall()[0][0]
    model = _started(con, training, persons)
    for column in SESSIONS:
        pairs = con.execute(
            f"""
            select coalesce(sum(n * (n - 1) / 2), 0)
            from (select count(*) as n from known where {column} is not null group by {column})
            """
        ).fetchall()[0][0]
        if MIN_PAIRS <= pairs <= MAX_PAIRS_A_RECORD * persons:
            limit = training.pairs if pairs > training.pairs else None
            for _ in range(ROUNDS):
                linker = _linker(con, "known", _with_floor(model))
                linker.training.estimate_parameters_using_expectation_maximisation(
                    f"l.{column} = r.{column}",
                    estimate_without_term_frequencies=True,
                    max_pairs=limit,
                )
                model = linker.misc.save_model_to_json()
    linker = _linker(con, "person", _with_floor(model))
    for column in ("canonical", "city"):
        _count_terms(con, linker, column)
    return linker


def _started(con: duckdb.DuckDBPyConnection, training: Training, persons: int) -> dict[str, Any]:
    """The model before m is estimated: u and the prior."""
    con.execute(
        f"""
        create or replace table person_sample as
        select * from known order by md5(record_key) limit {training.records}
        """
    )
    sample = _linker(con, "person_sample", _settings(chances(con)))
    sample.training.estimate_u_using_random_sampling(
        max_pairs=training.records**2, min_count_per_level=None, num_chunks=1
    )
    linker = _linker(con, "known", sample.misc.save_model_to_json())
    linker.training.estimate_probability_two_random_records_match(
        list(CERTAIN), recall=training.known_share
    )
    model = linker.misc.save_model_to_json()
    prior = "probability_two_random_records_match"
    # where exact keys find nobody twice: at least one pair among all
    model[prior] = max(model[prior], 2 / (persons * (persons - 1)))
    return model


def _count_terms(con: duckdb.DuckDBPyConnection, linker: Linker, column: str) -> None:
    """How frequent each term is among the known; one that is new counts as seen once."""
    con.execute(
        f"""
        create or replace table frequency_{column} as
        select {column}, greatest(count(*) filter (where is_old), 1) / greatest(
            (select count(*) from known where {column} is not null), 1) as tf_{column}
        from (
            select {column}, false as is_old from person
            union all select {column}, true as is_old from known
        )
        where {column} is not null group by {column}
        """
    )
    linker.table_management.register_term_frequency_lookup(
        linker._db_api.register(f"frequency_{column}"), column
    )


def _with_floor(model: dict[str, Any]) -> dict[str, Any]:
    for comparison in model["comparisons"]:
        for level in comparison["comparison_levels"]:
            if level.get("m_probability") is not None:
                level["m_probability"] = max(level["m_probability"], LEAST_M)
    return model


def score(con: duckdb.DuckDBPyConnection, linker: Linker, pairs: pa.Table) -> pa.Table:
    """The probability of each pair, rounded to six digits, and its level per comparison.

    Args:
        pairs: ``left``, ``right``: record codes of table ``person``, each pair once.
    """
    con.register("pairs", pairs)
    con.execute(
        """
        create or replace table blocked as
        select '0' as match_key, "left" as join_key_l, "right" as join_key_r from pairs
        """
    )
    con.unregister("pairs")
    api = linker._db_api
    linker.table_management.register_blocked_pairs_for_predict(api.register("blocked"))
    found = linker.inference.predict(warning_mode="never").physical_name
    levels = ", ".join(f"cast(gamma_{name} as tinyint) as {name}" for name in PAIR_COLUMNS)
    return con.sql(
        f"""
        select record_l as "left", record_r as "right",
            round(match_probability, 6) as probability, {levels}
        from {found} order by record_l, record_r
        """
    ).to_arrow_table()
