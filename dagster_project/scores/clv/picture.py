"""The fit as a picture for Dagster: tracking and calibration by tenth, and the parameters."""

from __future__ import annotations

import base64
from datetime import date, timedelta

import numpy as np

from dagster_project.scores.clv.choice import Choice
from dagster_project.scores.clv.counts import FloatArray, IntArray, dot
from dagster_project.scores.clv.expectation import repeats_by_age

_STEP_DAYS = 7
_WIDTH, _HEIGHT = 420, 260


def tracking(
    choice: Choice, days_ago: IntArray, first_buyers: FloatArray, repeats: FloatArray
) -> list[dict[str, float]]:
    """Repeat purchases until each week's end, made and expected.

    Args:
        days_ago: of each day with a purchase, days to as_of.

    Returns:
        one entry a week: ``days_ago`` of its end, ``actual`` and ``expected`` in all so far.
    """
    assert choice.estimate is not None
    history = int(days_ago.max())
    found = []
    for end in range(history % _STEP_DAYS, history + 1, _STEP_DAYS):
        known = days_ago >= history - end
        weeks = (days_ago[known] - (history - end)) / 7.0
        expected = dot(first_buyers[known], repeats_by_age(choice.estimate, weeks))
        found.append(
            {"days_ago": history - end, "actual": float(repeats[known].sum()), "expected": expected}
        )
    return found


def png(
    weeks: list[dict[str, float]], backtest: list[dict[str, object]], as_of: date, cut_days: int
) -> str:
    """A PNG as a data URL in Markdown; drawn without a browser."""
    import altair as alt
    import vl_convert

    lines = [
        {"day": (as_of - timedelta(days=int(week["days_ago"]))).isoformat(), "who": who,
         "orders": week[who]}
        for week in weeks for who in ("actual", "expected")
    ]  # fmt: skip
    bars = [
        {"tenth": row["decile"], "who": who, "orders": float(row[column]) / int(row["members"])}
        for row in backtest if row["decile"]
        for who, column in (("actual", "actual_orders"), ("expected", "predicted_orders"))
    ]  # fmt: skip
    colour = alt.Color("who:N", title=None)
    track = alt.Chart(alt.Data(values=lines), title="Repeat purchases so far").mark_line().encode(
        x=alt.X("day:T", title=None), y=alt.Y("orders:Q", title=None), color=colour
    )  # fmt: skip
    cut = alt.Data(values=[{"day": (as_of - timedelta(days=cut_days)).isoformat()}])
    rule = alt.Chart(cut).mark_rule(strokeDash=[4, 4]).encode(x="day:T")
    tenths = alt.Chart(
        alt.Data(values=bars), title="Purchases per buyer in the window, by predicted tenth"
    ).mark_bar().encode(
        x=alt.X("tenth:O", title="1 = most expected"), xOffset="who:N",
        y=alt.Y("orders:Q", title=None), color=colour,
    )  # fmt: skip
    size = {"width": _WIDTH, "height": _HEIGHT}
    chart = alt.hconcat((track + rule).properties(**size), tenths.properties(**size))
    image = vl_convert.vegalite_to_png(chart.to_json(validate=False), scale=1)
    return f"![tracking and calibration](data:image/png;base64,{base64.b64encode(image).decode()})"


def table(rows: list[dict[str, object]], columns: list[str]) -> str:
    """Rows as a Markdown table."""
    lines = ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
    lines += ["| " + " | ".join(_cell(row[name]) for name in columns) + " |" for row in rows]
    return "\n".join(lines)


def _cell(value: object) -> str:
    if value is None:
        return ""
    return f"{value:,.4f}" if isinstance(value, float | np.floating) else str(value)
