"""One run of identity: from ``idn_record`` and ``idn_identifier`` to members."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb

from dagster_project.identity.arrays import load_evidence
from dagster_project.identity.evidence import build_evidence
from dagster_project.identity.ids import assign_ids
from dagster_project.identity.junk import junk_tokens
from dagster_project.identity.partition import partition
from dagster_project.identity.policy import read_policy, store_policy
from dagster_project.identity.register import load_register
from dagster_project.identity.report import IdentityReport, write_report
from dagster_project.identity.tables import remember_previous, store_partition, write_tables
from dagster_project.privacy import Keys


def resolve_identity(database: Path, register: Path, keys: Keys, as_of: date) -> IdentityReport:
    """Decide which records are one member, and write the tables of schema ``identity``.

    Reads identity.idn_record, identity.idn_identifier, rules.identity_rules, rules.identity_junk
    and rules.identity_links; writes idn_member_record, idn_link, idn_held, idn_changed_record,
    idn_report and idn_register in one transaction. The connection is closed on return.

    Args:
        database: the work database; nobody else has it open.
        register: the register file; need not exist. It is read, not written.
        keys: the home's keys: for the tokens of junk values and for new ids.
        as_of: the day whose rules hold.

    Raises:
        PolicyError: the rules cannot be followed.
    """
    with duckdb.connect(str(database)) as con:
        policy = read_policy(con, as_of)
        store_policy(con, policy)
        remember_previous(con)
        load_register(con, register)
        build_evidence(con, junk_tokens(con, keys))
        evidence, edges = load_evidence(con, policy)
        store_partition(con, partition(evidence), edges)
        assign_ids(con, keys.derive("member-id"))
        con.begin()
        write_tables(con)
        report = write_report(con)
        con.commit()
    return report
