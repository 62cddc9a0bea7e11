"""What must be built again when rules change, by dbt's graph and the fits between its layers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from dagster_project.scenario.definition import ScenarioError
from dagster_project.scores import FITS, Fit

REPLAYED = ("core", "scores", "marts")
LEFT_OUT = ("ops",)


@dataclass(frozen=True)
class Reach:
    """The models to build, by schema, the fits between them, and the tests of the rules."""

    models: dict[str, list[str]]
    fits: list[Fit]
    rule_tests: tuple[str, ...] = ()

    def relations(self, schema: str) -> list[str]:
        """The tables of a schema that are built again, as ``schema.table``."""
        return [f"{schema}.{name}" for name in self.models.get(schema, [])]


def _relation(node: Any) -> str:
    return f"{node.schema}.{node.name}"


def _rule_tests(manifest: Any, seeds: Iterable[str]) -> tuple[str, ...]:
    """Tests that look at rule files only, and at one of these."""
    ids = {n.unique_id for n in manifest.nodes.values() if n.resource_type == "seed"}
    mine = {i for i in ids if i.rsplit(".", 1)[-1] in seeds}
    return tuple(
        node.name
        for node in manifest.nodes.values()
        if node.resource_type == "test"
        and ids >= (read := {*node.depends_on.nodes})
        and read & mine
    )


def _children(manifest: Any) -> dict[str, set[str]]:
    """Relation to the relations computed from it; seeds, models, and the fits' tables."""
    places = {**manifest.nodes, **manifest.sources}
    found: dict[str, set[str]] = defaultdict(set)
    for node in manifest.nodes.values():
        if node.resource_type == "model":
            for read in node.depends_on.nodes:
                found[_relation(places[read])].add(_relation(node))
    for fit in FITS:
        for schema, name in fit.relations:
            found[f"{schema}.{name}"] |= {f"scores.{table}" for table in fit.writes}
    return found


def reach(manifest: Any, seeds: Sequence[str], everything: bool = False) -> Reach:
    """What depends on the rule files, however far.

    Args:
        seeds: names of rule files.
        everything: all marts, whatever they depend on.

    Raises:
        ScenarioError: a rule decides tables below core, which a scenario does not replay, or none.
    """
    children = _children(manifest)
    reached: set[str] = set()
    for seed in seeds:
        mine = _closure(children, f"rules.{seed}")
        below = sorted(r for r in mine if r.split(".")[0] not in (*REPLAYED, *LEFT_OUT))
        if below:
            raise ScenarioError(
                f"{seed} decides {below[0]}, which stands before core: a scenario replays core, "
                "scores and marts. Change the rule in a copy of the project instead"
            )
        if not any(r.split(".")[0] == "marts" for r in mine):
            raise ScenarioError(f"{seed} decides no mart: there is nothing to compare")
        reached |= mine
    names = [_relation(n) for n in manifest.nodes.values() if n.resource_type == "model"]
    if everything:
        reached |= {name for name in names if name.startswith("marts.")}
    models: dict[str, list[str]] = defaultdict(list)
    for name in sorted(reached & set(names)):
        schema, _, table = name.partition(".")
        if schema in REPLAYED:
            models[schema].append(table)
    fits = [fit for fit in FITS if reached & {f"scores.{table}" for table in fit.writes}]
    return Reach(dict(models), fits, _rule_tests(manifest, seeds))


def _closure(children: dict[str, set[str]], start: str) -> set[str]:
    found: set[str] = set()
    waiting = [start]
    while waiting:
        for child in children[waiting.pop()] - found:
            found.add(child)
            waiting.append(child)
    return found
