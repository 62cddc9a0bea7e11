"""What a member would fall into without one of its links, against networkx."""

from __future__ import annotations

import random

import networkx as nx
import pytest

from dagster_project.identity.bridges import bridged_members, is_bridged, parts_without


def connected(dice: random.Random) -> dict[str, list[int]]:
    """A random connected member: values, and the records each joins."""
    while True:
        size = dice.randrange(2, 9)
        links = {
            f"v{n}": dice.sample(range(size), dice.randrange(2, min(size, 4) + 1))
            for n in range(dice.randrange(1, 8))
        }
        graph = graph_of(links)
        if nx.is_connected(graph):
            return links


def graph_of(links: dict[str, list[int]]) -> nx.Graph:
    return nx.Graph([(value, record) for value, found in links.items() for record in found])


def expected_parts(links: dict[str, list[int]], value: str) -> set[frozenset[int]]:
    graph = graph_of(links)
    graph.remove_node(value)
    return {
        frozenset(node for node in part if isinstance(node, int))
        for part in nx.connected_components(graph)
    }


@pytest.mark.parametrize("seed", range(5))
def test_parts_and_bridges_equal_networkx(seed: int) -> None:
    dice = random.Random(seed)
    bridged = 0
    members = [connected(dice) for _ in range(100)]
    for links in members:
        parts = {value: expected_parts(links, value) for value in links}
        for value in links:
            assert {frozenset(p) for p in parts_without(links, value)} == parts[value]
        wanted = any(sum(len(p) >= 2 for p in found) >= 2 for found in parts.values())
        assert is_bridged(links) == wanted
        bridged += wanted
    assert 0 < bridged < 100
    edges = [
        (n, value, record)
        for n, links in enumerate(members)
        for value, found in links.items()
        for record in found
    ]
    dice.shuffle(edges)
    assert len(bridged_members(edges)) == bridged
