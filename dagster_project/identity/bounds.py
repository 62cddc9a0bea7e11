"""Which pairs the model can call likely at all: told from tokens, before a name is read.

Each comparison adds the weight of its level, log2(m / u) (Fellegi and Sunter 1969). Equal tokens
are equal texts, so whether a comparison is at a level of equality is known; where it is not, its
weight is that of the best other level at most. Pairs whose weights cannot add up to the least
probability of interest are not compared: no probability that counts is lost.
"""

from __future__ import annotations

import math
from typing import Any

import duckdb

from dagster_project.identity.known import SHARE_OF_KNOWN

# Per comparison: what must be shown, and the conditions of its first levels, as tokens tell them.
EQUAL = {
    "name": ("canonical", ("l.canonical = r.canonical",)),
    "birth_date": ("birth_date", ("l.birth_date = r.birth_date",)),
    "address": ("address", ("l.address = r.address",)),
    "place": ("city", ("l.city = r.city and l.district = r.district", "l.city = r.city")),
    "postcode": ("postcode", ("l.postcode = r.postcode",)),
    "card_no": ("card_no", ("l.card_no = r.card_no",)),
    "email": ("email", ("l.email = r.email",)),
    "phone": ("phone", ("l.phone = r.phone",)),
}
# Texts that a person's erasure takes away: then the comparison weighs nothing.
MAY_BE_UNREADABLE = ("birth_date", "address")
# Probabilities are rounded to six digits before they are judged.
_ROUNDING = 5e-7

# Who meets, with how frequent names and cities are; what is shown is a hash, or NULL.
_MET_FACE = """
create or replace temp table met_face as
with named as (
    select f.*, {share_of_name} as tf_canonical
    from face as f
    left join identity.idn_kept_frequency as k on k.kind = 'canonical' and f.canonical = k.shown
    where hash(f.record_key) in (select one from candidate union select other from candidate)
)

select hash(n.record_key) as record, n.record_key, n.first_seen_at, n.print, tf_canonical,
    {share_of_city} as tf_city, {shown}
from named as n
left join identity.idn_kept_frequency as k on k.kind = 'city' and n.city = k.shown
""".format(
    share_of_name=SHARE_OF_KNOWN.format(kind="canonical"),
    share_of_city=SHARE_OF_KNOWN.format(kind="city"),
    shown=", ".join(
        f"case when n.{column} is not null then hash(n.{column}) end as {column}"
        for column in (*(shown for shown, _ in EQUAL.values()), "district")
    ),
)

# Left is the senior; what the model said of a pair holds as long as neither says anything else.
_MET = """
create or replace temp table possible as
select c.one, c.other
from candidate as c
inner join met_face as l on c.one = l.record
inner join met_face as r on c.other = r.record
where {weight} {enough};

create or replace temp table met as
with paired as (
    select l.record_key, l.print, r.record_key as other_key, r.print as other_print,
        (l.first_seen_at, l.record_key) < (r.first_seen_at, r.record_key) as in_order
    from possible as c
    inner join met_face as l on c.one = l.record
    inner join met_face as r on c.other = r.record
)

select
    case when in_order then record_key else other_key end as left_key,
    case when in_order then other_key else record_key end as right_key,
    case when in_order then hash(record_key, print, other_key, other_print)
        else hash(other_key, other_print, record_key, print) end as pair
from paired;

drop table candidate; drop table possible; drop table met_face
"""


def possible_pairs(con: duckdb.DuckDBPyConnection, settings: dict[str, Any], least: float) -> None:
    """Table ``met`` (left_key, right_key, pair) of those pairs of ``candidate`` that may reach the
    probability ``least``. View ``face`` and ``identity.idn_kept_frequency`` exist.

    Args:
        settings: of the trained model; every level has its m and u.
    """
    con.execute(_MET_FACE)
    least = min(least, 1) - _ROUNDING
    enough = f">= {math.log2(least / (1 - least)) - 1e-9}" if least > 0 else "is not null"
    con.execute(_MET.format(weight=most_weight(settings), enough=enough))


def most_weight(settings: dict[str, Any]) -> str:
    """SQL: log2 of the odds that faces l and r reach at most."""
    prior = settings["probability_two_random_records_match"]
    compared = (_comparison(one) for one in settings["comparisons"])
    return " + ".join([f"({math.log2(prior / (1 - prior))})", *compared])


def _comparison(comparison: dict[str, Any]) -> str:
    name = comparison["output_column_name"]
    shown, conditions = EQUAL[name]
    levels = [one for one in comparison["comparison_levels"] if not one.get("is_null_level")]
    others = max(_weight(level) for level in levels[len(conditions) :])
    # a card that one side states is compared as a text with a token
    least = {"card_no": others}.get(name, 0 if name in MAY_BE_UNREADABLE else -math.inf)
    equal = " ".join(
        f"when {condition} then {_adjusted(level, least)}"
        for condition, level in zip(conditions, levels, strict=False)
    )
    return (
        f"case when l.{shown} is null or r.{shown} is null then 0 {equal} "
        f"else {max(others, least)} end"
    )


def _adjusted(level: dict[str, Any], least: float) -> str:
    """The weight of a level of equality; a rare value's is higher, as Splink adjusts it."""
    column = level.get("tf_adjustment_column")
    if not column:
        return repr(max(_weight(level), least))
    share = level.get("tf_adjustment_weight", 1.0)
    frequent = f"({math.log2(level['u_probability'])} - log2(l.tf_{column}))"
    return f"{_weight(level)} + {share} * {frequent}"


def _weight(level: dict[str, Any]) -> float:
    return math.log2(level["m_probability"] / level["u_probability"])
