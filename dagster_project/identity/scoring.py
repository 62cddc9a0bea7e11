"""What the model says of pairs nobody compared yet: read, scored, judged, kept."""

from __future__ import annotations

from typing import Any

import duckdb

from dagster_project.identity.fuzzy import PAIR_COLUMNS, MatchRules
from dagster_project.identity.memory import open_memory
from dagster_project.identity.model import score
from dagster_project.identity.personal import PersonalValues
from dagster_project.identity.persons import lay_persons

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

_UNSCORED = """
select l.record as "left", r.record as "right"
from unscored as u
inner join wanted as l on u.left_key = l.record_key
inner join wanted as r on u.right_key = r.record_key
order by 1, 2
"""

# Who cannot be read (he was erased) may come back: nothing is kept of his pairs but where he was.
_STORE = """
insert into identity.idn_kept_score
select u.pair, j.probability, {columns}, j.is_link
from unscored as u
inner join wanted as l on u.left_key = l.record_key
inner join wanted as r on u.right_key = r.record_key
left join judged as j on l.record = j."left" and r.record = j."right"
where l.record in (select record from read) and r.record in (select record from read);

delete from identity.idn_kept_unread
where not is_known and record_key in (select record_key from wanted);

insert into identity.idn_kept_unread
select record_key, batch_id, file_row, false from wanted
where record not in (select record from read)
"""


def score_pairs(
    work: duckdb.DuckDBPyConnection,
    values: PersonalValues,
    rules: MatchRules,
    settings: dict[str, Any],
) -> None:
    """Read the names behind pairs nobody compared, and keep what the model says of them."""
    con = open_memory(work.execute("select current_setting('threads')").fetchall()[0][0])
    try:
        lay_persons(work, con, values)
        found = score(con, settings, work.sql(_UNSCORED).to_arrow_table())
        con.register("scored", found)
        judged = con.sql(
            _JUDGE.format(link=rules.link_probability, review=rules.review_probability)
        ).to_arrow_table()
        read = con.sql("select record from person").to_arrow_table()
    finally:
        con.close()
    work.register("judged", judged)
    work.register("read", read)
    columns = ", ".join(f"j.{name}" for name in PAIR_COLUMNS)
    work.execute(_STORE.format(columns=columns))
    work.unregister("judged")
    work.unregister("read")
