"""What joins records that share no strong key: exact names with a birth date or address, then
the probabilistic model; and what is only likely, for people to decide."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import duckdb
import pyarrow as pa

from dagster_project.identity.candidates import candidate_pairs, exact_pairs
from dagster_project.identity.graph import IntArray
from dagster_project.identity.personal import PersonalValues
from dagster_project.identity.persons import load_persons

PAIR_COLUMNS = ("name", "birth_date", "address", "place", "postcode", "card_no", "email", "phone")


@dataclass(frozen=True)
class MatchRules:
    """The rows of identity_match_rules.csv; their meaning: ``_rules_identity.yml``."""

    near_name: float
    exact_probability: float
    link_probability: float
    review_probability: float
    max_namesakes: int
    max_same_birth: float
    max_block: int
    min_records: int
    training_records: int
    training_pairs: int
    known_share: float


@dataclass(frozen=True)
class Likely:
    """Pairs of records. ``exact``: rule, left, right. ``scored``: left, right, probability, the
    level of each comparison (-1: not compared), is_link."""

    exact: pa.Table
    scored: pa.Table


# More than one piece of evidence; and another given name is a brother's or a sister's.
_JUDGE = """
select s.*,
    s.probability >= {link}
        and (not t.other_person or s.card_no >= 2)
        and ( (s.name >= 2)::int + (s.birth_date >= 1)::int + (s.address >= 1)::int
            + (s.place >= 3 or s.postcode >= 1)::int
            + (s.card_no >= 1 or s.email = 1 or s.phone = 1)::int ) >= 2 as is_link
from scored as s
inner join (
    select c."left", c."right",
        (l.gender is not null and r.gender is not null and l.gender <> r.gender)
        or l.canonical <> r.canonical and (
            l.is_han and r.is_han
            or len(l.words) > 1 and len(r.words) > 1 and list_has_any(l.words, r.words)
                and jaro_winkler_similarity(
                    list_filter(l.words, lambda w: not list_contains(r.words, w))[1],
                    list_filter(r.words, lambda w: not list_contains(l.words, w))[1]) < 0.75
        ) as other_person
    from scored as c
    inner join person as l on c."left" = l.record
    inner join person as r on c."right" = r.record
) as t on s."left" = t."left" and s."right" = t."right"
where s.probability >= {review}
order by s."left", s."right"
"""


def find_likely(
    work: duckdb.DuckDBPyConnection,
    values: PersonalValues,
    rules: MatchRules,
    labels: IntArray,
    as_of: date,
) -> Likely:
    """Pairs of records of different clusters (``labels``) that are, or may be, one person."""
    con = load_persons(work, values, labels, as_of, rules.min_records)
    try:
        exact = exact_pairs(con, rules.max_namesakes, rules.max_same_birth)
        return Likely(exact, _scored(con, rules))
    finally:
        con.close()


def _scored(con: duckdb.DuckDBPyConnection, rules: MatchRules) -> pa.Table:
    persons = con.execute("select count(*) from person").fetchall()[0][0]
    pairs = candidate_pairs(con, rules.max_block) if persons >= rules.min_records else None
    if pairs is None or not pairs.num_rows:
        return _nothing()
    from dagster_project.identity.model import Training, score, trained

    training = Training(rules.training_records, rules.training_pairs, rules.known_share)
    found = score(con, trained(con, training), pairs)
    con.register("scored", found)
    return con.sql(
        _JUDGE.format(link=rules.link_probability, review=rules.review_probability)
    ).to_arrow_table()


def _nothing() -> pa.Table:
    columns = {"left": pa.int64(), "right": pa.int64(), "probability": pa.float64()}
    columns |= {name: pa.int8() for name in PAIR_COLUMNS} | {"is_link": pa.bool_()}
    return pa.schema(columns.items()).empty_table()
