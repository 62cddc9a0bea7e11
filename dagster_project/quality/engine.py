"""Great Expectations, loaded once per process and kept quiet: no files, network, bars or values."""

from __future__ import annotations

import logging
import math
import re
import uuid
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

import duckdb

ROW_COUNTS = ("unexpected_rows_query.row_count", "table.row_count")
MISSING = "column_values.nonnull.unexpected_count"
UNEXPECTED = ".unexpected_count"
# Further aggregates that may be told: shares and numbers of values, never a value of a cell.
SHARES = ("column.unique_proportion", "column.non_null_proportion", "column.distinct_values.count")
BOOLEAN_ONLY = {"result_format": {"result_format": "BOOLEAN_ONLY"}}
# Errors about relations, columns and syntax name no values of the data; all others might.
TELLABLE = re.compile(
    r"(?:Catalog|Binder|Parser) Error: [^\n]*|[Tt]he column \"[^\"]*\" in BatchData does not exist"
)


@dataclass(frozen=True)
class Expectation:
    """One expectation with everything resolved; ``type`` and ``kwargs`` are Great Expectations'."""

    name: str
    type: str
    kwargs: Mapping[str, Any]


@dataclass(frozen=True)
class Outcome:
    """What became of an expectation; ``success`` is None when it could not be evaluated."""

    success: bool | None
    observed: str


@cache
def _great_expectations() -> tuple[Any, Any]:
    """A context in memory and our datasource module; the import takes seconds, so once only."""
    # Its log lines quote queries and values.
    logging.getLogger("great_expectations").setLevel(logging.CRITICAL + 1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import great_expectations as gx
        from great_expectations.data_context.types.base import (
            DataContextConfig,
            InMemoryStoreBackendDefaults,
        )

        from dagster_project.quality import datasource

        stores = InMemoryStoreBackendDefaults(init_temp_docs_sites=False)
        config = DataContextConfig(store_backend_defaults=stores, analytics_enabled=False)
        context = gx.get_context(mode="ephemeral", project_config=config)
    return context, datasource


class Session:
    """A DuckDB in memory as Great Expectations sees it; ``connection`` is its only one."""

    def __init__(self, gx_datasource: Any, connection: duckdb.DuckDBPyConnection) -> None:
        self._datasource = gx_datasource
        self.connection = connection

    def rows(self, query: str) -> list[tuple]:
        """All rows of a query."""
        return self.connection.execute(query).fetchall()

    def number(self, query: str) -> float | None:
        """The one number of a query; None where there is no row, NULL or no finite number."""
        row = self.connection.execute(query).fetchone()
        value = None if row is None or row[0] is None else float(row[0])
        return value if value is not None and math.isfinite(value) else None

    def evaluate(self, view: str, expectations: Sequence[Expectation]) -> dict[str, Outcome]:
        """Evaluate expectations on one view of schema ``checked``; their metrics run together.

        Returns:
            Outcome by name. What cannot be evaluated has no success, and costs the others nothing.
        """
        from great_expectations.validator.metrics_calculator import MetricsCalculator
        from great_expectations.validator.validation_graph import ValidationGraph

        try:
            batch = self._batch(view)
        except Exception as error:
            return {one.name: _not_evaluated(str(error)) for one in expectations}
        engine = batch.data.execution_engine
        engine.batch_manager.load_batch_list([batch])
        outcomes: dict[str, Outcome] = {}
        prepared: dict[str, _Prepared] = {}
        calculator = MetricsCalculator(engine, show_progress_bars=False)
        for one in expectations:
            try:
                prepared[one.name] = _prepare(one, calculator, engine, batch.id)
            except Exception as error:
                outcomes[one.name] = _not_evaluated(str(error))
        edges = [edge for one in prepared.values() for edge in one.graph.edges]
        together = ValidationGraph(execution_engine=engine, edges=edges)
        values, aborted = calculator.resolve_validation_graph(together, dict(BOOLEAN_ONLY))
        for name, one in prepared.items():
            outcomes[name] = _outcome(one, values, aborted, engine)
        return outcomes

    def _batch(self, view: str) -> Any:
        asset = self._datasource.add_table_asset(view, table_name=view)
        return asset.add_batch_definition_whole_table(view).get_batch()


@contextmanager
def open_session() -> Iterator[Session]:
    """A database in memory with nothing in it yet; it is closed, with all it attached, at the end.

    dbt opens the checked file next in this process, so no connection may be left behind.
    """
    context, module = _great_expectations()
    name = f"gate_{uuid.uuid4().hex}"
    source = context.data_sources.add_mw_duckdb(name, connection_string=f"{module.NAME}:///")
    engine = source.get_execution_engine()
    try:
        driver = engine.engine.raw_connection().driver_connection
        yield Session(source, driver.database)
    finally:
        engine.close()
        driver.close()
        context.data_sources.delete(name)


@dataclass(frozen=True)
class _Prepared:
    """An expectation of Great Expectations, the metrics it judges and all these are made from."""

    expectation: Any
    needs: Mapping[str, Any]
    graph: Any


def _prepare(one: Expectation, calculator: Any, engine: Any, batch_id: str) -> _Prepared:
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration

    kwargs = {**one.kwargs, "batch_id": batch_id}
    expectation = ExpectationConfiguration(type=one.type, kwargs=kwargs).to_domain_obj()
    needs = expectation.get_validation_dependencies(engine, dict(BOOLEAN_ONLY))
    metrics = needs.metric_configurations
    graph = calculator.build_metric_dependency_graph(list(metrics.values()), dict(BOOLEAN_ONLY))
    return _Prepared(expectation, dict(metrics), graph)


def _outcome(one: _Prepared, values: dict, aborted: dict, engine: Any) -> Outcome:
    for vertex in (vertex for edge in one.graph.edges for vertex in (edge.left, edge.right)):
        if vertex is not None and vertex.id in aborted:
            return _not_evaluated(aborted[vertex.id]["exception_info"]["exception_message"])
    try:
        result = one.expectation.metrics_validate(values, dict(BOOLEAN_ONLY), engine)
    except Exception as error:
        return _not_evaluated(str(error))
    told = {name: values[metric.id] for name, metric in one.needs.items()}
    return Outcome(bool(result.success), _observed(told))


def _not_evaluated(message: str) -> Outcome:
    told = TELLABLE.search(message)
    return Outcome(None, "not evaluated: " + (told[0] if told else "an error in the engine"))


def _observed(metrics: Mapping[str, Any]) -> str:
    """What was counted, as text; a value of a cell is never told."""
    from dagster_project.quality.datasource import single_number

    if "query.table" in metrics:
        number = single_number(metrics["query.table"])
        return "no number" if number is None else f"{number:.6g}"
    total = metrics.get("table.row_count", "all")
    unexpected = [name for name in metrics if name.endswith(UNEXPECTED) and name != MISSING]
    if unexpected or MISSING in metrics:
        count = metrics[unexpected[0] if unexpected else MISSING]
        return f"{count} of {total} rows"
    for name in ROW_COUNTS:
        if name in metrics:
            return f"{metrics[name]} rows"
    return ", ".join(_plain(metrics[name]) for name in SHARES if name in metrics) or "-"


def _plain(value: Any) -> str:
    return f"{float(value):.6g}" if value is not None and math.isfinite(value) else "none"
