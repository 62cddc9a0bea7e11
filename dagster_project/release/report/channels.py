"""The channels of a drawing: places, amounts, colours and what the pointer shows.

``§name`` stands for the heading of a column, ``@name`` for a colour of the theme: the page puts
them in, and the values.
"""

from __future__ import annotations

from typing import Any

import altair as alt

from dagster_project.release.report.catalogue import Column
from dagster_project.release.report.content import Panel

TIME = {"month", "day"}


def column_of(panel: Panel, name: str) -> Column:
    """A column by its name."""
    return next(column for column in panel.columns if column.name == name)


def kind_of(panel: Panel, name: str) -> str:
    """How a column's figures are written."""
    return column_of(panel, name).format


def label_of(panel: Panel, name: str) -> str:
    """The expression that writes an axis' labels as the tables write them."""
    return f"mw_{kind_of(panel, name)}(datum.value)"


def tooltip(panel: Panel) -> list[Any]:
    """All columns of a row, written as the table writes them."""

    def written(column: Column) -> dict[str, str]:
        if column.format == "text":
            return {}
        return {"format": "", "formatType": f"mw_{column.format}"}

    return [
        alt.Tooltip(column.name, type="nominal", title=f"§{column.name}", **written(column))
        for column in panel.columns
        if column.format not in {"unit", "trend"}
    ]


def time_or_name(panel: Panel, name: str, **more: Any) -> Any:
    """The horizontal channel: a continuous time for lines, names for the rest."""
    if kind_of(panel, name) in TIME:
        axis = alt.Axis(title=None, labelExpr=label_of(panel, name), grid=False, tickCount=6)
        return alt.X(name, type="temporal", scale=alt.Scale(type="utc"), axis=axis, **more)
    return named(panel, name, alt.X, labelAngle=0)


def named(panel: Panel, name: str, channel: Any, title: str | None = None, **axis: Any) -> Any:
    """A channel of names, in the order of the rows."""
    if kind_of(panel, name) != "text":
        axis["labelExpr"] = label_of(panel, name)
    return channel(
        name, type="ordinal", sort=None, axis=alt.Axis(title=title, grid=False, ticks=False, **axis)
    )


def amount(panel: Panel, name: str, channel: Any, *, zero: bool = True, **more: Any) -> Any:
    """A channel of figures."""
    axis = alt.Axis(title=None, labelExpr=label_of(panel, name), tickCount=5)
    return channel(name, type="quantitative", axis=axis, scale=alt.Scale(zero=zero), **more)


def colored(panel: Panel) -> dict[str, Any]:
    """Colour by the recipe's ``color`` (names) or ``tone`` (good, warn, bad, plain)."""
    if tone := panel.chart.draw.get("tone"):
        tones = ["good", "warn", "bad", "plain"]
        scale = alt.Scale(domain=tones, range=[f"@{t}" for t in tones])
        return {"color": alt.Color(tone, type="nominal", legend=None, scale=scale)}
    name = panel.chart.draw.get("color")
    if not name:
        return {}
    legend = alt.Legend(title=None)
    return {"color": alt.Color(name, type="nominal", sort=None, legend=legend)}


def drawn() -> Any:
    """A chart of the panel's rows, which the page puts in."""
    return alt.Chart(alt.Data(name="rows"))


def plain(name: str, channel: Any) -> Any:
    """A channel of figures on an axis another layer describes."""
    return channel(name, type="quantitative")


def text_of(panel: Panel, name: str) -> Any:
    """A figure written at its mark."""
    return alt.Text(name, type="nominal", format="", formatType=f"mw_{kind_of(panel, name)}")
