"""What a run builds: from which state, for which day, from which batches.

The plan stands as one row in the database being built (schema ``build``), so a published state
knows the day, the code and the batches it was made of, and the next run can tell what is new.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from pathlib import Path

import duckdb

_FORMAT = "%Y-%m-%d %H:%M:%S.%f"


@dataclass(frozen=True)
class BuildPlan:
    """One build. Times are naive UTC; ``open_batches`` are the batches staging will show."""

    run_id: str
    delivered_at: datetime
    as_of: date
    as_of_end: datetime
    fingerprint: str
    make_current: bool
    batches: tuple[str, ...]
    open_batches: tuple[str, ...] = ()
    new_batches: tuple[str, ...] = ()
    mode: str = "full"
    reason: str = ""

    @property
    def dbt_vars(self) -> dict[str, str]:
        """The variables dbt models may read."""
        return {
            "as_of": self.as_of.isoformat(),
            "as_of_end": self.as_of_end.strftime("%Y-%m-%d %H:%M:%S"),
        }

    def to_json(self) -> str:
        """The plan as JSON text."""
        plain = asdict(self)
        for name in ("delivered_at", "as_of_end"):
            plain[name] = plain[name].strftime(_FORMAT)
        plain["as_of"] = self.as_of.isoformat()
        return json.dumps(plain)

    @classmethod
    def from_json(cls, text: str) -> BuildPlan:
        """The inverse of ``to_json``."""
        plain = json.loads(text)
        for name in ("delivered_at", "as_of_end"):
            plain[name] = datetime.strptime(plain[name], _FORMAT)
        plain["as_of"] = date.fromisoformat(plain["as_of"])
        for name in ("batches", "open_batches", "new_batches"):
            plain[name] = tuple(plain[name])
        return cls(**plain)


def write_plan(con: duckdb.DuckDBPyConnection, plan: BuildPlan) -> None:
    """Put the plan into a database, in place of all the last build left about itself."""
    for schema in ("build", "gate"):
        con.execute(f"drop schema if exists {schema} cascade")
    con.execute("create schema build")
    con.execute("create table build.plan (plan varchar)")
    con.execute("insert into build.plan values (?)", [plan.to_json()])


def read_plan(database: Path) -> BuildPlan | None:
    """The plan a database was built by; None where there is no such database.

    A state that cannot be opened is no state: everything in it can be rebuilt from raw.
    """
    if not database.exists():
        return None
    try:
        with duckdb.connect(str(database), read_only=True) as con:
            row = con.execute("select plan from build.plan").fetchone()
    except (duckdb.IOException, duckdb.CatalogException, duckdb.SerializationException):
        return None
    return BuildPlan.from_json(row[0]) if row else None


def decide(
    plan: BuildPlan, state: BuildPlan | None, late: set[str], full_refresh: bool
) -> BuildPlan:
    """Fill in full or incremental and the open batches.

    Args:
        plan: the wanted build, with ``batches`` (all that count) set.
        state: the plan of the published state, if there is one.
        late: batches holding records later than the state's day; they were not seen fully.
        full_refresh: whether the user asks for a full build.
    """
    reasons = [
        (full_refresh, "asked for"),
        (state is None, "no state to continue"),
        (bool(state and state.fingerprint != plan.fingerprint), "code, rules or formats changed"),
        (bool(state and state.as_of > plan.as_of), "an earlier day than the state's"),
        (bool(state and set(state.batches) - set(plan.batches)), "a batch was withdrawn"),
    ]
    why = next((text for holds, text in reasons if holds), None)
    known = set(state.batches) if state else set()
    new = tuple(b for b in plan.batches if b not in known)
    make_current = plan.make_current or state is None or state.as_of <= plan.as_of
    if why:
        mode, opened = "full", plan.batches
    else:
        mode, why = "incremental", "continues the published state"
        opened = tuple(b for b in plan.batches if b not in known or b in late)
    return replace(
        plan, mode=mode, reason=why, open_batches=opened, new_batches=new, make_current=make_current
    )
