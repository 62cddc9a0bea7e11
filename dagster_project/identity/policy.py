"""The linking policy: the rows of ``identity_rules.csv`` that hold on the day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import astuple, dataclass
from datetime import date

import duckdb

from dagster_project.identity.partition import BY_HAND

LINK, ATTACH = "link", "attach"


class PolicyError(ValueError):
    """``identity_rules.csv`` cannot be followed; the message says which row and why."""


@dataclass(frozen=True)
class Rule:
    """How one type of identifier links. The columns' meaning: ``_rules_identity.yml``."""

    identifier_type: str
    tier: int
    use: str
    is_single_valued: bool
    max_accounts: int
    max_guests: int
    min_contact_share: float
    max_cluster_accounts: int


@dataclass(frozen=True)
class Policy:
    """The rules of one day, the strongest tier first."""

    rules: tuple[Rule, ...]

    @property
    def attaching_tiers(self) -> frozenset[int]:
        """Tiers that attach instead of linking."""
        return frozenset(rule.tier for rule in self.rules if rule.use == ATTACH)

    @property
    def single_valued_types(self) -> tuple[str, ...]:
        """Types of which a person has one value."""
        return tuple(rule.identifier_type for rule in self.rules if rule.is_single_valued)

    def max_cluster_accounts(self) -> dict[int, int]:
        """The size each tier may let a cluster grow to."""
        sizes: dict[int, int] = {}
        for rule in self.rules:
            sizes[rule.tier] = min(
                rule.max_cluster_accounts, sizes.get(rule.tier, rule.max_cluster_accounts)
            )
        return sizes


def read_policy(con: duckdb.DuckDBPyConnection, as_of: date) -> Policy:
    """The policy of ``as_of`` from the seed ``rules.identity_rules``.

    Raises:
        PolicyError: no rule holds on the day, or its rules contradict one another.
    """
    rows = con.execute(
        """
        select identifier_type, tier, use, is_single_valued, max_accounts, max_guests,
            min_contact_share, max_cluster_accounts
        from rules.identity_rules
        where valid_from <= $day and (valid_to is null or valid_to >= $day)
        order by tier, identifier_type
        """,
        {"day": as_of},
    ).fetchall()
    if not rows:
        raise PolicyError(f"identity_rules.csv has no row that holds on {as_of}")
    return make_policy(Rule(*row) for row in rows)


def make_policy(rules: Iterable[Rule]) -> Policy:
    """A policy of rules that fit together.

    Raises:
        PolicyError: see ``read_policy``.
    """
    policy = Policy(tuple(sorted(rules, key=_order)))
    for name, count in Counter(rule.identifier_type for rule in policy.rules).items():
        if count > 1:
            raise PolicyError(f"identity_rules.csv: {name} has {count} rows for one day")
    for rule in policy.rules:
        _check(rule, policy)
    return policy


def _order(rule: Rule) -> tuple[int, str]:
    """Order of rules: tier, then type."""
    return rule.tier, rule.identifier_type


def _check(rule: Rule, policy: Policy) -> None:
    name = rule.identifier_type
    if rule.tier <= BY_HAND:
        raise PolicyError(f"identity_rules.csv: {name}: tiers start at {BY_HAND + 1}")
    if rule.use == LINK and rule.tier in policy.attaching_tiers:
        raise PolicyError(f"identity_rules.csv: {name} links in a tier that attaches")
    if rule.is_single_valued and rule.min_contact_share <= 0.5:
        raise PolicyError(
            f"identity_rules.csv: {name} is single-valued, so min_contact_share must exceed 0.5: "
            "at or below it, the orders of one record could give it two values"
        )


def store_policy(con: duckdb.DuckDBPyConnection, policy: Policy) -> None:
    """The policy as the temporary table ``ev_rule``."""
    con.execute(
        """
        create or replace temp table ev_rule (
            identifier_type varchar, tier integer, use varchar, is_single_valued boolean,
            max_accounts bigint, max_guests bigint, min_contact_share double,
            max_cluster_accounts bigint
        )
        """
    )
    con.executemany(
        "insert into ev_rule values (?, ?, ?, ?, ?, ?, ?, ?)",
        [list(astuple(rule)) for rule in policy.rules],
    )
