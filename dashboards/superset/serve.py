"""Starts Superset on a home's current release: ``make bi``.

Run by the Python of Superset's own environment. Everything it writes stands in ``<home>/bi``:
Superset's metadata, its secret key and the password of ``admin``, which is made once, at random,
and is never shown: only the file is named.
"""

from __future__ import annotations

import argparse
import os
import secrets
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ADMIN = "admin"
SERVER = (
    "--workers=1",
    "--threads=8",
    "--worker-class=gthread",
    "--timeout=120",
    "--no-control-socket",
)


def secret(path: Path) -> str:
    """The secret in a file, made at first use; nobody else on the machine may read it."""
    if not path.exists():
        aside = path.with_name(path.name + ".part")
        aside.unlink(missing_ok=True)
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(secrets.token_urlsafe(24))
        aside.rename(path)
    return path.read_text(encoding="utf-8")


def set_environment(home: Path) -> Path:
    """Make ``<home>/bi`` and tell Superset where it stands; returns the folder."""
    os.umask(0o077)
    folder = home / "bi"
    folder.mkdir(mode=0o700, exist_ok=True)
    secret(folder / "secret_key")
    os.environ |= {
        "MEMBER_WAREHOUSE_HOME": str(home),
        "MEMBER_WAREHOUSE_COLOURS": str(HERE.parent / "report" / "theme.yml"),
        "SUPERSET_HOME": str(folder),
        "SUPERSET_CONFIG_PATH": str(HERE / "superset_config.py"),
        "SCARF_ANALYTICS": "false",
        "FLASK_APP": "superset.app:create_app()",
    }
    return folder


def call(app: Any, *arguments: str) -> None:
    """Run one of Superset's commands in this process; a failing one ends it."""
    from superset.cli.main import superset

    result = app.test_cli_runner().invoke(superset, list(arguments))
    if result.exit_code:
        raise SystemExit(f"superset {arguments[0]} failed:\n{result.output}\n{result.exception!r}")


def prepare(folder: Path) -> None:
    """Superset's metadata, its user and our dashboards, as the repository has them today."""
    from superset.app import create_app

    app = create_app()
    call(app, "db", "upgrade")
    call(app, "init")
    with app.app_context():
        manager, password = app.appbuilder.sm, secret(folder / "admin_password")
        if user := manager.find_user(username=ADMIN):
            manager.reset_password(user.id, password)
        elif not manager.add_user(
            ADMIN, "Member", "Warehouse", "admin@localhost", manager.find_role("Admin"), password
        ):
            raise SystemExit(f"Superset did not make the user {ADMIN}")
    call(app, "import-directory", "--overwrite", "--force", str(HERE / "assets"))


def main() -> None:
    """Prepare, then become the server; ``--prepare`` stops before."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path, help="the warehouse to look at")
    parser.add_argument("--port", type=int, default=8088)
    parser.add_argument("--prepare", action="store_true", help="do not start the server")
    given = parser.parse_args()
    home = given.home.resolve()
    if not (home / "current").exists():
        raise SystemExit(f"{home} has no release yet: `make run` makes one")
    folder = set_environment(home)
    prepare(folder)
    if given.prepare:
        return
    address = f"127.0.0.1:{given.port}"
    print(f"http://{address}  user {ADMIN}, password in {folder / 'admin_password'}", flush=True)
    gunicorn = Path(sys.executable).with_name("gunicorn")
    os.execv(gunicorn, [str(gunicorn), *SERVER, f"--bind={address}", os.environ["FLASK_APP"]])


if __name__ == "__main__":
    main()
