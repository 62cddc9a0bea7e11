"""What a gate must know that does not stand in the database it checks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path


@dataclass(frozen=True)
class AcceptedCheck:
    """A person's word that one blocked check may pass, once.

    Attributes:
        run_id: the blocked run the person looked at.
        check: the id its message printed (``CheckResult.check_id``).
        reason: why, for the log.
    """

    run_id: str
    check: str
    reason: str


@dataclass(frozen=True)
class GateContext:
    """One run, as the gates see it.

    Attributes:
        run_id: the run that asks.
        as_of: the business day the build speaks for.
        as_of_end: the first instant after that day (naive UTC).
        delivered_at: start of the run (naive UTC).
        published_batches: batches behind the published state: baselines come from these, and
            every other batch of ``raw.batch`` is new.
        previous_release: the published release's ``warehouse.duckdb``; None without one, or
            when the builds cannot be compared (an earlier day, a batch withdrawn).
        accepted: what people accepted and no run has used yet.
    """

    run_id: str
    as_of: date
    as_of_end: datetime
    delivered_at: datetime
    published_batches: frozenset[str] = frozenset()
    previous_release: Path | None = None
    accepted: Sequence[AcceptedCheck] = ()
    time_zone: str = "Asia/Shanghai"
    reporting_currency: str = "CNY"
