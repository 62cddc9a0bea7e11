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
SAME_IN_ALL_ROUNDS = {
    "__splink__blocked_id_pairs",
    "__splink__df_comparison_vectors",
    "__splink__agreement_pattern_counts",
}
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
    from splink import DuckDBAPI

    return _linker_over(DuckDBAPI(connection=con).register(table), settings)


def _linker_over(table: Any, settings: Any) -> Linker:
    from splink import Linker

    return Linker(table, settings, validate_settings=False, log_level="ERROR")


def _remembering(con: duckdb.DuckDBPyConnection) -> Any:
    """Splink's engine, but pairs and how they compare are worked out once for all rounds."""
    from splink import DuckDBAPI

    class Remembering(DuckDBAPI):
        def __init__(self) -> None:
            super().__init__(connection=con)
            self._worked_out: dict[str, Any] = {}

        def _execute_sql(self, sql: str, output_tablename_templated: str) -> Any:
            if output_tablename_templated not in SAME_IN_ALL_ROUNDS:
                return super()._execute_sql(sql, output_tablename_templated)
            if sql not in self._worked_out:
                self._worked_out[sql] = super()._execute_sql(sql, output_tablename_templated)
            return self._worked_out[sql]

    return Remembering()


def train(con: duckdb.DuckDBPyConnection, training: Training) -> dict[str, Any]:
    """The model, trained on view ``known``: Splink's settings with their parameters.

    u from all pairs of a sample (the records with the smallest keys of a hash: the same ones
    whatever the order), the prior from what exact keys find, m by expectation maximisation.
    """
    logging.getLogger("splink").setLevel(logging.ERROR)
    persons = con.execute("select count(*) from known").fetchall()[0][0]
    model = _started(con, training, persons)
    known = _remembering(con).register("known")
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
                linker = _linker_over(known, _with_floor(model))
                linker.training.estimate_parameters_using_expectation_maximisation(
                    f"l.{column} = r.{column}",
                    estimate_without_term_frequencies=True,
                    max_pairs=limit,
                )
                model = linker.misc.save_model_to_json()
    return _with_floor(model)


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


def _with_floor(model: dict[str, Any]) -> dict[str, Any]:
    for comparison in model["comparisons"]:
        for level in comparison["comparison_levels"]:
            if level.get("m_probability") is not None:
                level["m_probability"] = max(level["m_probability"], LEAST_M)
    return model


def score(con: duckdb.DuckDBPyConnection, model: dict[str, Any], pairs: pa.Table) -> pa.Table:
    """The probability of each pair, rounded to six digits, and its level per comparison.

    Args:
        con: tables ``person``, ``frequency_canonical``, ``frequency_city``.
        pairs: ``left``, ``right``: record codes of table ``person``, each pair once.
    """
    logging.getLogger("splink").setLevel(logging.ERROR)
    linker = _linker(con, "person", model)
    api = linker._db_api
    for column in ("canonical", "city"):
        linker.table_management.register_term_frequency_lookup(
            api.register(f"frequency_{column}"), column
        )
    con.register("pairs", pairs)
    con.execute(
        """
        create or replace table blocked as
        select '0' as match_key, "left" as join_key_l, "right" as join_key_r from pairs
        """
    )
    con.unregister("pairs")
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
