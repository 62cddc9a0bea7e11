"""The demo brand's customers and orders in a home, and who really is who."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import duckdb
import numpy as np

from benchmarks.oneid.grade import Codes
from benchmarks.oneid.home import conformed_home
from dagster_project.identity.graph import Links, component_of_cluster
from dagster_project.sample import write_sample
from dagster_project.settings import Home

EVIDENCE = ("customers", "orders")  # files of the demo brand that carry identifiers
_RECORD = "channel || ':' || coalesce(customer_id, 'guest:' || order_id)"


def brand_home(persons: int, folder: Path) -> tuple[Home, date]:
    """A home up to the conformed layer, of so many persons; its truth is in ``folder/truth``."""
    write_sample(folder / "all", members=persons, truth=folder / "truth")
    for path in (folder / "all").rglob("*"):
        if path.is_file() and path.name.startswith(EVIDENCE):
            target = folder / "landing" / path.relative_to(folder / "all")
            target.parent.mkdir(parents=True, exist_ok=True)
            path.rename(target)
    shutil.rmtree(folder / "all")
    home, plan = conformed_home(folder / "landing", folder / "home")
    return home, plan.as_of


def owners(folder: Path) -> str:
    """Statements that make tables ``owner`` and ``trap`` (record_key, person_id …) of the truth."""
    return ";".join(
        f"create temp table {table} as select *, {_RECORD} as record_key "
        f"from read_parquet('{folder}/truth/{file}.parquet')"
        for table, file in (("owner", "persons"), ("trap", "identity_traps"))
    )


# Of one person, what two records share: an identifier that is not junk, or the same name with the
# same birth date or address.
_PROOF = """
with known as (
    select o.record_key, o.person_id, row_number() over (order by o.record_key) - 1 as code
    from owner as o inner join identity.idn_member_record as m on o.record_key = m.record_key
),

shown as (
    select record_key, identifier_type || token as value from identity.idn_identifier
    where (identifier_type, token) not in (
        select (identifier_type, token) from identity.idn_held where reason in ('junk', 'frequency')
    )
    union all
    select record_key, name_token || birth_date_token from identity.idn_person
    union all
    select record_key, name_token || address_token from identity.idn_person
)

select k.code as record, dense_rank() over (order by k.person_id, s.value) - 1 as value
from shown as s inner join known as k on s.record_key = k.record_key
where s.value is not null
"""
_FOUND = """
select m.member_id from owner as o
inner join identity.idn_member_record as m on o.record_key = m.record_key order by o.record_key
"""


def provable(con: duckdb.DuckDBPyConnection) -> tuple[Codes, Codes]:
    """Of each record with a known owner: the part of that person which evidence holds together,
    and the member it was given; shapes ``(n,)``. No evidence joins one part to another, so a pair
    within a part is what can be found at best. Tables ``owner`` and those of a run exist.
    """
    members = con.execute(_FOUND).fetchnumpy()["member_id"].astype(str)
    edges = con.execute(_PROOF).fetchnumpy()
    links = Links(edges["record"], edges["value"])
    parts = component_of_cluster(np.arange(members.size), links)
    return parts, np.unique(members, return_inverse=True)[1]
