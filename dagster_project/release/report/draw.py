"""From a chart's recipe to a Vega-Lite specification, by Altair.

The specification holds no data, no colour and no language: the page puts them in, so that a switch
of theme, language, filter or width draws again without another request.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dagster_project.release.report.content import Panel
from dagster_project.release.report.fields import cells, dots, intervals, shares
from dagster_project.release.report.series import areas, bars, lines, long_bars

RECIPES: dict[str, Callable[[Panel], Any]] = {
    "line": lines,
    "area": areas,
    "bar": bars,
    "hbar": long_bars,
    "heat": cells,
    "interval": intervals,
    "share": shares,
    "dots": dots,
}


def draw(panel: Panel) -> dict[str, Any] | None:
    """The Vega-Lite specification of a panel; None where the page writes it itself."""
    recipe = RECIPES.get(panel.chart.draw["mark"])
    if recipe is None or not panel.rows:
        return None
    # The recipes are drawn by a browser's tests; at every publish the check would cost seconds.
    spec = recipe(panel).properties(width="container").to_dict(validate=False)
    return {name: part for name, part in spec.items() if name not in {"$schema", "config"}}
