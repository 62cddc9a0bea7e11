"""The linking policy: the rows of ``identity_rules.csv`` that hold on the day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields
from datetime import date

import duckdb

from dagster_project.identity.corroborate import Corroboration
from dagster_project.identity.fuzzy import MatchRules
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
    is_corroborated: bool = False
    max_owners: int = 1
    owner_share: float = 1.0
    splits_by_time: bool = False


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

    def corroborations(self) -> dict[int, Corroboration]:
        """Per corroborated tier, how; types that share a tier share the strictest limits."""
        found: dict[int, list[Rule]] = {}
        for rule in self.rules:
            if rule.is_corroborated:
                found.setdefault(rule.tier, []).append(rule)
        return {
            tier: Corroboration(
                max(rule.owner_share for rule in rules),
                min(rule.max_owners for rule in rules),
                all(rule.splits_by_time for rule in rules),
            )
            for tier, rules in found.items()
        }

    @property
    def max_size(self) -> int:
        """The size likely pairs may let a cluster grow to: that of the strictest tier."""
        return min(self.max_cluster_accounts().values())

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
            min_contact_share, max_cluster_accounts, is_corroborated, max_owners, owner_share,
            splits_by_time
        from rules.identity_rules
        where valid_from <= $day and (valid_to is null or valid_to >= $day)
        order by tier, identifier_type
        """,
        {"day": as_of},
    ).fetchall()
    if not rows:
        raise PolicyError(f"identity_rules.csv has no row that holds on {as_of}")
    return make_policy(Rule(*row) for row in rows)


def read_match_rules(con: duckdb.DuckDBPyConnection, as_of: date) -> MatchRules:
    """The rules of comparing people that hold on the day, from ``rules.identity_match_rules``.

    Raises:
        PolicyError: a rule is missing, or not known.
    """
    rows = con.execute(
        """
        select rule, value from rules.identity_match_rules
        where valid_from <= $day and (valid_to is null or valid_to >= $day)
        """,
        {"day": as_of},
    ).fetchall()
    wanted = {one.name: one.type for one in fields(MatchRules)}
    given = {name: float(value) for name, value in rows}
    if set(given) != set(wanted):
        names = ", ".join(sorted(set(given) ^ set(wanted)))
        raise PolicyError(f"identity_match_rules.csv: missing or unknown on {as_of}: {names}")
    whole = {name: int(given[name]) if wanted[name] == "int" else given[name] for name in wanted}
    return MatchRules(**whole)


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
            max_cluster_accounts bigint, is_corroborated boolean, max_owners bigint,
            owner_share double, splits_by_time boolean
        )
        """
    )
    con.executemany(
        "insert into ev_rule values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [list(astuple(rule)) for rule in policy.rules],
    )
