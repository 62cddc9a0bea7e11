"""The demo brand by contract and by its platforms, and every preset's small files, in one home.

Staging, conformed and who is one person are built on their raw once, without a run.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest

from dagster_project.build import dbt
from dagster_project.build.connections import close_connections
from dagster_project.identity import VaultValues, resolve_identity
from dagster_project.ingest import IngestReport, create_raw_relations, ingest_landing
from dagster_project.privacy.keys import Keys, load_keys
from dagster_project.sample import write_sample
from dagster_project.sample.presets import PresetFile, write_presets
from dagster_project.settings import Home, Settings

PRESETS_AT, BRAND_AT = datetime(2026, 3, 1, 2, 0), datetime(2026, 11, 2, 2, 0)
AS_OF = date(2026, 10, 31)
SIZE = {"members": 300, "days": 60}
_MODELS = [
    "+path:models/staging", "+path:models/identity", "path:seeds/rules", "+cfm_order_lines",
    "batch_measure",
]  # fmt: skip


@dataclass
class Staged:
    """Channels ``c_…`` hold the brand by contract; what came first are the presets' small files.

    ``brand`` and ``small`` are the ingest of the platforms' exports and of the small files.
    """

    home: Home
    keys: Keys
    truth: Path
    brand: IngestReport
    small: IngestReport
    small_files: list[PresetFile]
    con: duckdb.DuckDBPyConnection

    def rows(self, query: str) -> list[tuple]:
        """All rows of a query."""
        return self.con.execute(query).fetchall()


def stage(folder: Path, patch: pytest.MonkeyPatch) -> tuple[Path, dict]:
    """Delivers, ingests and builds; returns the database and the fields of ``Staged``."""
    home = Home(folder / "home")
    small, contract = folder / "small" / "landing", folder / "contract" / "landing"
    files = write_presets(small)
    write_sample(home.landing, **SIZE, native=True)
    write_sample(contract, **SIZE)
    _platforms_only(home.landing)
    _sales_only(contract)
    settings = Settings()
    told = ingest_landing(home, settings, PRESETS_AT, landing=small)
    brand = ingest_landing(home, settings, BRAND_AT)
    assert not ingest_landing(home, settings, BRAND_AT, landing=contract).held
    database = _build_models(patch, home, folder)
    keys = load_keys(home)
    _resolve_platforms(home, keys, database, folder / "register.parquet")
    truth = home.root / "truth"
    return database, {
        "home": home, "keys": keys, "truth": truth, "brand": brand, "small": told,
        "small_files": files,
    }  # fmt: skip


def _platforms_only(landing: Path) -> None:
    """Leaves the platforms' own files, and what the programme knows of its members."""
    told = json.loads((landing.parent / "truth" / "native.json").read_text("utf-8"))
    own = {landing / one["file"] for one in told} | {*landing.glob("loyalty/customers*")}
    for path in {*landing.rglob("*.*")} - own:
        path.unlink()


def _sales_only(landing: Path) -> None:
    for channel in list(landing.iterdir()):
        sold = [*channel.glob("order*"), *channel.glob("refunds*")]
        sold += [*channel.glob("events*")] if channel.name == "app" else []
        for path in set(channel.iterdir()) - set(sold):
            path.unlink()
        channel.rename(landing / f"c_{channel.name}")


def _resolve_platforms(home: Home, keys: Keys, database: Path, register: Path) -> None:
    """Who is one person, from what the platforms alone delivered."""
    by_contract = r"select record_key from identity.idn_record where channel like 'c\_%' escape '\'"
    with duckdb.connect(str(database)) as con:
        for table in ("idn_identifier", "idn_person", "idn_record"):
            con.execute(f"delete from identity.{table} where record_key in ({by_contract})")
    resolve_identity(
        database, register, keys, AS_OF, VaultValues(home, keys, Settings()), Settings()
    )


def _build_models(patch: pytest.MonkeyPatch, home: Home, folder: Path) -> Path:
    from dbt.cli.main import dbtRunner

    database = folder / "next.duckdb"
    with duckdb.connect(str(database)) as con:
        create_raw_relations(con, home, None)
    dbt.load_manifest()
    patch.setitem(os.environ, "MEMBER_WAREHOUSE_DB", str(database))
    project = str(dbt.DBT_PROJECT_DIR)
    result = dbtRunner(manifest=dbt.load_manifest()).invoke(
        [
            "build", "--select", *_MODELS, "--exclude-resource-type", "test",
            "--exclude-resource-type", "unit_test",
            "--project-dir", project, "--profiles-dir", project,
            "--target-path", str(folder / "target"), "--log-path", str(folder / "logs"), "--quiet",
            "--vars", json.dumps({"as_of": str(AS_OF), "as_of_end": f"{AS_OF} 16:00:00"}),
        ]
    )  # fmt: skip
    close_connections()
    assert result.success, result.exception or [r.message for r in result.result.results]
    return database
