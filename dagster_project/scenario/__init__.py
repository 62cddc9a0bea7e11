"""What if: the past replayed under other rules, beside the release and never in it."""

from dagster_project.scenario.definition import Scenario, find_scenario, list_scenarios
from dagster_project.scenario.run import ScenarioResult, run_scenario
from dagster_project.scenario.store import create_relation, read_result, stored_results

__all__ = [
    "Scenario",
    "ScenarioResult",
    "create_relation",
    "find_scenario",
    "list_scenarios",
    "read_result",
    "run_scenario",
    "stored_results",
]
