"""One run of the identity step in a process of its own: seconds and peak memory, as JSON.

python -m benchmarks.oneid.resolve_once HOME AS_OF
"""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

from benchmarks.oneid.cost import Meter
from dagster_project.identity import VaultValues, resolve_identity, write_register
from dagster_project.privacy import load_keys
from dagster_project.settings import Home, settings_from_environment


def main() -> None:
    """See the module."""
    home, as_of = Home(Path(sys.argv[1])), date.fromisoformat(sys.argv[2])
    keys, settings = load_keys(home), settings_from_environment()
    register = home.register / "identity.parquet"
    meter = Meter()
    values = VaultValues(home, keys, settings)
    resolve_identity(home.next_database, register, keys, as_of, values, settings)
    write_register(home.next_database, register)
    print(meter.line())


if __name__ == "__main__":
    main()
