"""Why records are one member, or why not: the evidence as a small graph, without a plain value."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from dagster_project.identity.bridges import parts_without

SHOWN = 6  # digits of a token: enough to tell two values apart
LIKENESS = {0: "different", 1: "a surname in common", 2: "nearly equal", 3: "equal"}
REASONS = {
    "contact": "a contact on its orders, perhaps somebody else's",
    "junk": "listed in identity_junk.csv",
    "frequency": "on more records than identity_rules.csv allows",
    "contradiction": "it would join two values of a single-valued type",
    "contested": "different people are behind it",
    "size": "it would make a member too large",
    "never_link": "a person decided against it",
}


class UnknownIdentity(ValueError):
    """No record and no member has this id."""


@dataclass(frozen=True)
class Explanation:
    """``records``: key, rule, probability. ``links``: what joins which records, the weakest last.
    ``held``: what did not, and why. ``likely``: probable pairs that wait for a decision.
    ``history``: members the records had before."""

    records: list[tuple[str, str, float]]
    links: list[str]
    held: list[str]
    likely: list[str]
    history: list[str]

    def lines(self) -> list[str]:
        """As text."""
        parts = [("records", [f"{k}  ({r}, {p:.3f})" for k, r, p in self.records])]
        parts += [("joined by", self.links), ("held back", self.held), ("undecided", self.likely)]
        parts.append(("before", self.history))
        return ["\n  ".join([f"{name}:", *rows]) for name, rows in parts if rows]


_USED = """
select identifier_type, token, list(record_key order by record_key), min(probability)
from identity.idn_link where is_used and record_key in (select unnest($keys))
group by identifier_type, token
order by min(tier), min(probability) desc, identifier_type, token
"""

_HELD = """
select identifier_type, token, link_rule, list(record_key order by record_key)
from identity.idn_link
where not is_used and link_rule not in ('link', 'attach')
    and record_key in (select unnest($keys))
group by identifier_type, token, link_rule order by link_rule, identifier_type, token
"""

_BEFORE = """
select o.record_key, o.member_id, o.valid_to, n.change, n.reason
from identity.idn_register as o
inner join identity.idn_register as n
    on o.record_key = n.record_key and n.version = o.version + 1
where o.record_key in (select unnest($keys)) order by o.record_key, o.version
"""

_SUCCESSOR = """
select distinct member_id from identity.idn_register
where valid_to is null
    and record_key in (select record_key from identity.idn_register where member_id = $id)
order by member_id
"""

_LIKELY = """
select left_record_key, right_record_key, probability from identity.idn_review
where left_record_key in (select unnest($keys)) or right_record_key in (select unnest($keys))
order by probability desc, left_record_key, right_record_key
"""


def why(database: Path, identity: str) -> Explanation:
    """Why the records of a member are one. ``identity``: a member_id or a record's key.

    Raises:
        UnknownIdentity: nobody has this id.
    """
    with duckdb.connect(str(database), read_only=True) as con:
        return _explain(con, _records(con, identity))


def _records(con: duckdb.DuckDBPyConnection, identity: str) -> list[tuple[str, str, float]]:
    rows = con.execute(
        """
        select record_key, link_rule, link_probability from identity.idn_member_record
        where member_id in (
            select member_id from identity.idn_member_record
            where member_id = $id or record_key = $id
        )
        order by record_key
        """,
        {"id": identity},
    ).fetchall()
    if not rows:
        heirs = [found for (found,) in con.execute(_SUCCESSOR, {"id": identity}).fetchall()]
        if heirs:
            raise UnknownIdentity(
                f"{identity} is no member any more: its records are of {', '.join(heirs)}"
            )
        raise UnknownIdentity(
            f"{identity} is no member and no record: records are written channel:customer_id"
        )
    return rows


def _explain(con: duckdb.DuckDBPyConnection, records: list[tuple[str, str, float]]) -> Explanation:
    keys = {"keys": [key for key, _, _ in records]}
    used = con.execute(_USED, keys).fetchall()
    joined = {(kind, token): found for kind, token, found, _ in used}
    links = [
        f"{_value(kind, token)}: {' — '.join(found)}{_as_text(p)}"
        + ("  (nothing else joins them)" if len(parts_without(joined, (kind, token))) > 1 else "")
        for kind, token, found, p in used
    ]
    held = [
        f"{_value(kind, token)} on {', '.join(found)}: {REASONS.get(rule, rule)}"
        for kind, token, rule, found in con.execute(_HELD, keys).fetchall()
    ]
    likely = [
        f"{left} and {right}: {p:.3f}" for left, right, p in con.execute(_LIKELY, keys).fetchall()
    ]
    history = [
        f"{record} was {member} until {day}: {change}, {reason}"
        for record, member, day, change, reason in con.execute(_BEFORE, keys).fetchall()
    ]
    return Explanation(records, links, held, likely, history)


def _value(kind: str, token: str) -> str:
    return kind if "|" in token else f"{kind} {token[:SHOWN]}…"


def _as_text(probability: float) -> str:
    return "" if probability >= 1 else f"  (probability {probability:.4f})"


_SHARED = """
select a.identifier_type, a.token, a.link_rule, b.link_rule
from identity.idn_link as a
inner join identity.idn_link as b
    on a.identifier_type = b.identifier_type and a.token = b.token
where a.record_key in (select unnest($left)) and b.record_key in (select unnest($right))
group by a.identifier_type, a.token, a.link_rule, b.link_rule
order by a.identifier_type, a.token, a.link_rule, b.link_rule
"""

_NAMES = """
select max(case when a.name_token = b.name_token or f.canonical_token = g.canonical_token then 3
    else coalesce(p.likeness, 0) end)
from identity.idn_person as a
cross join identity.idn_person as b
left join identity.idn_name_form as f on a.name_token = f.name_token
left join identity.idn_name_form as g on b.name_token = g.name_token
left join identity.idn_name_pair as p
    on least(a.name_token, b.name_token) = p.low_token
    and greatest(a.name_token, b.name_token) = p.high_token
where a.record_key in (select unnest($left)) and b.record_key in (select unnest($right))
    and a.name_token is not null and b.name_token is not null
"""


def why_not(database: Path, left: str, right: str) -> list[str]:
    """Why two members (or records) are not one, as lines of text.

    Raises:
        UnknownIdentity: nobody has one of the ids.
    """
    with duckdb.connect(str(database), read_only=True) as con:
        sides = [[key for key, _, _ in _records(con, one)] for one in (left, right)]
        if sides[0] == sides[1]:
            return ["they are one member: ask `identity why`"]
        keys = {"left": sides[0], "right": sides[1]}
        lines = [
            f"both show {_value(kind, token)}: "
            + " / ".join(sorted({REASONS.get(rule, f"it may {rule}") for rule in rules}))
            for kind, token, *rules in con.execute(_SHARED, keys).fetchall()
        ] or ["they show no identifier in common"]
        named = con.execute(_NAMES, keys).fetchone()
        if named and named[0] is not None:
            lines.append(f"their names: {LIKENESS[named[0]]}")
        lines += [
            f"the model's probability for {a} and {b}: {p:.3f}"
            for a, b, p in con.execute(_LIKELY, {"keys": sides[0]}).fetchall()
            if a in sides[1] or b in sides[1]
        ]
    return lines
