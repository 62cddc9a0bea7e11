"""What the formats say about a raw relation, as SQL fragments for the suites of gate arrival."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from dagster_project.formats import Entity, Field, load_formats

DEFAULT_FORMAT = "contract"
VERSION = "updated_at"
# Decimals that are money or a number of things; scores and points have no unit to confuse.
AMOUNT = re.compile(r"(^|_)(amount|price|cost|fee|budget|spend|face_value|quantity)$")


@dataclass(frozen=True)
class FeedKind:
    """A raw relation with the fields its checks are made for.

    ``name`` is the suite's: the entity's, with the format before it where the landing contract
    has an entity of the same name.
    """

    name: str
    relation: str
    entity: Entity

    def fields(self, kind: str) -> list[Field]:
        """The fields of a kind: key, vocabulary, amount, optional or event_clock."""
        return [field for field in self.entity.fields if _is(field, kind)]

    def parameters(self) -> dict[str, str]:
        """SQL fragments over ``$rows`` that a suite can name."""
        version = [f for f in self.entity.fields if f.name == VERSION]
        return {
            "key": ", ".join(_column(f) for f in [*self.fields("key"), *version]) or "null",
            "present_by_field": _union(
                f"select '{_column(f)}' as field, count({_column(f)}) as present, count(*) as total"
                " from $rows"
                for f in self.fields("optional")
            ),
            "median_by_field": _union(
                f"select '{_column(f)}' as field, median({_column(f)}) as median,"
                f" count({_column(f)}) as present from $rows"
                for f in self.fields("amount")
            ),
            "value_by_field": _union(
                f"select '{_column(f)}' as field, {_column(f)} as value, count(*) as value_rows"
                f" from $rows where {_column(f)} is not null group by {_column(f)}"
                for f in self.fields("vocabulary")
            ),
        }


def _is(field: Field, kind: str) -> bool:
    return {
        "key": field.key,
        "vocabulary": bool(field.vocabulary),
        "amount": field.personal is None
        and field.type in ("decimal", "quantity")
        and AMOUNT.search(field.name) is not None,
        "optional": not field.required and field.personal != "free_text",
        "event_clock": field.clock and field.required,
    }[kind]


def _column(field: Field) -> str:
    """The raw column that is NULL exactly where the field is missing or unusable."""
    return field.columns()[0][0]


def _union(selects: Iterable[str]) -> str:
    return " union all ".join(selects) or "select null where false"


def feed_kinds() -> dict[str, FeedKind]:
    """Every raw relation of every format, by the name of its suite."""
    formats = load_formats()
    contract = formats[DEFAULT_FORMAT].entities
    kinds: dict[str, FeedKind] = {}
    for form in formats.values():
        for entity in form.entities.values():
            shared = form.name != DEFAULT_FORMAT and entity.name in contract
            name = f"{form.name}_{entity.name}" if shared else entity.name
            kinds[name] = FeedKind(name, f"raw.{form.name}__{entity.name}", entity)
    return kinds
