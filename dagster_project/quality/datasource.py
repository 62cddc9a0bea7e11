"""Great Expectations' side of the gates: a datasource on DuckDB and two expectations of our own.

Importing this module imports Great Expectations (6–30 s): only ``engine`` does, and lazily.
"""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any, ClassVar, Literal

import sqlalchemy as sa
from great_expectations.datasource.fluent.sql_datasource import SQLDatasource
from great_expectations.execution_engine import SqlAlchemyExecutionEngine
from great_expectations.expectations.expectation import BatchExpectation
from sqlalchemy.dialects import postgresql

from dagster_project.quality.dialect import NAME

CHECKED_SCHEMA = "checked"


class DuckDBExecutionEngine(SqlAlchemyExecutionEngine):
    """Great Expectations knows no DuckDB: let it build expressions as for PostgreSQL."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.dialect_module = postgresql


class DuckDBDatasource(SQLDatasource):
    """A datasource whose assets are the views of schema ``checked``."""

    type: Literal["mw_duckdb"] = NAME

    @property
    def schema_(self) -> str:
        """Where the relations under check stand."""
        return CHECKED_SCHEMA

    @property
    def execution_engine_type(self) -> type[SqlAlchemyExecutionEngine]:
        """The engine above."""
        return DuckDBExecutionEngine

    def get_engine(self) -> sa.Engine:
        """The execution engine's own: a database in memory is seen by one connection only."""
        return self.get_execution_engine().engine


class ExpectQueryToReturnNoRows(BatchExpectation):
    """A query names the offending rows; there must be none. Only their number is read."""

    unexpected_rows_query: str

    metric_dependencies: ClassVar[tuple[str, ...]] = ("unexpected_rows_query.row_count",)
    success_keys: ClassVar[tuple[str, ...]] = ("unexpected_rows_query",)
    domain_keys: ClassVar[tuple[str, ...]] = ("batch_id", "row_condition", "condition_parser")

    def _validate(self, metrics: dict, *_: Any, **__: Any) -> dict[str, Any]:
        return {"success": metrics["unexpected_rows_query.row_count"] == 0}


class ExpectQueryValueToBeBetween(BatchExpectation):
    """A query returns one number; it must lie in the closed interval.

    NULL, NaN, infinity and anything but one row of one column fail.
    """

    query: str
    min_value: float | None = None
    max_value: float | None = None

    metric_dependencies: ClassVar[tuple[str, ...]] = ("query.table",)
    success_keys: ClassVar[tuple[str, ...]] = ("query", "min_value", "max_value")
    domain_keys: ClassVar[tuple[str, ...]] = ("batch_id", "row_condition", "condition_parser")

    def _validate(self, metrics: dict, *_: Any, **__: Any) -> dict[str, Any]:
        value = single_number(metrics["query.table"])
        low = -math.inf if self.min_value is None else self.min_value
        high = math.inf if self.max_value is None else self.max_value
        return {"success": value is not None and low <= value <= high}


def single_number(rows: list[dict[str, Any]]) -> float | None:
    """The one finite number of a result of one row and one column; None for anything else."""
    if len(rows) != 1 or len(rows[0]) != 1:
        return None
    (value,) = rows[0].values()
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    return float(value) if math.isfinite(value) else None
