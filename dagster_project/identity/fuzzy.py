"""What joins records that share no strong key: exact names with a birth date or address, then
the probabilistic model; and what is only likely, for people to decide."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import duckdb
import pyarrow as pa

from dagster_project.identity.bounds import possible_pairs
from dagster_project.identity.candidates import candidate_pairs, exact_pairs
from dagster_project.identity.graph import IntArray
from dagster_project.identity.known import NOTHING, Known
from dagster_project.identity.personal import PersonalValues
from dagster_project.identity.persons import lay_persons, open_memory

PAIR_COLUMNS = ("name", "birth_date", "address", "place", "postcode", "card_no", "email", "phone")
_LEVELS = ", ".join(f"{name} tinyint" for name in PAIR_COLUMNS)


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
    """Pairs of records. ``exact``: rule, left, right. ``scored``: left, right, probability: those
    the model links. What is likely, linked or not, is in table ``likely`` by record_key."""

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
"""

_SCORED = """
create table if not exists identity.idn_kept_score (
    pair ubigint, probability double, {levels}, is_link boolean
);
create or replace temp table unscored as
select * from met anti join identity.idn_kept_score using (pair)
"""

_NOBODY_MET = "create or replace temp table met (left_key varchar, right_key varchar, pair ubigint)"

_UNSCORED = """
select l.record as "left", r.record as "right"
from unscored as u
inner join wanted as l on u.left_key = l.record_key
inner join wanted as r on u.right_key = r.record_key
order by 1, 2
"""

_STORE = """
insert into identity.idn_kept_score
select u.pair, j.probability, {columns}, j.is_link
from unscored as u
inner join wanted as l on u.left_key = l.record_key
inner join wanted as r on u.right_key = r.record_key
left join judged as j on l.record = j."left" and r.record = j."right"
"""

_LIKELY = """
create or replace temp table likely as
select m.left_key, m.right_key, s.* exclude (pair)
from met as m inner join identity.idn_kept_score as s on m.pair = s.pair
where s.probability is not null
"""

_LINKED = """
select l.code as "left", r.code as "right", k.probability
from likely as k
inner join ev_record as l on k.left_key = l.record_key
inner join ev_record as r on k.right_key = r.record_key
where k.is_link order by 1, 2
"""


class ModelChanged(Exception):  # noqa: N818 (no error: a reason to decide over all records)
    """The model at hand is not this month's: every pair must be compared anew."""


@dataclass
class Model:
    """``known``: whom it is trained on. ``settings``: Splink's, None where they were too few."""

    known: Known
    settings: dict[str, Any] | None = None
    may_train: bool = True


def find_likely(
    con: duckdb.DuckDBPyConnection,
    values: PersonalValues,
    rules: MatchRules,
    labels: IntArray,
    model: Model,
) -> Likely:
    """Pairs of records of different clusters (``labels``) that are, or may be, one person.

    Args:
        con: the work database, with ``ev_face`` and ``ev_common``.
        model: is trained here if it may be and is not yet, on ``known_face``.

    Raises:
        ModelChanged: a model is needed, and may not be trained.
    """
    con.register("labels", pa.table({"record": range(labels.size), "cluster": labels}))
    con.execute("create or replace temp table ev_label as from labels")
    con.unregister("labels")
    from dagster_project.identity.training import learnt

    con.execute(_NOBODY_MET)
    exact = exact_pairs(con, rules.max_namesakes)
    if model.known.print != NOTHING:
        if model.settings is None and model.may_train:
            model.settings = learnt(con, values, rules)
        if candidate_pairs(con, rules.max_block):
            if model.settings is None:
                raise ModelChanged
            possible_pairs(con, model.settings, rules.review_probability)
    con.execute(_SCORED.format(levels=_LEVELS))
    if con.execute("select count(*) from unscored").fetchall()[0][0]:
        _score(con, values, rules, model.settings)
    con.execute(_LIKELY)
    con.execute("drop table ev_label")
    return Likely(exact, con.sql(_LINKED).to_arrow_table())


def _score(
    work: duckdb.DuckDBPyConnection,
    values: PersonalValues,
    rules: MatchRules,
    settings: dict[str, Any],
) -> None:
    """Read the names behind pairs nobody compared, and keep what the model says of them."""
    from dagster_project.identity.model import score

    con = open_memory(work)
    try:
        lay_persons(work, con, values)
        found = score(con, settings, work.sql(_UNSCORED).to_arrow_table())
        con.register("scored", found)
        judged = con.sql(
            _JUDGE.format(link=rules.link_probability, review=rules.review_probability)
        ).to_arrow_table()
    finally:
        con.close()
    work.register("judged", judged)
    columns = ", ".join(f"j.{name}" for name in PAIR_COLUMNS)
    work.execute(_STORE.format(columns=columns))
    work.unregister("judged")
