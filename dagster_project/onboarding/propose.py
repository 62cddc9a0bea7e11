"""Which entity a file holds and which field each column is, and how sure that is."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from dagster_project.formats import Entity, Field, load_formats
from dagster_project.formats.loader import DEFAULT_FORMAT
from dagster_project.formats.suggest import ALIKE, likeness, plain_words
from dagster_project.onboarding.evidence import Evidence
from dagster_project.onboarding.look import Look
from dagster_project.settings import Settings

# A column without a telling name whose cells all look like phones or e-mails is probably that.
BY_CELLS = 0.7
SURE = 0.85
_MISSING_COSTS = 3.0
_NAMED_GAINS = 2.0
_READABLE = 0.5
_FILE_WORDS = {
    "customers": ("customer", "member", "user", "client", "会员", "客户", "用户"),
    "order_lines": ("line", "item", "detail", "明细", "商品明细"),
    "orders": ("order", "trade", "sale", "ticket", "订单", "销售", "交易"),
    "refunds": ("refund", "return", "退款", "退货"),
    "products": ("product", "sku", "goods", "article", "商品", "产品"),
    "stores": ("store", "shop", "branch", "门店", "店铺"),
    "points_entries": ("point", "积分"),
    "coupons": ("coupon", "voucher", "优惠券"),
    "events": ("event", "track", "log", "行为"),
}


@dataclass(frozen=True)
class Match:
    """A column and the field it is taken for; ``sure`` is 0 to 1."""

    column: str
    field: str
    sure: float
    time_formats: tuple[str, ...] = ()


@dataclass(frozen=True)
class Proposal:
    """What a file is taken for."""

    look: Look
    entity: Entity
    matches: tuple[Match, ...]
    words: dict[str, Counter[str]] = field(default_factory=dict)

    @property
    def missing(self) -> list[str]:
        """Required fields that no column was found for."""
        found = {one.field for one in self.matches}
        lacking = [one.name for one in self.entity.fields if one.required and one.name not in found]
        one_of = self.entity.require_one_of
        return lacking + ([" or ".join(one_of)] if one_of and not set(one_of) & found else [])

    @property
    def unknown(self) -> list[str]:
        """Columns that are no field."""
        found = {one.column for one in self.matches}
        return [one for one in self.look.columns if one not in found]


def propose(look: Look, settings: Settings, entity: str | None = None) -> Proposal:
    """The entity and the fields a file's columns fit best.

    Args:
        entity: the entity, where it is known.

    Raises:
        ValueError: there is no such entity, or the file fits none.
    """
    entities = load_formats()[DEFAULT_FORMAT].entities
    if entity is not None and entity not in entities:
        raise ValueError(f"no entity {entity!r}; the landing contract has {sorted(entities)}")
    evidence = Evidence(settings.time_zone)
    wanted = [entities[entity]] if entity else list(entities.values())
    found = [_fitted(look, one, evidence) for one in wanted]
    best = max(found, key=lambda one: (_fit(one), one.entity.name))
    if not best.matches:
        raise ValueError(f"{look.path.name}: no column looks like one of the landing contract's")
    return best


def _fit(proposal: Proposal) -> float:
    name = plain_words(proposal.look.path.name.partition(".")[0])
    words = _FILE_WORDS.get(proposal.entity.name, (plain_words(proposal.entity.name),))
    named = _NAMED_GAINS if any(one in name for one in words) else 0.0
    missing = _MISSING_COSTS * len(proposal.missing)
    return sum(one.sure for one in proposal.matches) + named - missing


def _fitted(look: Look, entity: Entity, evidence: Evidence) -> Proposal:
    """Columns and fields paired, the surest first; each of both at most once."""
    pairs = sorted(
        (
            match
            for column in look.columns
            for one in entity.fields
            if (match := _match(look, column, one, evidence)) is not None
        ),
        key=lambda one: (-one.sure, one.column, one.field),
    )
    chosen: dict[str, Match] = {}
    for one in pairs:
        if one.column not in chosen and one.field not in {each.field for each in chosen.values()}:
            chosen[one.column] = one
    matches = tuple(chosen[column] for column in look.columns if column in chosen)
    closed = {one.name for one in entity.fields if one.vocabulary}
    words = {
        one.field: Counter(cell.strip() for cell in look.filled(one.column))
        for one in matches
        if one.field in closed
    }
    return Proposal(look, entity, matches, words)


def _match(look: Look, column: str, one: Field, evidence: Evidence) -> Match | None:
    by_name = likeness(column.rpartition(".")[2], one.name, one.aliases)
    by_name = max(by_name, likeness(column, one.name, one.aliases))
    by_cells = one.personal in {"phone", "email"}
    if by_name < ALIKE and not by_cells:
        return None
    cells = look.filled(column)
    share = evidence.readable(one, cells, look.is_sheet)
    if by_name < ALIKE:
        return Match(column, one.name, BY_CELLS) if cells and share == 1 else None
    if one.type in {"timestamp", "date"} and share < 1 and (forms := evidence.time_forms(cells)):
        return Match(column, one.name, by_name / len(forms), forms)
    return Match(column, one.name, by_name * share) if share >= _READABLE else None
