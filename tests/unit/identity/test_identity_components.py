"""Components against networkx, guards against a naive second implementation and invariants."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest

from dagster_project.identity.clusters import Guards, Verdict, close_tier, join_by_hand
from dagster_project.identity.graph import Links, component_of_cluster, founders
from dagster_project.identity.partition import Evidence, partition

NO_PAIRS = np.empty((0, 2), dtype=np.int64)


def parts(labels) -> set[frozenset[int]]:
    found: dict[int, set[int]] = {}
    for record, label in enumerate(labels):
        found.setdefault(int(label), set()).add(record)
    return {frozenset(part) for part in found.values()}


def random_links(rng: np.random.Generator, records: int) -> Links:
    edges = int(rng.integers(0, 2 * records))
    values = max(1, int(rng.integers(1, 2 * records)))
    pairs = {(int(rng.integers(records)), int(rng.integers(values))) for _ in range(edges)}
    both = np.array(sorted(pairs), dtype=np.int64).reshape(-1, 2)
    return Links(both[:, 0], both[:, 1])


def graph_of(nodes, links: Links, labels) -> nx.Graph:
    graph = nx.Graph()
    graph.add_nodes_from(("c", int(node)) for node in nodes)
    graph.add_edges_from(
        (("c", int(labels[r])), ("v", int(v)))
        for r, v in zip(links.records, links.values, strict=True)
    )
    return graph


def free(records: int) -> Guards:
    return Guards((), NO_PAIRS, np.ones(records, dtype=np.int64))


@pytest.mark.parametrize("block", range(10))
def test_components_equal_networkx_on_random_graphs(block: int) -> None:
    """40 graphs a block, closed in three tiers: what the union of their edges connects."""
    for number in range(40):
        rng = np.random.default_rng(1000 * block + number)
        records = int(rng.integers(1, 60))
        tiers = [random_links(rng, records) for _ in range(3)]
        labels = np.arange(records)
        whole = nx.Graph()
        whole.add_nodes_from(("r", n) for n in range(records))
        for tier, links in enumerate(tiers):
            labels, verdict = close_tier(labels, links, free(records), records)
            assert not verdict.any()
            whole.add_edges_from(
                (("r", int(r)), (tier, int(v)))
                for r, v in zip(links.records, links.values, strict=True)
            )
        expected = {
            frozenset(n for kind, n in part if kind == "r")
            for part in nx.connected_components(whole)
        }
        assert parts(labels) == expected


def test_a_long_chain_and_a_large_hub_are_one() -> None:
    records = 2000
    chain = Links(np.repeat(np.arange(records), 2)[1:-1], np.repeat(np.arange(records - 1), 2))
    assert len(parts(component_of_cluster(np.arange(records), chain))) == 1
    one = np.zeros(records, dtype=np.int64)
    hub = Links(np.arange(records), one)
    # 256 equal edges between a contracted cluster and a value must not cancel out.
    assert len(parts(component_of_cluster(np.arange(records) % 2, hub))) == 1
    assert (
        len(parts(component_of_cluster(np.arange(512) % 2, Links(np.arange(512), one[:512])))) == 1
    )


def naive_tier(labels, links: Links, guards: Guards, max_accounts: int):
    """The rule of ``close_tier`` in words of networkx and sets."""
    edges = list(zip(links.records.tolist(), links.values.tolist(), strict=True))
    cluster = {record: int(labels[record]) for record in range(len(labels))}

    def held_by(clusters, exclusive) -> set[int]:
        return {int(exclusive[r]) for r, c in cluster.items() if c in clusters} - {-1}

    def components(kept):
        records = np.array([r for r, _ in kept], dtype=np.int64)
        values = np.array([v for _, v in kept], dtype=np.int64)
        graph = graph_of(set(cluster.values()), Links(records, values), labels)
        return [
            ({n for kind, n in part if kind == "c"}, {n for kind, n in part if kind == "v"})
            for part in nx.connected_components(graph)
        ]

    away = set()
    for clusters, _ in components(edges):
        for stays, leaves in guards.apart.tolist():
            if {cluster[stays], cluster[leaves]} <= clusters:
                away.add(cluster[leaves])
    edges = [(r, v) for r, v in edges if cluster[r] not in away]
    for value in {v for _, v in edges}:
        star = {cluster[r] for r, v in edges if v == value}
        if any(len(held_by(star, exclusive)) > 1 for exclusive in guards.exclusive):
            edges = [(r, v) for r, v in edges if v != value]
    for clusters, values in components(edges):
        size = sum(int(guards.accounts[r]) for r, c in cluster.items() if c in clusters)
        large = size > max_accounts and len(clusters) > 1
        if large or any(len(held_by(clusters, e)) > 1 for e in guards.exclusive):
            edges = [(r, v) for r, v in edges if v not in values]
    found = {c: part for part, (clusters, _) in enumerate(components(edges)) for c in clusters}
    return np.array([found[cluster[r]] for r in range(len(labels))]), set(edges)


def random_case(rng: np.random.Generator) -> tuple[int, list[Links], Guards, int]:
    records = int(rng.integers(2, 40))
    known = rng.choice([0.02, 0.4])
    exclusive = tuple(
        np.where(rng.random(records) < known, rng.integers(0, 8, records), -1) for _ in range(2)
    )
    pairs = rng.integers(0, records, (int(rng.integers(0, 4)), 2))
    pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    accounts = (rng.random(records) < 0.7).astype(np.int64)
    tiers = [random_links(rng, records) for _ in range(3)]
    return records, tiers, Guards(exclusive, pairs, accounts), int(rng.integers(2, 20))


@pytest.mark.parametrize("block", range(6))
def test_guards_equal_a_naive_implementation_and_hold(block: int) -> None:
    kinds = set()
    for number in range(50):
        rng = np.random.default_rng(5000 + 100 * block + number)
        records, tiers, guards, size = random_case(rng)
        labels = np.arange(records)
        for links in tiers:
            expected, edges = naive_tier(labels, links, guards, size)
            before = parts(labels)
            labels, verdict = close_tier(labels, links, guards, size)
            assert parts(labels) == parts(expected)
            kept = verdict == Verdict.KEPT
            pairs = zip(links.records[kept].tolist(), links.values[kept].tolist(), strict=True)
            assert set(pairs) == edges
            assert all(any(old <= new for new in parts(labels)) for old in before)
            kinds |= set(verdict.tolist())
        for part in parts(labels):
            for exclusive in guards.exclusive:
                assert len({int(exclusive[r]) for r in part} - {-1}) <= 1
            assert not any({int(a), int(b)} <= part for a, b in guards.apart)
    assert kinds == {int(v) for v in Verdict} - {
        Verdict.CONTESTED
    }  # every guard had something to do


@pytest.mark.parametrize("number", range(40))
def test_the_partition_does_not_depend_on_order(number: int) -> None:
    """Edges shuffled and records renumbered: the same parts, the same edges used."""
    rng = np.random.default_rng(9000 + number)
    records, tiers, guards, size = random_case(rng)
    offset = np.cumsum([0] + [int(t.values.max(initial=0)) + 1 for t in tiers])
    links = Links(
        np.concatenate([t.records for t in tiers]),
        np.concatenate([t.values + o for t, o in zip(tiers, offset, strict=False)]),
    )
    which = np.concatenate([np.full(t.records.size, n + 1) for n, t in enumerate(tiers)])
    known = rng.random(records) < 0.5

    def run(order, rename):
        back = np.argsort(rename)
        moved = Guards(
            tuple(e[back] for e in guards.exclusive), rename[guards.apart], guards.accounts[back]
        )
        evidence = Evidence(
            Links(rename[links.records[order]], links.values[order]), which[order],
            frozenset({3}), {1: size, 2: size, 3: size}, moved, known[back],
        )  # fmt: skip
        found = partition(evidence)
        used = {
            (int(links.records[e]), int(links.values[e]))
            for e, use in zip(order, found.is_used, strict=True)
            if use
        }
        return parts(found.founder[rename]), used

    straight = run(np.arange(which.size), np.arange(records))
    for _ in range(3):
        assert run(rng.permutation(which.size), rng.permutation(records)) == straight


def test_decisions_outrank_guards_and_their_values_become_one() -> None:
    """Records 0 and 1 hold different exclusive values and are joined by hand; 2 may join them."""
    exclusive = np.array([10, 11, 11, 12])
    guards = Guards((exclusive,), NO_PAIRS, np.ones(4, dtype=np.int64))
    by_hand = Links(np.array([0, 1]), np.array([100, 100]))
    labels, guards, verdict = join_by_hand(np.arange(4), by_hand, guards)
    assert parts(labels) == {frozenset({0, 1}), frozenset({2}), frozenset({3})}
    assert not verdict.any()
    shared = Links(np.array([0, 2, 1, 3]), np.array([1, 1, 2, 2]))
    labels, verdict = close_tier(labels, shared, guards, 10)
    assert parts(labels) == {frozenset({0, 1, 2}), frozenset({3})}
    assert verdict.tolist() == [0, 0, Verdict.CONTRADICTION, Verdict.CONTRADICTION]


def test_founders_name_a_cluster_by_its_smallest_record() -> None:
    assert founders(np.array([2, 0, 2, 1, 0])).tolist() == [0, 1, 0, 3, 1]
