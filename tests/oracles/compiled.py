"""Models run straight on the engine: compiled once, then as often as a test has days or worlds."""

from __future__ import annotations

import json
import os
from datetime import date
from pathlib import Path

import duckdb

from dagster_project.build import dbt
from dagster_project.build.connections import close_connections
from dagster_project.settings import RULES_DIR

AS_OF = date(2026, 1, 31)


class Compiled:
    """The SQL of some marts, and a database with every published table, typed and empty."""

    def __init__(self, folder: Path, select: list[str]):
        from dbt.cli.main import dbtRunner

        self.database = folder / "next.duckdb"
        self.manifest = dbt.load_manifest()
        os.environ["MEMBER_WAREHOUSE_DB"] = str(self.database)
        project = str(dbt.DBT_PROJECT_DIR)
        flags = ["--project-dir", project, "--profiles-dir", project, "--quiet"]
        flags += ["--target-path", str(folder / "target"), "--log-path", str(folder / "logs")]
        days = {"as_of": f"{AS_OF}", "as_of_end": f"{AS_OF} 16:00:00", "tags": []}
        result = dbtRunner(manifest=self.manifest).invoke(
            ["compile", "--select", *select, "--vars", json.dumps(days), *flags]
        )
        close_connections()
        assert result.success, result.exception
        self.sql = {r.node.name: r.node.compiled_code for r in result.result.results}
        self.order = [r.node.name for r in result.result.results]

    def world(self) -> duckdb.DuckDBPyConnection:
        """A connection to the tables, the rules of the project among them."""
        con = duckdb.connect(str(self.database))
        for schema in ("core", "marts", "rules"):
            con.execute(f"drop schema if exists {schema} cascade; create schema {schema}")
        for node in self.manifest.nodes.values():
            if node.resource_type == "model" and node.schema in {"core", "marts"}:
                columns = ", ".join(f'"{c.name}" {c.data_type}' for c in node.columns.values())
                con.execute(f"create table {node.schema}.{node.name} ({columns})")
            elif node.resource_type == "seed" and (RULES_DIR / f"{node.name}.csv").exists():
                types = json.dumps(dict(node.config.column_types)).replace('"', "'")
                given = f", types = {types}" if node.config.column_types else ""
                con.execute(
                    f"create table rules.{node.name} as select * from read_csv("
                    f"'{RULES_DIR / node.name}.csv', header = true{given})"
                )
        return con

    def run(self, con: duckdb.DuckDBPyConnection, name: str, as_of: date = AS_OF) -> None:
        """Build one mart as of a day."""
        sql = self.sql[name].replace(f"'{AS_OF}", f"'{as_of}")
        con.execute(f"create or replace table marts.{name} as {sql}")
