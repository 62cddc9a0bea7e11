"""What if: as today under today's rules, as a real change under others, and nothing published."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from dagster_project.build.fingerprint import code_fingerprint
from dagster_project.build.plan import read_plan, write_plan
from dagster_project.release import run_lock
from dagster_project.scenario import read_result, run, run_scenario
from dagster_project.scenario.definition import ScenarioError
from dagster_project.settings import PROJECT_ROOT, Home, Settings
from tests.oracles.warehouse import Layer, Scratch
from tests.oracles.warehouse import plan as plan_of
from tests.pipeline.real_change import files_of

pytestmark = pytest.mark.slow

AS_OF = date(2026, 3, 31)
FUNNEL = "marts.activation_funnel"
MEASURES = """
    delete from rules.scenario_measures;
    insert into rules.scenario_measures
    values ('passed', '通过', 'members', 'marts.activation_funnel', 'sum(members)', 'step', null),
        ('cohorts', '人数', 'members', 'marts.activation_funnel', 'sum(cohort_size)', null, null)"""


def _scenario(home: Home, name: str, text: str, seed: str = "activation_rules") -> None:
    folder = home.scenarios / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{seed}.csv").write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home whose state is built from random registrations and orders."""
    rng = random.Random(5)
    scratch = Scratch(tmp_path_factory.mktemp("what-if") / "home")
    start = datetime(2026, 1, 1)
    days = {str(n): start + timedelta(days=rng.randrange(60)) for n in range(200)}
    scratch.deliver("customers", (
        {"customer_id": n, "registered_at": day, "updated_at": day,
         "phone_token": "t" + n, "phone_verified": rng.random() < 0.8}
        for n, day in days.items()
    ))  # fmt: skip
    scratch.deliver("orders", (
        {"order_id": n, "customer_id": n, "status": "completed", "net_paid_amount": 10,
         "ordered_at": day + timedelta(days=rng.randrange(40))}
        for n, day in days.items() if rng.random() < 0.7
    ))  # fmt: skip
    scratch.deliver("coupons", (
        {"coupon_id": n, "customer_id": n, "issued_at": day, "received_at": day}
        for n, day in days.items() if rng.random() < 0.9
    ))  # fmt: skip
    scratch.refresh(AS_OF)
    with scratch.connect() as con:
        plan = plan_of(AS_OF)
        write_plan(con, type(plan)(**{**vars(plan), "fingerprint": code_fingerprint(Settings())}))
    scratch.build(AS_OF, Layer(("activation_funnel",)))
    with scratch.connect() as con:
        con.execute(MEASURES)
    scratch.home.next_database.rename(scratch.home.state_database)
    return scratch.home


def test_todays_rules_give_today_and_touch_nothing(home: Home):
    _scenario(home, "as-today", "step_number,window_days\n5,7\n")
    before = files_of(home)
    result = run_scenario(home, "as-today")
    assert result.facts["changes"] == []
    assert result.facts["tables"][FUNNEL]["today"] == result.facts["tables"][FUNNEL]["scenario"]
    assert len(result.rows) == 6
    assert [row for row in result.rows if row.difference or not row.base] == []
    again = run_scenario(home, "as-today")
    assert again.facts == result.facts
    assert files_of(home) == before


def test_a_scenario_says_what_differs(home: Home):
    """That it differs as the real change does is a test of the demo brand's programme."""
    _scenario(home, "slow", "step_number,window_days\n5,25\n4,60\n3,\n")
    result = run_scenario(home, "slow")
    assert {(c["key"], c["column"], c["scenario"]) for c in result.facts["changes"]} == {
        ("5", "window_days", "25"), ("4", "window_days", "60"), ("3", "window_days", ""),
    }  # fmt: skip
    assert list(result.facts["tables"]) == [FUNNEL]
    assert result.facts["tables"][FUNNEL]["today"] != result.facts["tables"][FUNNEL]["scenario"]
    assert sum(row.difference for row in result.rows if row.measure == "passed") > 0
    assert not any(row.difference for row in result.rows if row.measure == "cohorts")


def test_what_died_leaves_the_last_result(home: Home, monkeypatch: pytest.MonkeyPatch):
    _scenario(home, "dies", "step_number,window_days\n5,20\n")
    first = run_scenario(home, "dies").facts
    left = home.root / "work" / "scenarios" / "dies" / "work"
    left.mkdir(parents=True)
    (left / "next.duckdb").write_bytes(b"half a database")

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(run, "rebuild", killed)
    _scenario(home, "dies", "step_number,window_days\n5,21\n")
    with pytest.raises(KeyboardInterrupt):
        run_scenario(home, "dies")
    assert read_result(home, "dies")[0] == first
    assert not left.exists()
    monkeypatch.undo()
    assert run_scenario(home, "dies").facts["id"] != first["id"]


def test_a_run_at_work_is_waited_for(home: Home):
    _scenario(home, "as-today", "step_number,window_days\n5,7\n")
    held = subprocess.Popen(
        [sys.executable, "-c",
         "import sys, time; from pathlib import Path; from dagster_project.settings import Home\n"
         "from dagster_project.release import run_lock\n"
         "with run_lock(Home(Path(sys.argv[1]))): print('held', flush=True); time.sleep(600)",
         str(home.root)], stdout=subprocess.PIPE, cwd=PROJECT_ROOT,
    )  # fmt: skip
    try:
        assert held.stdout is not None
        assert held.stdout.readline() == b"held\n"
        with pytest.raises(RuntimeError, match="is held by process"):
            run_scenario(home, "as-today")
    finally:
        held.kill()
        held.wait()
    with run_lock(home):
        pass


WRONG = {
    "no such rules": ("tier_ruled", "a,b\n1,2\n", "is no rule file"),
    "no such column": ("activation_rules", "step_number,windows\n1,2\n", "has no column windows"),
    "no key": ("activation_rules", "window_days\n2\n", "add the key of activation_rules"),
    "a key twice": ("activation_rules", "step_number,window_days\n1,2\n1,3\n", "stands twice"),
    "cells too many": ("activation_rules", "step_number,window_days\n1,2,3\n", "line 2: 3 cells"),
    "nothing to drop": (
        "activation_rules", "step_number,scenario_action\n9,drop\n", "no row 9 to drop"
    ),
    "an odd action": (
        "activation_rules", "step_number,scenario_action\n1,remove\n", "or write drop"
    ),
    "below core": ("currency_rates", "currency,reporting_currency,valid_from\n", "before core"),
    "no mart": ("quality_rules", "rule_code,warn\n", "decides no mart"),
    "a word for a number": (
        "activation_rules", "step_number,window_days\n5,soon\n", "does not fit"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_scenario_says_what_is_wrong(home: Home, name: str):
    seed, text, message = WRONG[name]
    shutil.rmtree(home.scenarios / "wrong", ignore_errors=True)
    _scenario(home, "wrong", text, seed)
    with pytest.raises(ScenarioError, match=message):
        run_scenario(home, "wrong")


def test_other_code_than_the_states_is_refused(home: Home, tmp_path: Path):
    other = Home(tmp_path / "home")
    other.state_database.parent.mkdir(parents=True)
    shutil.copyfile(home.state_database, other.state_database)
    plan = read_plan(other.state_database)
    assert plan is not None
    with duckdb.connect(str(other.state_database)) as con:
        write_plan(con, type(plan)(**{**vars(plan), "fingerprint": "of yesterday"}))
    _scenario(other, "as-today", "step_number,window_days\n5,7\n")
    with pytest.raises(ScenarioError, match="have changed since the last run"):
        run_scenario(other, "as-today")
