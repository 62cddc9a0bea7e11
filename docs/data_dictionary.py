"""Writes docs/data-dictionary/: every published table with its grain and columns, in two languages.

Run ``python docs/data_dictionary.py`` after a published table or a column came, went or was
described otherwise. All of it is taken from the YAML beside the models, which is also what the
contracts enforce and what stands as comments in the release itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dagster_project.build.dbt import load_manifest
from dagster_project.release.build import OWN_COLUMNS, OWN_TEXTS

FOLDER = Path(__file__).with_name("data-dictionary")
NOTE = "Written by `python docs/data_dictionary.py`; do not edit."
# By page: schema and folder, heading, and what it is for.
PAGES = {
    "core": ("Core 核心层", "What happened: dimensions and facts. 事实与维度。"),
    "value": ("Value 价值", "RFM, cohorts, repurchase, expected value, contribution. 价值与留存。"),
    "lifecycle": (
        "Lifecycle 生命周期",
        "Stages, churn, win-back. 阶段、流失、召回。",
    ),
    "programme": ("Programme 会员体系", "Tiers, benefits, points. 等级、权益、积分。"),
    "voice": ("Voice 口碑", "Answers, referrals, communities, service. 反馈、推荐、社群、服务。"),
    "mining": (
        "Mining 挖掘",
        "Affinity, recommendations, groups. 关联、推荐、分群。",
    ),
    "marketing": ("Marketing 营销", "Campaigns, experiments, attribution. 活动、实验、归因。"),
    "profile": ("Profile 画像", "What is known of a member, and tags. 画像与标签。"),
    "activation": ("Activation 触达", "Audiences and next actions. 人群与下一步动作。"),
    "monitor": ("Monitor 监控", "KPIs, alerts, goals. 指标、预警、目标。"),
    "ops": ("Ops 运行", "How the release came to be. 发布的来历。"),
}
PUBLISHED = ("core", "marts", "ops")


def _published(manifest: Any) -> list[Any]:
    nodes = manifest.nodes.values()
    found = [n for n in nodes if n.resource_type == "model" and n.schema in PUBLISHED]
    return sorted(found, key=lambda node: node.name)


def _page_of(node: Any) -> str:
    return node.fqn[2] if node.schema == "marts" else node.schema


def _meta(thing: Any) -> dict[str, Any]:
    return (thing.config.meta or {}) if thing.config else {}


def _plain(text: str) -> str:
    """Text that may stand in a cell of a table."""
    return " ".join(text.split()).replace("|", "\\|")


def _grain(description: str) -> str:
    return re.split(r"(?<=\.) ", _plain(description))[0]


def _table(columns: Iterator[tuple[str, str, str, str]]) -> Iterator[str]:
    yield "| column | 中文 | type | meaning |"
    yield "|---|---|---|---|"
    for name, label, kind, text in columns:
        yield f"| `{name}` | {_plain(label)} | {kind} | {_plain(text)} |"


def _section(node: Any) -> Iterator[str]:
    yield f"## {node.name}\n"
    yield f"**{_meta(node)['label_zh']}** — {node.description.strip()}\n"
    rules = [f"[{one}](../where-is-it.md)" for one in _meta(node).get("rules", [])]
    decides = f" Rules: {', '.join(rules)}." if rules else ""
    path = f"dbt/{node.original_file_path}"
    yield f"`{node.schema}.{node.name}`, made by [{Path(path).name}](../../{path}).{decides}\n"
    yield from _table(
        (c.name, _meta(c).get("label_zh", ""), c.data_type or "", c.description or "")
        for c in node.columns.values()
    )
    yield ""


def _own_section(relation: str) -> Iterator[str]:
    """A table the publish step itself writes."""
    label, text = OWN_TEXTS[relation].split(" — ", 1)
    yield f"## {relation.partition('.')[2]}\n"
    yield f"**{label}** — {text}\n\n`{relation}`, written when the release is published.\n"
    columns = OWN_COLUMNS[relation].items()
    yield from _table((name, zh, kind, en) for name, (kind, zh, en) in columns)
    yield ""


def _index(nodes: list[Any]) -> str:
    lines = [
        "# Data dictionary · 数据字典\n",
        f"Every table a release holds, its grain and its columns. {NOTE}",
        "The same texts stand as comments in the release: "
        '`member-warehouse sql "select table_name, comment from duckdb_tables()"`.\n',
    ]
    for page, (title, about) in PAGES.items():
        lines += [f"## [{title}]({page}.md)\n", f"{about}\n"]
        lines += ["| table | 中文 | grain |", "|---|---|---|"]
        lines += [
            f"| [{n.name}]({page}.md#{n.name}) | {_meta(n)['label_zh']} | {_grain(n.description)} |"
            for n in nodes
            if _page_of(n) == page
        ]
        if page == "ops":
            for relation in OWN_COLUMNS:
                label, text = OWN_TEXTS[relation].split(" — ", 1)
                name = relation.partition(".")[2]
                lines.append(f"| [{name}]({page}.md#{name}) | {label} | {_grain(text)} |")
        lines.append("")
    return "\n".join(lines)


def pages(manifest: Any) -> dict[str, str]:
    """All pages by file name, from a parsed dbt project."""
    nodes = _published(manifest)
    found = {"README.md": _index(nodes)}
    assert {_page_of(node) for node in nodes} == {*PAGES}, "a folder has no page here, or no table"
    for page, (title, about) in PAGES.items():
        parts = [f"# {title}\n", f"{about} {NOTE} [All tables](README.md)\n"]
        for node in nodes:
            if _page_of(node) == page:
                parts += _section(node)
        if page == "ops":
            for relation in OWN_COLUMNS:
                parts += _own_section(relation)
        found[f"{page}.md"] = "\n".join(parts).rstrip() + "\n"
    return found


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    written = pages(load_manifest())
    for old in FOLDER.glob("*.md"):
        if old.name not in written:
            old.unlink()
    for name, text in written.items():
        (FOLDER / name).write_text(text, encoding="utf-8")
