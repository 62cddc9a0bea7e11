"""Splink alone on the records of a conformed home: what one model over all columns makes of them.

    python -m benchmarks.oneid.splink_alone HOME OUT.parquet [--far]

A plain set-up of the library's documentation: every identifier is an exact comparison adjusted for
term frequency, names by Jaro-Winkler, birth dates by edit distance; pairs meet by any identifier or
by name and birth date; u by random sampling, m by expectation maximisation in three sessions;
clusters are connected components at each of several thresholds. It is spared what would stop it: a
value on more than ``MOST`` records is left out, as the warehouse's rules leave it out. Prints JSON.

With ``--far`` it also looks for people who have no key in common, where the identity step looks:
records meet by a name, an address, a birth date or postcode with the city and by both together, if
no more than ``MOST_IN_BLOCK`` do (``max_block`` of the rules). Addresses and postcodes count too.
"""

from __future__ import annotations

import json
import logging
import sys
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.oneid.cost import Meter
from dagster_project.identity import VaultValues
from dagster_project.privacy import load_keys
from dagster_project.settings import Home, settings_from_environment

KEYS = ("unionid", "openid", "marketplace_id", "card_no", "email", "phone")
MOST = 100
MOST_IN_BLOCK = 60
ITERATIONS = 25  # the library's own; addresses no match shares would underflow by then
FEW_ITERATIONS = 5
MEETINGS = {
    "by_name": "name", "by_address": "address", "by_birth_city": "birth_date || '|' || city",
    "by_birth_postcode": "birth_date || '|' || postcode", "by_place": "postcode || '|' || city",
}  # fmt: skip
THRESHOLDS = (0.001, 0.01, 0.1, 0.5, 0.9, 0.99)

_SHOWN = """
create table shown as
select i.record_key, i.identifier_type, min(i.token) as token
from work.identity.idn_identifier as i
where (i.identifier_type, i.token) in (
    select (identifier_type, token) from work.identity.idn_identifier
    group by identifier_type, token having count(*) <= {most}
)
group by i.record_key, i.identifier_type
"""
_NAMED = """
select {kind}_token as token, min(record_key) as record_key,
    arg_min(batch_id, record_key) as batch_id, arg_min(file_row, record_key) as file_row
from work.identity.idn_person where {kind}_token is not null group by {kind}_token
"""


def load(home: Home, *, far: bool) -> duckdb.DuckDBPyConnection:
    """Table ``person``: a row a record, names and birth dates in plain text, in memory only.

    Addresses are read where they are looked at (``far``).
    """
    settings = settings_from_environment()
    con = duckdb.connect(config={"threads": settings.threads})
    con.execute(f"attach '{home.next_database}' as work (read_only)")
    con.execute(_SHOWN.format(most=MOST))
    values = VaultValues(home, load_keys(home), settings)
    for kind in ("name", "birth_date", *(("address",) if far else ())):
        texts = values.texts(kind, con.sql(_NAMED.format(kind=kind)).to_arrow_table())
        con.register("read", texts)
        con.execute(f"create table {kind} as select * from read")
        con.unregister("read")
    picked = ", ".join(
        f"max(s.token) filter (where s.identifier_type = '{key}') as {key}" for key in KEYS
    )
    con.execute(
        f"""
        create table person as
        select row_number() over (order by r.record_key) as record, r.record_key,
            any_value(n.text) as name, any_value(b.text) as birth_date, any_value(p.city) as city,
            {"any_value(a.text) as address, any_value(p.postcode) as postcode," if far else ""}
            {picked}
        from work.identity.idn_record as r
        left join shown as s on r.record_key = s.record_key
        left join work.identity.idn_person as p on r.record_key = p.record_key
        left join name as n on p.name_token = n.token
        left join birth_date as b on p.birth_date_token = b.token
        {"left join address as a on p.address_token = a.token" if far else ""}
        group by r.record_key
        """
    )
    con.execute("detach work")
    return con


def add_meetings(con: duckdb.DuckDBPyConnection) -> None:
    """A column of ``person`` for each of ``MEETINGS``; NULL where too many share it."""
    columns = ", ".join(
        f"case when count(*) over (partition by {key}) <= {MOST_IN_BLOCK} then {key} end as {name}"
        for name, key in MEETINGS.items()
    )
    con.execute(f"create or replace table person as select *, {columns} from person")


def settings_of_splink(*, far: bool) -> Any:
    """The model: comparisons and the pairs it is asked about."""
    import splink.comparison_library as cl
    from splink import SettingsCreator, block_on

    exact = [cl.ExactMatch(key).configure(term_frequency_adjustments=True) for key in KEYS]
    if far:
        exact += [cl.JaroWinklerAtThresholds("address", [0.95, 0.88]), cl.ExactMatch("postcode")]
    return SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="record",
        max_iterations=FEW_ITERATIONS if far else ITERATIONS,
        comparisons=[
            cl.JaroWinklerAtThresholds("name", [0.92, 0.8]).configure(
                term_frequency_adjustments=True
            ),
            cl.DamerauLevenshteinAtThresholds("birth_date", [1, 2]),
            cl.ExactMatch("city").configure(term_frequency_adjustments=True),
            *exact,
        ],
        blocking_rules_to_generate_predictions=[
            *(block_on(key) for key in KEYS), block_on("name", "birth_date"),
            *(block_on(column) for column in MEETINGS if far),
        ],
    )  # fmt: skip


def linked(con: duckdb.DuckDBPyConnection, *, far: bool) -> list[str]:
    """Train, predict, cluster; the names of tables (record, cluster), one a threshold."""
    from splink import DuckDBAPI, Linker, block_on

    logging.getLogger("splink").setLevel(logging.ERROR)
    api = DuckDBAPI(connection=con)
    linker = Linker(api.register("person"), settings_of_splink(far=far), log_level="ERROR")
    linker.training.estimate_probability_two_random_records_match(
        [block_on("unionid"), block_on("card_no"), block_on("name", "birth_date")], recall=0.7
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=2_000_000, seed=1)
    for rule in (block_on("phone"), block_on("email"), block_on("name", "birth_date")):
        linker.training.estimate_parameters_using_expectation_maximisation(
            rule, estimate_without_term_frequencies=True, max_pairs=1_000_000
        )
    pairs = linker.inference.predict(threshold_match_probability=min(THRESHOLDS))
    return [
        linker.clustering.cluster_pairwise_predictions_at_threshold(
            pairs, threshold_match_probability=threshold
        ).physical_name
        for threshold in THRESHOLDS
    ]


def main() -> None:
    """See the module."""
    root, out = sys.argv[1:3]
    far = "--far" in sys.argv
    meter = Meter()
    con = load(Home(Path(root)), far=far)
    if far:
        add_meetings(con)
    loaded = json.loads(meter.line())["cpu_seconds"]
    tables = linked(con, far=far)
    cost = json.dumps(json.loads(meter.line()) | {"load_cpu_seconds": loaded})
    columns = ", ".join(
        f"t{n}.cluster_id as at_{round(threshold * 1000)}" for n, threshold in enumerate(THRESHOLDS)
    )
    joins = " ".join(
        f"left join {table} as t{n} on p.record = t{n}.record" for n, table in enumerate(tables)
    )
    con.execute(f"copy (select p.record_key, {columns} from person as p {joins}) to '{out}'")
    print(cost)


if __name__ == "__main__":
    main()
