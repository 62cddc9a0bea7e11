"""What joins records that share no strong key: exact names with a birth date or address, then
the probabilistic model; and what is only likely, for people to decide."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa

from dagster_project.identity.bounds import possible_pairs
from dagster_project.identity.candidates import candidate_pairs, exact_pairs
from dagster_project.identity.graph import IntArray
from dagster_project.identity.known import NOTHING, Known
from dagster_project.identity.personal import PersonalValues
from dagster_project.identity.scope import SCOPE

if TYPE_CHECKING:
    from dagster_project.identity.training import Training

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


_SCORED = """
create table if not exists identity.idn_kept_score (
    pair ubigint, probability double, {levels}, is_link boolean
);
delete from identity.idn_kept_unread where not is_known and record_key in ({scope});
create or replace temp table unscored as
select * from met anti join identity.idn_kept_score using (pair)
"""

_NOBODY_MET = "create or replace temp table met (left_key varchar, right_key varchar, pair ubigint)"

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
    """``known``: whom it is trained on. ``settings``: Splink's, None where too few can be read.
    ``training``: where they come from, if the model is of this run."""

    known: Known
    settings: dict[str, Any] | None = None
    training: Training | None = None


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
        model: if it is being trained, it is waited for.

    Raises:
        ModelChanged: a model is needed, and is not trained in this run.
    """
    from dagster_project.identity.scoring import score_pairs

    con.register("labels", pa.table({"record": range(labels.size), "cluster": labels}))
    con.execute("create or replace temp table ev_label as from labels")
    con.unregister("labels")
    con.execute(_NOBODY_MET)
    exact = exact_pairs(con, rules.max_namesakes)
    if model.known.print != NOTHING:
        if model.training is not None:
            model.settings = model.training.settings(con)
        met = candidate_pairs(con, rules.max_block)
        if met and model.settings is not None:
            possible_pairs(con, model.settings, rules.review_probability)
        elif met and model.training is None:
            raise ModelChanged
    con.execute(_SCORED.format(levels=_LEVELS, scope=SCOPE))
    if con.execute("select count(*) from unscored").fetchall()[0][0]:
        score_pairs(con, values, rules, model.settings)
    con.execute(_LIKELY)
    con.execute("drop table ev_label")
    return Likely(exact, con.sql(_LINKED).to_arrow_table())
