"""What one run leaves for the next: tables ``identity.idn_kept_…`` of the work database.

They save work and decide nothing: a run without them decides over all records, to the same end.
A full build starts from an empty database and so never sees them. They hold keys, tokens, hashes,
cities and probabilities, and like the published state they are replaced by a finished build only.

idn_kept_base: of which rules and which home (``base``), whom the model was trained on, the model.
idn_kept_frequency: how many of them show a name or a city (``known``).
idn_kept_input: a hash of all a record states. idn_kept_override: decisions of people.
idn_kept_part: the part of the graph a record is in (``touched``).
idn_kept_face, idn_kept_common: who records say they are (``faces``).
idn_kept_score: what the model said of a pair, by a hash of both its records' keys and prints.
idn_kept_unread: records that could not be read, to be compared or learnt from (is_known), and where
they were delivered.
idn_kept_likely: pairs of records the model says are, or may be, one person.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from dagster_project.identity.fuzzy import Model
from dagster_project.identity.graph import Links, component_of_cluster, founders
from dagster_project.identity.known import Known
from dagster_project.identity.scope import SCOPE, put
from dagster_project.privacy import Keys

# What these tables say; another number where they come to say something else.
LAYOUT = 3

# A hash of all that decides of a record, its identifiers and its person, by a hash of its key. When
# it was last seen, and in which file it was delivered last, decide nothing.
PRINTS = """
select record, sum(print) as print
from (
    select hash(record_key) as record, hash(r) as print
    from (select * exclude (last_seen_at) from identity.idn_record) as r
    union all
    select hash(record_key), hash(i) from identity.idn_identifier as i
    union all
    select hash(p.record_key), hash(p) from (
        select * exclude (batch_id, file_row) from identity.idn_person
    ) as p
)
group by record
"""

OVERRIDES = (
    "select override_id, action, left_record_key, right_record_key, decided_at "
    "from identity.idn_override"
)

# A register of before there were spans has no version.
_SAME_REGISTER = """
with read as (
    select cast(null as integer) as version, cast(null as date) as valid_to where false
    union all by name
    from read_parquet($path)
)

select (select {of} from identity.idn_register) = (select {of} from read)
""".format(of="(count(*), sum(hash(record_key, member_id, version, valid_to)))")


def base_of(con: duckdb.DuckDBPyConnection, keys: Keys, others: str) -> str:
    """What else decides, beside the records: the policy, the junk list, the home, ``others``."""
    rules, junk = (con.execute(f"from {name} order by all").fetchall()
                   for name in ("ev_rule", "ev_junk"))  # fmt: skip
    text = json.dumps([LAYOUT, rules, junk, others, keys.token("base", "")], default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def can_continue(con: duckdb.DuckDBPyConnection, base: str, register: Path) -> bool:
    """Whether the last run left its tables whole, by the same rules, and the register is theirs."""
    found = con.execute(
        """
        select count(*) from information_schema.tables
        where table_schema = 'identity' and table_name in ('idn_kept_base', 'idn_register')
        """
    ).fetchall()
    if found[0][0] < 2 or not register.exists():
        return False
    kept = con.execute("select base from identity.idn_kept_base").fetchall()
    if kept != [(base,)]:
        return False
    return bool(con.execute(_SAME_REGISTER, {"path": str(register)}).fetchall()[0][0])


def forget(con: duckdb.DuckDBPyConnection) -> None:
    """Drop all that earlier runs left; ``idn_kept_unread`` is there, and empty."""
    for table in (
        "base", "input", "override", "part", "face", "common", "score", "likely", "frequency",
        "unread",
    ):  # fmt: skip
        con.execute(f"drop table if exists identity.idn_kept_{table}")
    con.execute(
        "create table identity.idn_kept_unread "
        "(record_key varchar, batch_id varchar, file_row bigint, is_known boolean)"
    )


def kept_model(con: duckdb.DuckDBPyConnection) -> Model:
    """The model of the last run; without settings, if there was no need of one."""
    records, known_print, text = con.execute(
        "select known_records, known_print, model from identity.idn_kept_base"
    ).fetchall()[0]
    settings: dict[str, Any] | None = json.loads(text) if text else None
    return Model(Known(records, known_print), settings)


_FACES = "select * exclude (record) from ev_face"
_LIKELY = """
delete from identity.idn_kept_likely where left_key in ({scope}) or right_key in ({scope});
insert into identity.idn_kept_likely by name from likely
"""
_MOVED = """
delete from identity.idn_kept_input where record in (select record from moved_input);
insert into identity.idn_kept_input by name select * from moved_input where print is not null
"""
_PART = """
select r.record_key, hash(f.record_key) as part
from ev_part as p
inner join ev_record as r on p.record = r.code
inner join ev_record as f on p.part = f.code
"""


def keep(con: duckdb.DuckDBPyConnection, base: str, model: Model, *, is_part: bool) -> None:
    """Leave this run's work for the next, in the transaction of its results.

    Args:
        is_part: whether records outside the scope keep what is kept of them.
    """
    con.execute(
        _MOVED if is_part else f"create or replace table identity.idn_kept_input as {PRINTS}"
    )
    put(con, "idn_kept_part", _PART, is_part=is_part)
    put(con, "idn_kept_face", _FACES, is_part=is_part)
    if is_part:
        con.execute(_LIKELY.format(scope=SCOPE))
    else:
        con.execute("create or replace table identity.idn_kept_likely as from likely")
    con.execute("create or replace table identity.idn_kept_common as from ev_common")
    con.execute(f"create or replace table identity.idn_kept_override as {OVERRIDES}")
    con.execute(
        "create or replace table identity.idn_kept_base as "
        "select $base as base, cast($records as bigint) as known_records, "
        "$print as known_print, $model as model",
        {
            "base": base, "records": model.known.records, "print": model.known.print,
            "model": None if model.settings is None else json.dumps(model.settings),
        },
    )  # fmt: skip


def store_parts(con: duckdb.DuckDBPyConnection, count: int) -> None:
    """``ev_part``: for each record to decide the smallest code in its part of the graph.

    Args:
        count: how many records are to be decided.
    """
    joined, named = (con.execute(query).fetchnumpy() for query in (_JOINED, _NAMED))
    past = int(joined["value"].max()) + 1 if joined["value"].size else 0
    values = past + np.unique(named["value"], return_inverse=True)[1]
    links = Links(
        np.concatenate([joined["record"], named["record"]]),
        np.concatenate([joined["value"], values]),
    )
    part = founders(component_of_cluster(np.arange(count), links))
    con.register("parts", pa.table({"record": np.arange(count), "part": part}))
    con.execute("create or replace temp table ev_part as from parts")
    con.unregister("parts")


# Whatever may join two records: the edges of identifiers and decisions, and of likely pairs
# (``ev_edge`` has them all), and exact names.
_JOINED = """
select record, value from ev_edge
where role in ('link', 'attach') and value in (select code from ev_value where records > 1)
"""
_NAMED = " union all ".join(
    f"""
    select record, hash('{column}', canonical, {column}) as value from ev_face
    where is_full and {column} is not null
    qualify count(*) over (partition by canonical, {column}) > 1
    """
    for column in ("birth_date", "address")
)
