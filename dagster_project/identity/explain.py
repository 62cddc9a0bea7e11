"""Why records are one member, or why not: the evidence as a small graph, without a plain value."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

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
    """``records``: key, rule, probability. ``links``: what joins which records. ``held``: what
    did not, and why. ``likely``: probable pairs that wait for a decision."""

    records: list[tuple[str, str, float]]
    links: list[str]
    held: list[str]
    likely: list[str]

    def lines(self) -> list[str]:
        """As text."""
        parts = [("records", [f"{k}  ({r}, {p:.3f})" for k, r, p in self.records])]
        parts += [("joined by", self.links), ("held back", self.held), ("undecided", self.likely)]
        return [line for name, rows in parts if rows for line in (f"{name}:", *_indented(rows))]


def _indented(rows: list[str]) -> list[str]:
    return [f"  {row}" for row in rows]


_USED = """
select identifier_type, token, list(record_key order by record_key), min(probability)
from identity.idn_link where is_used and record_key in (select unnest($keys))
group by identifier_type, token order by min(tier), identifier_type, token
"""

_HELD = """
select identifier_type, token, link_rule, list(record_key order by record_key)
from identity.idn_link
where not is_used and link_rule not in ('link', 'attach')
    and record_key in (select unnest($keys))
group by identifier_type, token, link_rule order by link_rule, identifier_type, token
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
        raise UnknownIdentity(
            f"{identity} is no member and no record: records are written channel:customer_id"
        )
    return rows


def _explain(con: duckdb.DuckDBPyConnection, records: list[tuple[str, str, float]]) -> Explanation:
    keys = {"keys": [key for key, _, _ in records]}
    links = [
        f"{_value(kind, token)}: {' — '.join(found)}{_as_text(p)}"
        for kind, token, found, p in con.execute(_USED, keys).fetchall()
    ]
    held = [
        f"{_value(kind, token)} on {', '.join(found)}: {REASONS.get(rule, rule)}"
        for kind, token, rule, found in con.execute(_HELD, keys).fetchall()
    ]
    likely = [
        f"{left} and {right}: {p:.3f}" for left, right, p in con.execute(_LIKELY, keys).fetchall()
    ]
    return Explanation(records, links, held, likely)


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


def to_review(database: Path, limit: int) -> tuple[tuple[str, ...], list[tuple]]:
    """The likeliest undecided pairs: columns, and rows with the level of each comparison."""
    with duckdb.connect(str(database), read_only=True) as con:
        found = con.execute(
            "select * from identity.idn_review "
            "order by probability desc, left_record_key, right_record_key limit $limit",
            {"limit": limit},
        )
        return tuple(column[0] for column in found.description or []), found.fetchall()
