"""Why a member stands where the member stands: the rule rows and the figures that decided.

Figures and rules only, nothing out of the vault. Every answer is one row of a mart; the rule is the
row (or rows) of its file that gave it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import duckdb

from dagster_project.build.conditions import columns_of

Facts = dict[str, Any]
_IN_FORCE = "$as_of >= rules.valid_from and ($as_of <= rules.valid_to or rules.valid_to is null)"


@dataclass(frozen=True)
class Answer:
    """What holds for the member, the figures it rests on, and the rows of the rule file."""

    question: str
    answer: str
    figures: Facts
    rule_file: str
    rules: list[Facts]

    def as_dict(self) -> Facts:
        """As plain data."""
        return asdict(self)


# question, mart, column of the answer, figures, rule file, its rows (joined to the mart's row m)
_QUESTIONS = (
    (
        "segment", "member_rfm", "segment",
        "recency_days, frequency, monetary, r_score, f_score, m_score, segment_zh",
        "rfm_segments",
        """rules.segment = m.segment and m.r_score between r_from and r_to
        and m.f_score between f_from and f_to and m.m_score between m_from and m_to""",
    ),
    (
        "value layer", "member_value_layer", "rule_layer", "model_layer, is_agreed, value_share",
        "value_layer_rules", "rules.layer in (m.rule_layer, m.model_layer)",
    ),
    (
        "tier", "member_tier", "tier_code",
        "since_on, reason, earned_metric, earned_in_window, to_next, keep_metric, "
        "earned_in_period, to_keep, days_left, projected_tier",
        "tier_rules", f"rules.tier_code in (m.tier_code, m.next_tier) and {_IN_FORCE}",
    ),
    (
        "lifecycle", "member_lifecycle", "stage",
        "since_on, previous_stage, purchase_days, cycle_days, silence_days, silence_ratio",
        "lifecycle_rules", f"rules.stage = m.stage and {_IN_FORCE}",
    ),
    (
        "risk of churn", "member_churn_risk", "level",
        "score, reason_1, reason_2, reason_3, method, p_alive, overdue_ratio",
        "churn_level_rules", "rules.level = m.level",
    ),
)  # fmt: skip
_BOUNDARIES = """
select b.dimension, b.score, b.lower, b.upper from marts.rfm_boundaries as b
inner join marts.member_rfm as m on m.member_id = $member and b.score = case b.dimension
    when 'recency' then m.r_score when 'frequency' then m.f_score else m.m_score end
order by b.dimension desc
"""
_CONSENTS = """
select purpose, contact_channel, is_granted, source, valid_from from core.fct_consent
where member_id = $member and is_current order by purpose, contact_channel
"""
_TAGS = """
select t.tag_code, t.tag_value, t.share, t.support, t.valid_from, rules.relation, rules.condition
from marts.member_tag as t inner join rules.tags as rules using (tag_code)
where t.member_id = $member and t.is_current order by t.tag_code, t.tag_value
"""
_AUDIENCES = """
select h.audience_code, h.reason, h.since_on, h.has_consent, rules.condition, rules.purpose,
    rules.contact_channel, rules.cap_contacts, rules.cap_days, rules.holdout_share
from marts.audience_member as h inner join rules.audience_rules as rules using (audience_code)
where h.member_id = $member order by rules.priority, h.audience_code
"""
_ACTIONS = """
select a.action_rank, a.action_code, a.contact_channel, a.offer, a.reason
from marts.next_best_action as a where a.member_id = $member order by a.action_rank
"""
_SHOWN = {"member_profile": "", "member_profile_monthly": "order by month desc limit 1"}


def explain_member(con: duckdb.DuckDBPyConnection, member_id: str, as_of: Any) -> list[Answer]:
    """Every answer there is about a member.

    Args:
        con: a connection whose default database is the published state.
    """
    return [*_standing(con, member_id, as_of), *_tags(con, member_id), *_actions(con, member_id)]


def _standing(con: duckdb.DuckDBPyConnection, member: str, as_of: Any) -> Iterator[Answer]:
    for question, mart, answer, figures, seed, joined in _QUESTIONS:
        rows = _rows(
            con,
            f"select {answer} as answer, {figures} from marts.{mart} where member_id = $member",
            {"member": member},
        )
        asked = {"member": member} | ({"as_of": as_of} if "$as_of" in joined else {})
        rules = _rows(
            con,
            f"select rules.* from rules.{seed} as rules inner join marts.{mart} as m "
            f"on m.member_id = $member and {joined} order by all",
            asked,
        )
        for row in rows:
            told = row.pop("answer")
            yield Answer(question, str(told), _known(row), f"{seed}.csv", list(map(_known, rules)))
        if question == "segment" and rows:
            cuts = _rows(con, _BOUNDARIES, {"member": member})
            yield Answer("scores", "the boundaries of this day", {}, "rfm_boundary_rules.csv", cuts)
    for row in _rows(con, _CONSENTS, {"member": member}):
        word = "yes" if row["is_granted"] else "no"
        told = f"{row['purpose']} by {row['contact_channel']}: {word}"
        figures = {"source": row["source"], "since": row["valid_from"]}
        yield Answer("consent", told, figures, "", [])


def _tags(con: duckdb.DuckDBPyConnection, member: str) -> Iterator[Answer]:
    for row in _rows(con, _TAGS, {"member": member}):
        figures = {k: row[k] for k in ("share", "support", "valid_from")}
        figures |= _figures(con, member, row["relation"], row["condition"])
        rule = {"relation": row["relation"], "condition": row["condition"]}
        told = f"{row['tag_code']} = {row['tag_value']}"
        yield Answer("tag", told, _known(figures), "tags.csv", [rule])


def _actions(con: duckdb.DuckDBPyConnection, member: str) -> Iterator[Answer]:
    for row in _rows(con, _AUDIENCES, {"member": member}):
        figures = {"since_on": row.pop("since_on"), "has_consent": row.pop("has_consent")}
        figures |= _figures(con, member, "member_profile", row["condition"])
        told = f"{row.pop('audience_code')}: {row.pop('reason')}"
        yield Answer("audience", told, _known(figures), "audience_rules.csv", [_known(row)])
    for row in _rows(con, _ACTIONS, {"member": member}):
        told = f"{row['action_rank']}. {row['action_code']} by {row['contact_channel']}"
        rules = _rows(
            con, "select * from rules.action_rules where action_code = $code",
            {"code": row["action_code"]},
        )  # fmt: skip
        figures = {"because": row["reason"], "offer": row["offer"]}
        yield Answer("action", told, figures, "action_rules.csv", list(map(_known, rules)))


def _figures(con: duckdb.DuckDBPyConnection, member: str, relation: str, condition: str) -> Facts:
    """The member's values of the columns a condition looks at."""
    columns = columns_of(con, condition)
    if relation not in _SHOWN or not columns:
        return {}
    found = _rows(
        con,
        f"select {', '.join(columns)} from marts.{relation} where member_id = $member "
        + _SHOWN[relation],
        {"member": member},
    )
    return found[0] if found else {}


def _rows(con: duckdb.DuckDBPyConnection, query: str, values: Facts) -> list[Facts]:
    found = con.execute(query, values)
    names = [column[0] for column in found.description or []]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _known(row: Facts) -> Facts:
    return {name: value for name, value in row.items() if value is not None}
