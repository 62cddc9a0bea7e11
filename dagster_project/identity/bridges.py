"""Bridges: the one value without which a member would fall into parts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence


def parts_without(
    links: Mapping[Hashable, Sequence[Hashable]], value: Hashable
) -> list[set[Hashable]]:
    """The parts a member's records fall into when one value no longer joins.

    Args:
        links: the records that each value joins; together they make one connected member.
    """
    parts: list[set[Hashable]] = []
    for other, records in links.items():
        groups = [set(records)] if other != value else [{record} for record in records]
        for group in groups:
            met = [part for part in parts if part & group]
            parts = [part for part in parts if not part & group]
            parts.append(group.union(*met))
    return parts


def is_bridged(links: Mapping[Hashable, Sequence[Hashable]]) -> bool:
    """Whether one value alone holds together two parts of two records or more each."""
    # values on the same records do the same: none of them holds anything together alone
    same = Counter(frozenset(records) for records in links.values())
    distinct = {records: tuple(records) for records in same}
    return any(
        sum(len(part) > 1 for part in parts_without(distinct, records)) > 1
        for records, count in same.items()
        if count == 1 and len(records) > 1
    )


def bridged_members(edges: Iterable[tuple[Hashable, Hashable, Hashable]]) -> list[Hashable]:
    """The members that are bridged.

    Args:
        edges: (member, value, record) of the links in use.
    """
    members: dict[Hashable, dict[Hashable, list[Hashable]]] = defaultdict(lambda: defaultdict(list))
    for member, value, record in edges:
        members[member][value].append(record)
    return [member for member, links in members.items() if is_bridged(links)]
