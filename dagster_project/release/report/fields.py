"""Drawings of two measures or two names against each other: grids, intervals, curves, dots."""

from __future__ import annotations

from typing import Any

import altair as alt

from dagster_project.release.report.channels import (
    amount,
    colored,
    drawn,
    named,
    plain,
    text_of,
    tooltip,
)
from dagster_project.release.report.content import Panel

HEIGHT, STEP, CELL = 270, 27, 26


def cells(panel: Panel) -> Any:
    """A grid coloured by a figure; cells without one stay blank."""
    recipe = panel.chart.draw
    figure = recipe["color"]
    turned = {"labelAngle": -32, "labelAlign": "left"} if "slant" in recipe else {"labelAngle": 0}
    x = named(panel, recipe["x"], alt.X, title=f"§{recipe['x']}", orient="top", **turned)
    title = f"§{recipe['y']}" if "titles" in recipe else None
    y = named(panel, recipe["y"], alt.Y, title=title)
    middle = {"domainMid": recipe["middle"]} if "middle" in recipe else {}
    scale = alt.Scale(range="diverging" if middle else "heatmap", **middle)
    color = alt.Color(figure, type="quantitative", legend=None, scale=scale)
    known = drawn().transform_filter(f"isValid(datum['{figure}'])")
    boxes = known.mark_rect(stroke="@surface", strokeWidth=1)
    ink = alt.Color("_ink", type="nominal", scale=None)
    grid = alt.layer(
        boxes.encode(x=x, y=y, color=color, tooltip=tooltip(panel)),
        known.mark_text(fontSize=10.5).encode(x=x, y=y, text=text_of(panel, figure), color=ink),
    )
    height = {"step": recipe.get("step", CELL)}
    return grid.resolve_scale(color="independent").properties(height=height)


def intervals(panel: Panel) -> Any:
    """A figure with its interval, and the line of no difference (``zero``)."""
    recipe = panel.chart.draw
    y = named(panel, recipe["y"], alt.Y)
    shown = {"tooltip": tooltip(panel), **colored(panel)}
    nothing = alt.Chart(alt.Data(values=[{}])).mark_rule(strokeDash=[4, 4], color="@muted")
    span = drawn().mark_rule(strokeWidth=3, opacity=0.55)
    dot = drawn().mark_point(filled=True, size=80, opacity=1)
    return alt.layer(
        nothing.encode(x=alt.XDatum(recipe.get("zero", 0))),
        span.encode(y=y, x=amount(panel, recipe["low"], alt.X), x2=recipe["high"], **shown),
        dot.encode(y=y, x=plain(recipe["x"], alt.X), **shown),
    ).properties(height={"step": STEP})


def shares(panel: Panel) -> Any:
    """A curve of cumulative shares over the line of equality."""
    x, y = _titled(panel)
    even = alt.Chart(alt.Data(values=[{"part": 0}, {"part": 1}]))
    equal = even.mark_line(strokeDash=[4, 4], color="@muted", strokeWidth=1.2)
    line = drawn().mark_line(point=alt.OverlayMarkDef(size=40), strokeWidth=2.2)
    return alt.layer(
        drawn().mark_area(opacity=0.15).encode(x=x, y=y),
        equal.encode(x=plain("part", alt.X), y=plain("part", alt.Y)),
        line.encode(x=x, y=y, tooltip=tooltip(panel)),
    ).properties(height=HEIGHT)


def dots(panel: Panel) -> Any:
    """One dot a row, by two figures; a third may be its ``size``."""
    recipe = panel.chart.draw
    x, y = _titled(panel, zero=False)
    size = {}
    if "size" in recipe:
        size = {"size": alt.Size(recipe["size"], type="quantitative", legend=None)}
    mark = drawn().mark_circle(opacity=0.7, size=90)
    return mark.encode(x=x, y=y, tooltip=tooltip(panel), **size, **colored(panel)).properties(
        height=HEIGHT
    )


def _titled(panel: Panel, *, zero: bool = True) -> tuple[Any, Any]:
    recipe = panel.chart.draw
    x = amount(panel, recipe["x"], alt.X, zero=zero)
    y = amount(panel, recipe["y"], alt.Y, zero=zero)
    x.axis.title, y.axis.title = f"§{recipe['x']}", f"§{recipe['y']}"
    return x, y
