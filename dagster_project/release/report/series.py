"""Drawings of figures along time or names: lines, areas, bars."""

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
    time_or_name,
    tooltip,
)
from dagster_project.release.report.content import Panel

HEIGHT, STEP, GROUP_STEP = 230, 27, 40


def lines(panel: Panel) -> Any:
    """Lines over time, with a band (``low``, ``high``) and a ``target`` where the recipe asks."""
    recipe = panel.chart.draw
    x = time_or_name(panel, recipe["x"])
    y = amount(panel, recipe["y"], alt.Y, zero=recipe.get("zero", True))
    layers = []
    if "low" in recipe:
        band = drawn().mark_area(opacity=0.18, line=False)
        layers.append(band.encode(x=x, y=plain(recipe["low"], alt.Y), y2=recipe["high"]))
    line = drawn().mark_line(point=alt.OverlayMarkDef(size=34), strokeWidth=2.2)
    layers.append(line.encode(x=x, y=y, tooltip=tooltip(panel), **colored(panel)))
    if "target" in recipe:
        goal = drawn().mark_line(strokeDash=[5, 4], color="@muted", strokeWidth=1.5)
        layers.append(goal.encode(x=x, y=plain(recipe["target"], alt.Y)))
    return alt.layer(*layers).properties(height=HEIGHT)


def areas(panel: Panel) -> Any:
    """Areas on top of each other, as amounts or (``normalize``) as shares of the whole."""
    recipe = panel.chart.draw
    is_share = recipe.get("normalize", False)
    y = amount(panel, recipe["y"], alt.Y, stack="normalize" if is_share else "zero")
    if is_share:
        y = y.axis(alt.Axis(title=None, labelExpr="mw_rate(datum.value)", tickCount=5))
    mark = drawn().mark_area(opacity=0.92, line={"strokeWidth": 1, "color": "@surface"})
    x = time_or_name(panel, recipe["x"])
    return mark.encode(x=x, y=y, tooltip=tooltip(panel), **colored(panel)).properties(height=HEIGHT)


def bars(panel: Panel) -> Any:
    """Upright bars, stacked by colour or (``grouped``) side by side; ``line`` lies over them."""
    recipe = panel.chart.draw
    x = named(panel, recipe["x"], alt.X, labelAngle=0, labelOverlap=True)
    y = amount(panel, recipe["y"], alt.Y, stack=None if "grouped" in recipe else "zero")
    beside = {}
    if "grouped" in recipe:
        beside = {"xOffset": alt.XOffset(recipe["color"], type="nominal", sort=None)}
    mark = drawn().mark_bar(cornerRadiusEnd=2)
    layers = [mark.encode(x=x, y=y, tooltip=tooltip(panel), **beside, **colored(panel))]
    if "line" in recipe:
        line = drawn().mark_line(point=True, strokeWidth=2, color="@second")
        layers.append(line.encode(x=x, y=plain(recipe["line"], alt.Y)))
    return alt.layer(*layers).properties(height=HEIGHT)


def long_bars(panel: Panel) -> Any:
    """Bars to the right with their figure at the end; a tick marks an earlier one (``before``)."""
    recipe = panel.chart.draw
    y = named(panel, recipe["y"], alt.Y)
    is_grouped = "grouped" in recipe
    x = amount(panel, recipe["x"], alt.X, **({"stack": None} if is_grouped else {}))
    beside = {}
    if is_grouped:
        beside = {"yOffset": alt.YOffset(recipe["color"], type="nominal", sort=None)}
    color = colored(panel)
    mark = drawn().mark_bar(cornerRadiusEnd=2)
    layers = [mark.encode(y=y, x=x, tooltip=tooltip(panel), **beside, **color)]
    written = drawn().mark_text(align="left", dx=5, color="@muted", fontSize=11)
    place = plain(recipe["x"], alt.X)
    layers.append(written.encode(y=y, x=place, text=text_of(panel, recipe["x"]), **beside))
    if "before" in recipe:
        tick = drawn().mark_tick(thickness=2.5, size=19, color="@second")
        before = plain(recipe["before"], alt.X)
        layers.append(tick.encode(y=y, x=before, tooltip=tooltip(panel)))
    return alt.layer(*layers).properties(height={"step": GROUP_STEP if is_grouped else STEP})
