"""Alerts and robust z against brute force and scipy; a planted drop over ten days; prefixes."""

from __future__ import annotations

import random
from datetime import date, timedelta
from statistics import median

import numpy as np
import pyarrow as pa
import pytest
from scipy.stats import median_abs_deviation

from tests.oracles.compiled import AS_OF, Compiled

pytestmark = pytest.mark.slow

CHAIN = ["kpi_sales_change", "kpi_member_change", "kpi_programme_change", "kpi_series_daily",
         "kpi_daily", "kpi_signal", "kpi_alert"]  # fmt: skip
FIRST = date(2025, 11, 1)
RULE = """
    insert into rules.alert_rules (rule_code, kpi, slice_type, slice, kind, direction, fire_level,
        recover_level, weeks, same_weekday, min_history, fire_after_days, recover_after_days,
        severity, valid_from, label_zh)
    values (?, 'orders', 'all', 'all', ?, ?, ?, ?, ?, ?, ?, ?, ?, 'critical', date '1900-01-01', '')
"""


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Compiled:
    return Compiled(tmp_path_factory.mktemp("kpi"), CHAIN)


def _days(until: date) -> list[date]:
    return [FIRST + timedelta(days=n) for n in range((until - FIRST).days + 1)]


def _series(con, values: dict[date, float | None]) -> None:
    con.execute("delete from marts.kpi_daily")
    con.executemany(
        "insert into marts.kpi_daily (date_day, kpi, slice_type, slice, value, denominator) "
        "values (?, 'orders', 'all', 'all', ?, 1)",
        [[day, value] for day, value in values.items()],
    )


def _machine(signals: list[tuple[date, bool, bool]], fire_after: int, recover_after: int):
    """Day by day, as a person would: what fired when, and when it recovered."""
    alerts, firing, bad, good = [], None, 0, 0
    for day, breach, calm in signals:
        bad, good = (bad + 1 if breach else 0), (good + 1 if calm else 0)
        if firing is None and bad >= fire_after:
            firing = day
        elif firing is not None and good >= recover_after:
            alerts.append((firing, day))
            firing = None
    return alerts + ([(firing, None)] if firing else [])


def test_the_state_is_that_of_a_machine_walking_the_days(compiled):
    """300 random series of breach, calm and neither; every prefix of days gives a prefix."""
    con, rng = compiled.world(), random.Random(5)
    con.execute("delete from rules.alert_rules")
    expected, rows = {}, []
    for number in range(300):
        rule, fire_after, recover_after = f"r{number}", rng.randint(1, 3), rng.randint(1, 3)
        con.execute(RULE, [rule, "threshold", "below", 0, 1, None, None, None,
                           fire_after, recover_after])  # fmt: skip
        signals = [
            (day, *rng.choice([(True, False), (True, False), (False, True), (False, False)]))
            for day in _days(FIRST + timedelta(days=40))
        ]
        rows += [[rule, *signal] for signal in signals]
        for at, alerts in ((len(signals), "whole"), (20, "part")):
            expected[alerts, rule] = _machine(signals[:at], fire_after, recover_after)
    columns = dict(zip(("rule", "day", "breach", "calm"), zip(*rows, strict=True), strict=True))
    con.register("drawn", pa.table({name: list(values) for name, values in columns.items()}))
    for alerts, last in (("whole", 99), ("part", 19)):
        con.execute("delete from marts.kpi_signal")
        con.execute(
            "insert into marts.kpi_signal (rule_code, kpi, slice_type, slice, date_day, is_breach, "
            "is_calm) select rule, 'orders', 'all', 'all', day, breach, calm from drawn "
            "where day <= ? order by random()",
            [FIRST + timedelta(days=last)],
        )
        compiled.run(con, "kpi_alert")
        found = con.execute(
            "select rule, list((fired_on, recovered_on) order by fired_on) from marts.kpi_alert "
            "group by rule"
        ).fetchall()
        assert {rule: [tuple(pair) for pair in pairs] for rule, pairs in found} == {
            rule: pairs for (kind, rule), pairs in expected.items() if kind == alerts and pairs
        }
    con.close()


def test_robust_z_is_scipys(compiled):
    """Every weekday of four weeks, and all days of eight; gaps and ties among the values."""
    con, rng = compiled.world(), random.Random(6)
    con.execute("delete from rules.alert_rules")
    con.execute(RULE, ["all_days", "robust_z", "both", 4, 2, 8, False, 20, 1, 1])
    con.execute(RULE, ["weekdays", "robust_z", "both", 4, 2, 4, True, 4, 1, 1])
    days = _days(AS_OF)
    values = {day: rng.choice([None, *range(40, 60), *range(45, 55)]) for day in days}
    _series(con, values)
    compiled.run(con, "kpi_signal")
    found = con.execute(
        "select rule_code, date_day, deviation, is_breach from marts.kpi_signal"
    ).fetchall()
    checked = 0
    for rule, day, deviation, is_breach in found:
        back = range(1, 57) if rule == "all_days" else (7, 14, 21, 28)
        past = [v for n in back if (v := values.get(day - timedelta(days=n))) is not None]
        if len(past) < (20 if rule == "all_days" else 4) or values[day] is None:
            assert deviation is None
            continue
        spread = median_abs_deviation(past, scale="normal")
        if spread == 0:
            continue
        z = (values[day] - median(past)) / spread
        assert deviation == pytest.approx(z, rel=1e-4)
        assert is_breach == (abs(deviation) >= 4)
        checked += 1
    con.close()
    assert checked > 60


@pytest.fixture(scope="module")
def replay(compiled):
    """Ten daily builds of a shop that sells 20 a day, little from the third to the sixth day."""
    rng = np.random.default_rng(7)
    con = compiled.world()
    con.execute("delete from rules.alert_rules")
    con.execute(RULE, ["drop", "weekday_change", "below", -0.4, -0.2, 4, True, 4, 1, 1])
    start = AS_OF - timedelta(days=9)
    con.execute("create temp table facts (day date, number integer)")
    for day in _days(AS_OF):
        planted = 2 <= (day - start).days <= 5
        orders = int(rng.integers(6, 8) if planted else rng.integers(19, 22))
        con.execute("insert into facts select ?, unnest(range(?))", [day, orders])
    states = {}
    for as_of in (start + timedelta(days=n) for n in range(10)):
        con.execute("delete from core.fct_order; delete from core.dim_date")
        con.execute(
            "insert into core.fct_order (order_key, channel, ordered_on, ordered_at, is_valid, "
            "net_paid_amount, net_revenue, margin_amount) select day || ':' || number, 'web', day, "
            "day, true, 10, 10, 4 from facts where day <= ?", [as_of],
        )  # fmt: skip
        con.execute("insert into core.dim_date (date_day, month_start, month_end) "
                    "select distinct day, date_trunc('month', day), last_day(day) from facts "
                    "where day <= ?", [as_of])  # fmt: skip
        for name in CHAIN:
            compiled.run(con, name, as_of)
        states[as_of] = {
            name: con.execute(f"select * from marts.{name} order by all").fetchall()
            for name in ("kpi_daily", "kpi_signal", "kpi_alert")
        }
    con.close()
    return start, states


def test_a_planted_drop_fires_once_and_recovers_once(replay):
    start, states = replay
    fired, recovered = start + timedelta(days=2), start + timedelta(days=6)
    for as_of, state in states.items():
        alerts = state["kpi_alert"]
        if as_of < fired:
            assert alerts == []
            continue
        (alert,) = alerts
        assert fired in alert
        assert (recovered in alert) == (as_of >= recovered)
        assert ("firing" in alert) == (as_of < recovered)


@pytest.mark.parametrize("table", ["kpi_daily", "kpi_signal"])
def test_each_day_is_the_beginning_of_the_next(replay, table):
    """What a build says of the days it knows, every later build says too."""
    _, states = replay
    whole = states[AS_OF][table]
    for as_of, state in states.items():
        assert state[table]
        assert state[table] == [row for row in whole if _day_of(row) <= as_of]


def _day_of(row: tuple) -> date:
    return next(value for value in row if isinstance(value, date))
