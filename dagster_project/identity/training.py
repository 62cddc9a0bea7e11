"""The probabilistic model of who is who is trained: Splink, on what records stated before.

Fellegi and Sunter (1969) with parameters by expectation maximisation. The engine is a DuckDB in
memory that may not spill.
"""

from __future__ import annotations

import logging
from concurrent.futures import Executor
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa

from dagster_project.identity.comparisons import comparisons
from dagster_project.identity.fuzzy import MatchRules
from dagster_project.identity.lessons import Lessons, lay_lessons
from dagster_project.identity.memory import open_memory
from dagster_project.identity.model import linker_of, linker_over, remembering
from dagster_project.identity.personal import PersonalValues
from dagster_project.identity.persons import lay_known

if TYPE_CHECKING:
    from splink import SettingsCreator

# The share of a level that no match shows is squared in every iteration and would underflow: after
# a few iterations it is lifted to a floor, and the next round goes on from there.
ITERATIONS, ROUNDS = 3, 3
MOST_PRIOR = 0.5
LEAST_M = 0.0005  # people move, marry and mistype: nothing a match shows is impossible
# Pairs that are one person, as far as exact keys tell: how many there are of them at least.
CERTAIN = (
    "l.canonical = r.canonical and l.birth_date = r.birth_date",
    "l.card_no = r.card_no",
    "l.phone = r.phone and l.canonical = r.canonical",
)

_UNREAD = """
insert into identity.idn_kept_unread
select record_key, batch_id, file_row, true from said
where record not in (select record from read)
"""


class Training:
    """A model that learns from ``known_face`` beside whatever the run does next."""

    def __init__(
        self, con: duckdb.DuckDBPyConnection, values: PersonalValues, rules: MatchRules,
        aside: Executor,
    ) -> None:  # fmt: skip
        self._lessons = lay_lessons(con, rules.training_records, rules.training_pairs)
        self._learnt = aside.submit(learn, self._lessons, values, rules)

    def settings(self, con: duckdb.DuckDBPyConnection) -> dict[str, Any] | None:
        """Wait for the model: Splink's settings with their parameters, None where hardly anybody
        can be read. Whom it wanted to learn from and could not read is in ``idn_kept_unread``."""
        settings, read = self._learnt.result()
        con.register("said", self._lessons.said)
        con.register("read", read)
        con.execute(_UNREAD)
        con.unregister("said")
        con.unregister("read")
        return settings


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


def learn(
    lessons: Lessons, values: PersonalValues, rules: MatchRules
) -> tuple[dict[str, Any] | None, pa.Table]:
    """Read the names of those the model learns from, and train it.

    Returns:
        the model, None where hardly anybody can be read; the records that were read.
    """
    con = open_memory(threads=1)
    try:
        lay_known(con, values, lessons.said)
        read = con.sql("select record from known").to_arrow_table()
        if con.execute("select count(*) from known where in_sample").fetchall()[0][0] < 2:
            return None, read
        return train(con, lessons, rules), read
    finally:
        con.close()


def train(con: duckdb.DuckDBPyConnection, lessons: Lessons, rules: MatchRules) -> dict[str, Any]:
    """The model: Splink's settings with their parameters.

    u from all pairs of a sample (the records with the smallest keys of a hash: the same ones
    whatever the order), the prior from what exact keys find, m by expectation maximisation.

    Args:
        con: table ``known``: those of ``lessons`` that are read, in plain text.
        rules: training_records and known_share count here.
    """
    logging.getLogger("splink").setLevel(logging.ERROR)
    model = _started(con, lessons, rules)
    known = remembering(con).register("known")
    for column in lessons.sessions:
        if _pairs(con, column):
            for _ in range(ROUNDS):
                linker = linker_over(known, _with_floor(model))
                linker.training.estimate_parameters_using_expectation_maximisation(
                    f"l.{column} = r.{column} and l.in_{column} and r.in_{column}",
                    estimate_without_term_frequencies=True,
                )
                model = linker.misc.save_model_to_json()
    del model["linker_uid"]  # by chance
    return _complete(_with_floor(model))


def _pairs(con: duckdb.DuckDBPyConnection, column: str) -> bool:
    """Whether any pair of a session could be read."""
    return bool(
        con.execute(
            f"select 1 from known where in_{column} and {column} is not null "
            f"group by {column} having count(*) > 1 limit 1"
        ).fetchall()
    )


def _started(con: duckdb.DuckDBPyConnection, lessons: Lessons, rules: MatchRules) -> dict[str, Any]:
    """The model before m is estimated: u and the prior."""
    con.execute("create table person_sample as from known where in_sample")
    sample = linker_of(con, "person_sample", _settings(lessons.chance))
    sample.training.estimate_u_using_random_sampling(
        max_pairs=rules.training_records**2, min_count_per_level=None, num_chunks=1
    )
    con.register("told", lessons.told)
    linker = linker_of(con, "told", sample.misc.save_model_to_json())
    linker.training.estimate_probability_two_random_records_match(
        list(CERTAIN), recall=rules.known_share
    )
    con.unregister("told")
    model = linker.misc.save_model_to_json()
    prior = "probability_two_random_records_match"
    # where exact keys find nobody twice: at least one pair among all; and never all of them
    records = lessons.told.num_rows
    least = 2 / (records * (records - 1))
    model[prior] = min(max(model[prior], least), MOST_PRIOR)
    return model


def _with_floor(model: dict[str, Any]) -> dict[str, Any]:
    for comparison in model["comparisons"]:
        for level in comparison["comparison_levels"]:
            if level.get("m_probability") is not None:
                level["m_probability"] = max(level["m_probability"], LEAST_M)
    return model


def _complete(model: dict[str, Any]) -> dict[str, Any]:
    """With the parameters Splink takes for a level that no pair of the training was at."""
    from splink import SettingsCreator

    taken = SettingsCreator.from_path_or_dict(model).get_settings("duckdb").comparisons
    for one, comparison in zip(model["comparisons"], taken, strict=True):
        for level, found in zip(
            one["comparison_levels"], comparison.comparison_levels, strict=True
        ):
            if not found.is_null_level:
                level["m_probability"] = found.m_probability
                level["u_probability"] = found.u_probability
    return model
