"""Which records a run decides: all of them, or those that what is new can reach.

Everything between the inputs and the tables of results reads views ``in_record``,
``in_identifier`` and ``in_person``: the records to decide. Table ``scoped_counted`` has whoever
shows one of their values, if others are not decided.
"""

from __future__ import annotations

import duckdb

INPUTS = ("record", "identifier", "person")

# The records to decide, and those that are no longer there.
SCOPE = "select record_key from scope_record union all select record_key from scope_gone"

_WITHIN = """
create or replace temp table scoped_{name} as
select * from identity.idn_{name} semi join scope_record using (record_key)
"""

_SHOWN = """
create or replace temp table scoped_counted as
with shown as (select distinct identifier_type, token from scoped_identifier)

select i.identifier_type, i.token, r.record_type <> 'guest' as is_account
from identity.idn_identifier as i
semi join shown using (identifier_type, token)
inner join identity.idn_record as r on i.record_key = r.record_key
"""


def decide_all(con: duckdb.DuckDBPyConnection) -> None:
    """The views show everything; ``scope_record`` and ``scope_gone`` are empty."""
    for table in ("scope_record", "scope_gone"):
        con.execute(f"create or replace temp table {table} (record_key varchar)")
    for name in INPUTS:
        _view(con, name, f"from identity.idn_{name}")


def decide_within(con: duckdb.DuckDBPyConnection) -> None:
    """The views show the records of table ``scope_record``."""
    for name in INPUTS:
        con.execute(_WITHIN.format(name=name))
        _view(con, name, f"from scoped_{name}")
    con.execute(_SHOWN)


def _view(con: duckdb.DuckDBPyConnection, name: str, body: str) -> None:
    con.execute(f"create or replace temp view in_{name} as {body}")


def put(con: duckdb.DuckDBPyConnection, table: str, query: str, *, is_part: bool) -> None:
    """Write the rows of the records decided in this run to a table of schema ``identity``.

    Args:
        query: has a column record_key.
        is_part: whether other records keep their rows; else the table is made anew.
    """
    if not is_part:
        con.execute(f"create or replace table identity.{table} as {query}")
        return
    con.execute(f"delete from identity.{table} where record_key in ({SCOPE})")
    con.execute(f"insert into identity.{table} by name {query}")
