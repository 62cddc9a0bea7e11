"""The picture of a comparison: a measure's slices that move, today beside the scenario."""

from __future__ import annotations

from dagster_project.scenario.measures import Comparison

SHOWN_SLICES = 12
WIDTH, STEP = 420, 16


def _moving(rows: list[Comparison]) -> list[Comparison]:
    """For each measure the slices that differ most; where nothing differs, all of it."""
    found: list[Comparison] = []
    for measure in sorted({row.measure for row in rows}):
        mine = [row for row in rows if row.measure == measure]
        moved = [row for row in mine if row.difference] or mine
        found += sorted(moved, key=lambda row: (-abs(row.difference), row.slice))[:SHOWN_SLICES]
    return found


def draw(name: str, as_of: str, rows: list[Comparison]) -> str:
    """An SVG: one small chart a measure, two bars a slice."""
    import altair as alt
    import vl_convert

    data = [
        {"measure": f"{row.measure} ({row.unit})", "slice": row.slice, "rules": rules,
         "value": float(value)}
        for row in _moving(rows)
        for rules, value in (("today", row.base), (name, row.scenario))
    ]  # fmt: skip
    chart = (
        alt.Chart(alt.Data(values=data))
        .mark_bar()
        .encode(
            y=alt.Y("slice:N", title=None, sort=None),
            yOffset=alt.YOffset("rules:N", sort=["today", name]),
            x=alt.X("value:Q", title=None),
            color=alt.Color("rules:N", title=None, sort=["today", name]),
        )
        .properties(width=WIDTH, height={"step": STEP})
        .facet(facet=alt.Facet("measure:N", title=None), columns=2)
        .resolve_scale(x="independent", y="independent")
        .properties(title=f"What if: {name}, as of {as_of}")
    )
    return vl_convert.vegalite_to_svg(chart.to_json())
