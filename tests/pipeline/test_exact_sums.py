"""No figure depends on the order of rows: what is summed or averaged is never a binary fraction.

The types are those of the published brand's own columns, carried through each compiled model.
"""

from __future__ import annotations

import duckdb
import pytest
import sqlglot
from sqlglot import exp
from sqlglot.errors import OptimizeError
from sqlglot.optimizer.annotate_types import annotate_types
from sqlglot.optimizer.qualify import qualify

from dagster_project.settings import Home

pytestmark = pytest.mark.slow

Schema = dict[str, dict[str, dict[str, dict[str, str]]]]
ADDS_UP = (exp.Sum, exp.Avg, exp.Stddev, exp.StddevPop, exp.Variance, exp.VariancePop, exp.Corr)
FRACTIONS = {exp.DataType.Type.DOUBLE, exp.DataType.Type.FLOAT}
# It reads tables of its own making; what it adds up are points, whole numbers.
MADE_BY_STATEMENTS = {"points_draw"}


def schema_of(home: Home) -> Schema:
    with duckdb.connect(str(home.state_database), read_only=True) as con:
        columns = con.execute(
            "select table_schema, table_name, column_name, data_type "
            "from information_schema.columns"
        ).fetchall()
    schema: Schema = {"next": {}}
    for place, table, column, kind in columns:
        schema["next"].setdefault(place, {}).setdefault(table, {})[column] = kind
    return schema


def fractions_added(sql: str, schema: Schema) -> list[str]:
    """Aggregates of a query whose sum of binary fractions depends on the order of rows."""
    tree = qualify(
        sqlglot.parse_one(sql, dialect="duckdb"), schema=schema, dialect="duckdb",
        validate_qualify_columns=False, quote_identifiers=False, identify=False,
    )  # fmt: skip
    return [
        added.sql(dialect="duckdb")
        for added in annotate_types(tree, schema=schema, dialect="duckdb").find_all(*ADDS_UP)
        if added.this.type and added.this.type.this in FRACTIONS
    ]


def test_no_model_adds_up_binary_fractions(demo: Home):
    schema, found, unread = schema_of(demo), {}, set()
    models = [p for p in (demo.dbt / "target" / "compiled").rglob("models/**/*.sql") if p.is_file()]
    assert len(models) > 250
    for path in models:
        try:
            if added := fractions_added(path.read_text(encoding="utf-8"), schema):
                found[path.stem] = added
        except OptimizeError:
            unread.add(path.stem)
    assert found == {}
    assert unread == MADE_BY_STATEMENTS


def test_the_search_finds_one(demo: Home):
    query = """
        with shares as (
            select segment, count(*) / sum(count(*)) over () as share
            from next.marts.member_rfm group by segment
        )
        select sum(share) as total, sum(cast(share as decimal(18, 9))) as exact from shares
    """
    assert fractions_added(query, schema_of(demo)) == ["SUM(shares.share)"]
