"""What there is to tell of alerts: each firing and each recovery of a release, once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import duckdb

_NOTICES = """
    with release as (select max(as_of) as as_of from ops.release),
    told as (
        select alert_key || ':fired' as notice_key, 'fired' as event, fired_on as happened_on,
            value as told_value, * from marts.kpi_alert
        union all
        select alert_key || ':recovered', 'recovered', recovered_on, recovered_value, *
        from marts.kpi_alert where state = 'recovered'
    )
    select told.notice_key, told.event, told.happened_on, told.severity, told.label_zh,
        told.rule, kpis.kpi_name, kpis.kpi_name_zh, kpis.unit, told.slice_type, told.slice,
        told.told_value, told.expected, told.reason
    from told
    cross join release
    inner join marts.kpi_definition as kpis on told.kpi = kpis.kpi
    where not told.is_muted and release.as_of - told.happened_on < ?
    order by told.happened_on, told.notice_key
"""


@dataclass(frozen=True)
class Notice:
    """One thing to tell; ``key`` is the same whenever it is told, in whatever build.

    Attributes:
        event: ``fired`` or ``recovered``.
        value: the KPI on that day, in ``unit``; ``expected`` is None for a threshold.
    """

    key: str
    event: str
    on: date
    severity: str
    label_zh: str
    rule: str
    kpi: str
    kpi_zh: str
    unit: str
    slice_type: str
    slice: str
    value: float | None
    expected: float | None
    reason: str | None

    @property
    def title(self) -> str:
        """One line: what happened to which KPI of which slice."""
        word = "触发 fired" if self.event == "fired" else "恢复 recovered"
        where = "" if self.slice_type == "all" else f" [{self.slice_type} {self.slice}]"
        return f"{self.label_zh} {word}: {self.kpi_zh} {self.kpi}{where}"

    @property
    def lines(self) -> list[str]:
        """The facts below the title; aggregates only, nobody's data."""
        facts = [f"日期 day: {self.on}", f"级别 severity: {self.severity}"]
        facts.append(f"数值 value: {_figure(self.value)} ({self.unit})")
        if self.expected is not None:
            facts.append(f"期望 expected: {_figure(self.expected)}")
        facts.append(f"规则 rule: {self.rule}" + (f", {self.reason}" if self.reason else ""))
        return [*facts, f"编号 key: {self.key}"]


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:,.4g}" if abs(value) < 100 else f"{value:,.0f}"


def recent_notices(release: duckdb.DuckDBPyConnection, days: int) -> list[Notice]:
    """Notices of the ``days`` days up to the release's as_of, the oldest first.

    Muted alerts are not told, and a first build does not tell years of history.
    """
    rows = release.execute(_NOTICES, [days]).fetchall()
    return [Notice(*row) for row in rows]
