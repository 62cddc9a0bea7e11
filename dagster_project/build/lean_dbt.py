"""What dbt does again and again in one process, done once; its results are the same.

A run calls dbt four times with one manifest, and dbt then builds and searches the same graph four
times, a second each. For each node and each inner macro it merges all macros' names by asking for
them one by one. Both are most of what a small increment waits for. Only the version looked at is
changed; any other runs as it is.
"""

from __future__ import annotations

from functools import cache
from importlib.metadata import version
from typing import Any

LOOKED_AT = "1.11."


@cache
def make_lean() -> None:
    """Let dbt keep its graph, and merge names as dictionaries; once a process."""
    if not version("dbt-core").startswith(LOOKED_AT):
        return
    from dbt.context.macros import MacroNamespace
    from dbt.task.build import BuildTask

    _keep_graph(BuildTask)
    MacroNamespace.keys = _merged_keys
    MacroNamespace.__getitem__ = _merged_item


def _keep_graph(task: Any) -> None:
    """The graph of the last manifest serves its next builds; dbt only ever copies parts of it."""
    link, kept = task.compile_manifest, {}

    def compile_manifest(self: Any) -> None:
        if kept.get("manifest") is not self.manifest:
            link(self)
            kept.update(manifest=self.manifest, graph=self.graph)
        self.compiler.initialize()
        self.graph = kept["graph"]

    task.compile_manifest = compile_manifest


def _merged(namespace: Any) -> dict[str, Any]:
    """All names of a namespace, the first place that knows one wins; made once for each."""
    if "merged" not in namespace.__dict__:
        merged: dict[str, Any] = {}
        for place in reversed(list(namespace._search_order())):
            merged.update(place)
        namespace.__dict__["merged"] = merged
    return namespace.__dict__["merged"]


def _merged_keys(namespace: Any) -> Any:
    return _merged(namespace).keys()


def _merged_item(namespace: Any, name: str) -> Any:
    return _merged(namespace)[name]
