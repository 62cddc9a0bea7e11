"""Superset's settings for one warehouse: it reads the current release, on this machine only.

Superset imports this file (``SUPERSET_CONFIG_PATH``) in its own environment; ``serve.py`` sets the
variables it reads. It imports nothing of the warehouse.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import duckdb
import yaml
from duckdb_engine import Dialect

HOME = Path(os.environ["MEMBER_WAREHOUSE_HOME"])
BI = HOME / "bi"
# The address of databases/member_warehouse.yaml. The release is looked up at each connection, so
# that no path is kept in Superset and a publish is seen by the next query.
RELEASE_ADDRESS = "current/warehouse.duckdb"
READ_ONLY = {"enable_external_access": "false", "lock_configuration": "true"}
OPEN_ATTEMPTS = 5

SECRET_KEY = (BI / "secret_key").read_text(encoding="utf-8")
SQLALCHEMY_DATABASE_URI = f"sqlite:///{BI / 'superset.db'}"
DATA_DIR = str(BI)

APP_NAME = "Member Warehouse"
LANGUAGES = {
    "en": {"flag": "us", "name": "English"},
    "zh": {"flag": "cn", "name": "简体中文"},
}
BABEL_DEFAULT_LOCALE = "en"
CURRENCIES = ["CNY", "USD", "EUR"]
DEFAULT_TIME_FILTER = "No filter"
FEATURE_FLAGS = {"FILTERBAR_CLOSED_BY_DEFAULT": True}

# The colours of the release report.
THEME = yaml.safe_load(Path(os.environ["MEMBER_WAREHOUSE_COLOURS"]).read_text(encoding="utf-8"))
EXTRA_CATEGORICAL_COLOR_SCHEMES = [
    {"id": "memberWarehouse", "label": "Member Warehouse", "colors": THEME["light"]["series"]}
]
EXTRA_SEQUENTIAL_COLOR_SCHEMES = [
    {"id": "memberWarehouseHeat", "label": "Member Warehouse", "colors": THEME["light"]["heat"]}
]

# Nothing is told to anybody, nothing is fetched from anywhere.
TALISMAN_ENABLED = True
CONTENT_SECURITY_POLICY = {
    "base-uri": ["'self'"],
    "default-src": ["'self'"],
    "img-src": ["'self'", "blob:", "data:"],
    "worker-src": ["'self'", "blob:"],
    "connect-src": ["'self'"],
    "object-src": "'none'",
    "style-src": ["'self'", "'unsafe-inline'"],
    "script-src": ["'self'", "'strict-dynamic'"],
}
TALISMAN_CONFIG = {
    "content_security_policy": CONTENT_SECURITY_POLICY,
    "content_security_policy_nonce_in": ["script-src"],
    "force_https": False,
    "session_cookie_secure": False,
}
# A figure is asked of the release each time: a cache would show the last release's.
CACHE_CONFIG = DATA_CACHE_CONFIG = {"CACHE_TYPE": "NullCache"}


# The pages Superset ships count their visitors with a picture of another site, whatever the setting
# SCARF_ANALYTICS says: it was read when they were built. They get an empty picture instead.
COUNTER = b"https://apachesuperset.gateway.scarf.sh/pixel/"
NO_PICTURE = b"data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA=#"


def FLASK_APP_MUTATOR(app: Any) -> None:  # noqa: N802
    """Serve Superset's scripts without the address of its visitor counter."""
    served = app.view_functions["static"]

    def static(filename: str) -> Any:
        response = served(filename=filename)
        if filename.endswith(".js"):
            response.direct_passthrough = False
            response.set_data(response.get_data().replace(COUNTER, NO_PICTURE))
        return response

    app.view_functions["static"] = static


def connect_current() -> Any:
    """A read-only connection to the release readers see at this moment.

    The connection can neither write, nor read other files, nor change its settings.

    Raises:
        FileNotFoundError: nothing is published yet.
    """
    for _ in range(OPEN_ATTEMPTS):
        # Resolved, so that DuckDB tells the releases of one process apart by their paths.
        database = (HOME / RELEASE_ADDRESS).resolve()
        try:
            return Dialect().connect(str(database), read_only=True, config=dict(READ_ONLY))
        except duckdb.IOException:
            # Superseded and removed between looking and opening: look again.
            if database.exists():
                raise
    raise FileNotFoundError("nothing is published yet: `member-warehouse run` makes a release")


def DB_CONNECTION_MUTATOR(  # noqa: N802
    uri: Any, params: dict[str, Any], *_: Any
) -> tuple[Any, dict[str, Any]]:
    """Let Superset open the current release where the warehouse's database is asked for."""
    if uri.drivername == "duckdb" and uri.database == RELEASE_ADDRESS:
        params["creator"] = connect_current
    return uri, params
