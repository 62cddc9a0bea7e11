"""What a member would fall into without one of its links, against networkx."""

from __future__ import annotations

import random

import duckdb
import networkx as nx
import pyarrow as pa
import pytest

from dagster_project.identity.bridges import bridged_members, parts_without


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


def bridged(members: list[dict[str, list[int]]]) -> list[int]:
    """What the report finds, of members whose records are 10 n, 10 n + 1 and so on."""
    edges = [
        (10 * n + record, 100 * n + int(value[1:]))
        for n, links in enumerate(members)
        for value, found in links.items()
        for record in found
    ]
    random.Random(1).shuffle(edges)
    with duckdb.connect() as con:
        con.register("edge", pa.table(dict(zip(("record", "value"), zip(*edges, strict=True),
                                               strict=True))))  # fmt: skip
        con.execute("create table ev_outcome as select *, true as is_used from edge")
        con.execute(
            "create table ev_cluster as select distinct record, record // 10 * 10 as founder "
            "from edge"
        )
        # a value that was not used, and a record of its own, change nothing
        con.execute("insert into ev_outcome select record, 100000 + founder, false from ev_cluster")
        con.execute("insert into ev_cluster values (100001, 100001)")
        return (bridged_members(con) // 10).tolist()


@pytest.mark.parametrize("seed", range(5))
def test_parts_and_bridges_equal_networkx(seed: int) -> None:
    dice = random.Random(seed)
    members = [connected(dice) for _ in range(100)]
    wanted = []
    for n, links in enumerate(members):
        parts = {value: expected_parts(links, value) for value in links}
        for value in links:
            assert {frozenset(p) for p in parts_without(links, value)} == parts[value]
        if any(sum(len(p) >= 2 for p in found) >= 2 for found in parts.values()):
            wanted.append(n)
    assert 0 < len(wanted) < 100
    assert bridged(members) == wanted


def test_no_member_has_no_bridge() -> None:
    assert bridged([{"v0": [0, 1]}]) == []
