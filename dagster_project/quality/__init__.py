"""The three gates: Great Expectations suites run as SQL on the very tables a release is made of.

``check_specs(gate)`` says what will be checked (fast, from the reviewed YAML alone);
``run_gate(gate, database, context)`` checks it. Gates: ``arrival``, ``members``, ``marts``.
"""

from dagster_project.quality.accept import accept_check, open_acceptances, spend_acceptances
from dagster_project.quality.context import AcceptedCheck, GateContext
from dagster_project.quality.gates import GATES, check_specs, run_gate
from dagster_project.quality.report import (
    Check,
    CheckResult,
    CheckSpec,
    GateReport,
)
from dagster_project.quality.results import read_results, write_results
from dagster_project.quality.suites import SuiteError

__all__ = [
    "GATES",
    "AcceptedCheck",
    "Check",
    "CheckResult",
    "CheckSpec",
    "GateContext",
    "GateReport",
    "SuiteError",
    "accept_check",
    "check_specs",
    "open_acceptances",
    "read_results",
    "run_gate",
    "spend_acceptances",
    "write_results",
]
