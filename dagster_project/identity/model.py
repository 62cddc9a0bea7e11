"""The probabilistic model of who is who compares records: Splink (Fellegi and Sunter 1969).

The engine is a DuckDB in memory that may not spill; nothing but probabilities and levels of
comparison leaves this module.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa

from dagster_project.identity.fuzzy import PAIR_COLUMNS

if TYPE_CHECKING:
    from splink import Linker


# What training asks for again in every round, and what comes out the same.
SAME_IN_ALL_ROUNDS = {
    "__splink__blocked_id_pairs",
    "__splink__df_comparison_vectors",
    "__splink__agreement_pattern_counts",
}


def linker_of(con: duckdb.DuckDBPyConnection, table: str, settings: Any) -> Linker:
    """Splink over a table of a connection; ``settings``: a SettingsCreator or a saved model."""
    from splink import DuckDBAPI

    return linker_over(DuckDBAPI(connection=con).register(table), settings)


def linker_over(table: Any, settings: Any) -> Linker:
    """Splink over a table registered with its engine."""
    from splink import Linker

    return Linker(table, settings, validate_settings=False, log_level="ERROR")


def remembering(con: duckdb.DuckDBPyConnection) -> Any:
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


def score(con: duckdb.DuckDBPyConnection, model: dict[str, Any], pairs: pa.Table) -> pa.Table:
    """The probability of each pair, rounded to six digits, and its level per comparison.

    Args:
        con: tables ``person``, ``frequency_canonical``, ``frequency_city``.
        pairs: ``left``, ``right``: record codes of table ``person``, each pair once.
    """
    logging.getLogger("splink").setLevel(logging.ERROR)
    linker = linker_of(con, "person", model)
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
