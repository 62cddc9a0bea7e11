"""What a gate found: rows for the release, checks for Dagster, a message for people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from dagster_project.quality.context import AcceptedCheck

CRITICAL = "critical"
WARNING = "warning"
NOT_RUN = "not run"
NO_BASELINE = "no baseline"
TOO_FEW_ROWS = "too few rows"
NO_NEW_BATCH = "no new batch"


@dataclass(frozen=True)
class CheckSpec:
    """A check a gate will make; ``name`` is unique over all gates and fit for Dagster."""

    relation: str
    name: str
    severity: str
    description: str


@dataclass(frozen=True)
class CheckResult:
    """One executed (or not executable) check. ``observed`` holds counts and shares, never values.

    Attributes:
        check: name of the check's spec.
        channel: the feed's channel at gate arrival, else empty.
        executed: False when the check could not be evaluated; that blocks the gate.
        places: where to look: files, columns, reasons, each with a count.
        remedy: what a person can do.
        accepted: the reason a person gave for letting this failure pass once.
    """

    gate: str
    suite: str
    expectation: str
    relation: str
    severity: str
    success: bool
    observed: str
    expected: str
    check: str
    notes: str = ""
    channel: str = ""
    executed: bool = True
    places: tuple[str, ...] = ()
    remedy: str = ""
    accepted: str | None = None

    @property
    def check_id(self) -> str:
        """What ``gate accept`` takes: the check, and the channel where there is one."""
        return f"{self.check}@{self.channel}" if self.channel else self.check

    @property
    def blocks(self) -> bool:
        """Whether this result alone stops the run."""
        failed = not self.success and self.severity == CRITICAL and self.accepted is None
        return failed or not self.executed

    def row(self) -> dict[str, str | bool]:
        """The result as a row of ``ops.quality_result``."""
        return {
            "gate": self.gate,
            "suite": f"{self.suite}/{self.channel}" if self.channel else self.suite,
            "expectation": self.expectation,
            "relation": self.relation,
            "severity": self.severity,
            "success": self.success,
            "observed": self.observed,
            "expected": self.expected,
        }


@dataclass(frozen=True)
class Check:
    """All results of one spec together (a relation has a result per channel)."""

    relation: str
    name: str
    severity: str
    success: bool
    observed: str
    expected: str


def summarise(spec: CheckSpec, results: Sequence[CheckResult]) -> Check:
    """One Dagster check of a spec's results; no result means its feed brought nothing new."""
    bad = [r for r in results if not r.success and r.accepted is None]
    told = bad or list(results)
    return Check(
        relation=spec.relation,
        name=spec.name,
        severity=spec.severity,
        success=not bad,
        observed="; ".join(_with_channel(r, r.observed) for r in told) or NO_NEW_BATCH,
        expected="; ".join(sorted({r.expected for r in told})),
    )


def _with_channel(result: CheckResult, text: str) -> str:
    return f"{result.channel}: {text}" if result.channel else text


@dataclass(frozen=True)
class GateReport:
    """The outcome of one gate.

    Attributes:
        results: one per check and relation (and channel).
        checks: one per spec of the gate, for Dagster.
        expected, executed: how many checks there were to make and how many were made.
        used: the acceptances that let a failure pass; the caller marks them as spent.
    """

    gate: str
    run_id: str
    results: tuple[CheckResult, ...]
    checks: tuple[Check, ...]
    expected: int
    used: tuple[AcceptedCheck, ...] = field(default=())

    @property
    def executed(self) -> int:
        """Checks that were evaluated."""
        return sum(result.executed for result in self.results)

    @property
    def blocked(self) -> bool:
        """Whether nothing downstream may run."""
        return self.executed != self.expected or any(result.blocks for result in self.results)

    @property
    def warnings(self) -> tuple[CheckResult, ...]:
        """Failures that do not stop the run."""
        return tuple(r for r in self.results if not r.success and not r.blocks)

    def rows(self) -> list[dict[str, str | bool]]:
        """The results as rows of ``ops.quality_result``."""
        return [result.row() for result in self.results]

    def message(self) -> str:
        """Cause, place and remedy of everything that blocks; the counts when nothing does."""
        blocking = [result for result in self.results if result.blocks]
        head = (
            f"gate {self.gate}: {self.executed} of {self.expected} checks made, "
            f"{len(blocking)} block, {len(self.warnings)} warn"
        )
        return "\n".join([head, *(_explain(result, self.run_id) for result in blocking)])


def _explain(result: CheckResult, run_id: str) -> str:
    place = result.relation + (f", channel {result.channel}" if result.channel else "")
    lines = [
        f"- {result.check_id}: {result.notes}",
        f"  where: {place}",
        f"  found: {result.observed}; expected: {result.expected}",
    ]
    if result.places:
        lines.append("  look at: " + "; ".join(result.places))
    lines.append(f"  remedy: {result.remedy}")
    if result.executed:
        lines.append(
            "  if it is right as it is, once: member-warehouse gate accept "
            f"{run_id} {result.check_id} --reason '…'"
        )
    return "\n".join(lines)
