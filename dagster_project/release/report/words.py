"""A chart in a sentence, for those who do not see it: what is lowest, highest and last."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from dagster_project.release.report.catalogue import NUMERIC, TRANSLATED, Column, Text
from dagster_project.release.report.content import BROKEN, EMPTY, Panel

Writer = Callable[[Any], str]
PERCENT = 100
MILLION, TEN_THOUSAND, HUNDRED_MILLION = 1e6, 1e4, 1e8


def _number(value: float, zh: bool) -> str:
    if zh and abs(value) >= HUNDRED_MILLION:
        return f"{value / HUNDRED_MILLION:.2f}亿"
    if zh and abs(value) >= TEN_THOUSAND:
        return f"{value / TEN_THOUSAND:.1f}万"
    if not zh and abs(value) >= MILLION:
        return f"{value / MILLION:.2f}M"
    return f"{value:,.0f}" if float(value).is_integer() or abs(value) >= PERCENT else f"{value:.2f}"


def written(value: Any, form: str, zh: bool = False) -> str:
    """A cell as the report writes it in words."""
    if value is None:
        return "–"
    if form == "rate":
        return f"{value * PERCENT:.1f}%"
    if form == "month":
        return str(value)[:7]
    if form == "money":
        return f"¥{_number(value, zh)}"
    return _number(value, zh) if isinstance(value, int | float) else str(value)


def _figure(panel: Panel) -> Column | None:
    """The column the chart draws: the one its recipe measures, else the first number."""
    draw = panel.chart.draw
    wanted = [draw.get("color"), draw.get("y"), draw.get("x")]
    numbers = {column.name: column for column in panel.columns if column.format in NUMERIC}
    found = [numbers[name] for name in wanted if name in numbers]
    return (found or [*numbers.values(), None])[0]


def _place(panel: Panel, row: Sequence[Any], zh: bool) -> str:
    """The names that say where a figure stands."""
    cells = dict(zip(panel.names, row, strict=True))
    parts = []
    for column in panel.columns:
        if column.format not in NUMERIC:
            name = column.name + TRANSLATED if zh else column.name
            parts.append(written(cells.get(name, cells[column.name]), column.format, zh))
    return ("，" if zh else ", ").join(parts[:3])


def alternative(panel: Panel) -> Text:
    """What a screen reader says in place of the picture."""
    title, figure = panel.chart.title, _figure(panel)
    if figure is None or not panel.rows:
        return title
    at = panel.names.index(figure.name)
    known = [row for row in panel.rows if row[at] is not None]
    if not known:
        return title
    low, high = min(known, key=lambda r: r[at]), max(known, key=lambda r: r[at])

    def say(row: Sequence[Any], zh: bool) -> str:
        return written(row[at], figure.format, zh)

    return Text(
        f"{title.en}. {len(panel.rows)} figures, {figure.label.en} from {say(low, False)} "
        f"({_place(panel, low, False)}) to {say(high, False)} ({_place(panel, high, False)}). "
        "The table below holds all of them.",
        f"{title.zh}。共{len(panel.rows)}个数据，{figure.label.zh}最低{say(low, True)}"
        f"（{_place(panel, low, True)}），最高{say(high, True)}（{_place(panel, high, True)}）。"
        "下方表格列出全部数据。",
    )


def why_nothing(
    panel: Panel, words: Mapping[str, Mapping[str, Text]], delivered: Collection[str] = ()
) -> Text:
    """Why a chart is not drawn, and what to deliver so that it is.

    Args:
        delivered: the entities of which there are rows; they are not asked for again.
    """
    chart, ui = panel.chart, words["ui"]
    if panel.state == EMPTY and chart.nothing:
        return chart.nothing
    what = panel.why or ", ".join(chart.tables)
    said = ui[panel.state]
    en, zh = said.en.replace("{what}", what), said.zh.replace("{what}", what)
    if chart.needs and panel.state != BROKEN:
        lacking = [name for name in chart.needs if name not in delivered]
        said = ui["deliver" if lacking else "delivered"]
        wanted = [words["entity"][name] for name in lacking or chart.needs]
        en += " " + said.en.replace("{what}", ", ".join(one.en for one in wanted))
        zh += said.zh.replace("{what}", "、".join(one.zh for one in wanted))
    return Text(en, zh)
