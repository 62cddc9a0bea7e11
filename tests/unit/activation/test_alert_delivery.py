"""Alerts reach real receivers at least once, whatever these do to the first tries."""

from __future__ import annotations

import json
from datetime import date
from email import message_from_string, policy
from pathlib import Path

import duckdb
import pytest

from dagster_project.activation.alert_delivery import TRIES, Outcome, deliver
from dagster_project.activation.alert_notices import Notice, recent_notices
from dagster_project.activation.alert_shapes import dingtalk, slack, wecom
from dagster_project.activation.alert_targets import read_targets
from tests.unit.activation.receivers import MailServer, Robot, serving

OK = b'{"errcode": 0, "errmsg": "ok"}'
BUSY = b'{"errcode": 45009, "errmsg": "too many"}'


def notice(number: int = 1, severity: str = "critical", slice_: str = "all") -> Notice:
    return Notice(
        f"orders_drop:all:all:2026-01-0{number}:fired", "fired", date(2026, 1, number), severity,
        "订单骤降", "orders_drop", "Orders", "订单数", "orders", "all", slice_, 3.0, 10.0, "why",
    )  # fmt: skip


def entries(log: Path) -> list[dict]:
    return [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize(("kind", "good"), [("wecom", OK), ("dingtalk", OK), ("slack", b"ok")])
def test_a_robot_that_drops_the_first_tries(kind, good, tmp_path):
    log, pauses = tmp_path / "alerts" / "log.jsonl", []
    moods = [(500, b"no"), (0, b""), (200, BUSY) if kind != "slack" else (429, b"slow down")]
    with serving(Robot(moods, good)) as robot:
        targets = read_targets(f"{kind}+{robot.address}")
        assert deliver(log, [notice()], targets, pauses.append) == Outcome(1, 0, 0, 4)
        assert deliver(log, [notice()], targets, pauses.append) == Outcome(0, 1, 0, 0)
        shape = {"wecom": wecom, "dingtalk": dingtalk, "slack": slack}[kind]
        assert robot.taken == [shape(notice())]
        assert len({*robot.keys}) == 1, "every try has the same key"
    assert pauses == [0.5, 1.0, 2.0]
    assert [entry["outcome"] for entry in entries(log)][-1] == "delivered"
    assert "secret-of-the-robot" not in log.read_text(encoding="utf-8")
    assert "127.0.0.1" not in log.read_text(encoding="utf-8")


def test_a_mail_server_that_refuses_the_first_tries(tmp_path):
    log = tmp_path / "log.jsonl"
    with serving(MailServer(refusals=2)) as server:
        targets = read_targets(server.address)
        assert deliver(log, [notice()], targets, lambda _: None) == Outcome(1, 0, 0, 3)
        assert deliver(log, [notice()], targets, lambda _: None) == Outcome(0, 1, 0, 0)
        (text,) = server.mails
    mail = message_from_string(text, policy=policy.default)
    assert mail["To"] == "ops@example.com"
    assert mail["Subject"] == notice().title
    assert "value: 3 (orders)" in mail.get_content()
    assert [entry["outcome"] for entry in entries(log)] == ["status 451", "status 451", "delivered"]
    assert "@example" not in log.read_text(encoding="utf-8")


def test_a_dead_receiver_waits_and_harms_no_other(tmp_path):
    """All notices for it stay for the next run; the other target has them all."""
    log = tmp_path / "log.jsonl"
    with serving(Robot([(500, b"no")] * TRIES, OK)) as dead, serving(Robot([], OK)) as alive:
        targets = read_targets(f"wecom+{dead.address}  dingtalk+{alive.address}")
        first = deliver(log, [notice(1), notice(2)], targets, lambda _: None)
        assert first == Outcome(delivered=2, known=0, failed=2, tries=TRIES + 2)
        second = deliver(log, [notice(1), notice(2)], targets, lambda _: None)
        assert second == Outcome(delivered=2, known=2, failed=0, tries=2)
        assert len(dead.taken) == len(alive.taken) == 2


def test_a_crash_before_the_note_repeats_under_the_same_key(tmp_path):
    """The log's last line was cut: the notice is told again, the receiver can see that it is."""
    log = tmp_path / "log.jsonl"
    with serving(Robot([], OK)) as robot:
        targets = read_targets(f"wecom+{robot.address}")
        deliver(log, [notice()], targets, lambda _: None)
        log.write_bytes(log.read_bytes()[:-20])
        assert deliver(log, [notice()], targets, lambda _: None).delivered == 1
        assert deliver(log, [notice()], targets, lambda _: None).known == 1
        assert len(robot.taken) == 2 and len({*robot.keys}) == 1


def test_a_target_of_critical_alerts_hears_no_others(tmp_path):
    with serving(Robot([], OK)) as robot:
        targets = read_targets(f"wecom+{robot.address}#critical")
        told = deliver(tmp_path / "log", [notice(1, "warning"), notice(2)], targets, lambda _: None)
    assert told == Outcome(1, 0, 0, 1)


@pytest.mark.parametrize(
    "text", ["https://example.com/x", "wecom+ftp://example.com", "smtp://host:25", "slack+https://h#loud"]
)  # fmt: skip
def test_a_target_nobody_can_read_says_which_and_keeps_its_secret(text):
    with pytest.raises(ValueError, match="alert target 1") as error:
        read_targets(text)
    assert text not in str(error.value)


def test_text_of_a_slice_is_no_markup():
    assert "<script>" not in str(slack(notice(slice_="<script>")))
    assert "<script>" not in str(wecom(notice(slice_="<script>")))


def test_what_is_recent_is_told_and_muted_is_not():
    con = duckdb.connect()
    con.execute("create schema marts; create schema ops")
    con.execute("create table ops.release as select date '2026-01-31' as as_of")
    con.execute(
        "create table marts.kpi_definition as "
        "select 'k' as kpi, 'K' as kpi_name, '指标' as kpi_name_zh, 'orders' as unit"
    )
    con.execute("""
        create table marts.kpi_alert as
        select 'r:' || fired as alert_key, 'r' as rule, 'k' as kpi, 'all' as slice_type,
            'all' as slice, 'critical' as severity, '规则' as label_zh, 'why' as reason,
            cast(fired as date) as fired_on, 1.0e0 as value, 2.0e0 as expected, -1.0e0 as deviation,
            case when recovered is null then 'firing' else 'recovered' end as state,
            cast(recovered as date) as recovered_on, 3.0e0 as recovered_value, muted as is_muted
        from (values ('2026-01-24', '2026-01-26', false), ('2026-01-25', null, false),
            ('2026-01-27', null, true), ('2025-01-01', '2025-01-02', false))
            as v(fired, recovered, muted)""")
    assert [(one.key, one.value) for one in recent_notices(con, 7)] == [
        ("r:2026-01-25:fired", 1.0),
        ("r:2026-01-24:recovered", 3.0),
    ]
