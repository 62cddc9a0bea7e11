"""From cells to raw records: the SQL of one file, made of its format.

Selects over the cells of a file, each a step: its query (file_row and texts), ``folded`` (``f:x``
is the folded cell or NULL, ``o:x`` the cell as delivered), ``typed`` (adds ``t:x``, the value or
NULL where it cannot be read, and ``n:x``, the normal form of a phone or e-mail). Then the selects:
what is wrong with a row, its raw columns, its personal values.
"""

from __future__ import annotations

import json
from datetime import datetime

from dagster_project.formats import Entity, Field
from dagster_project.formats.quoting import sql_name, sql_text
from dagster_project.ingest.cells import Cells
from dagster_project.ingest.field_sql import (
    BAD_REASON,
    TEXT_TYPES,
    cell_of,
    is_hidden,
    raw_values,
    typed_value,
)

EARLIEST = "1900-01-01"


def fields_of(entity: Entity, cells: Cells) -> list[Field]:
    """The entity's fields that the file has."""
    return [one for one in entity.fields if one.name in cells.fields]


def folded_select(fields: list[Field], cells: Cells) -> str:
    """Step two: folded cells beside the delivered ones."""
    names = [cell_of("f", one) for one in fields]
    unknown = [sql_name(f"u:{number}") for number in range(len(cells.unknown))]
    others = ", ".join(["file_row", *(cell_of("o", one) for one in fields), *unknown])
    first = ", ".join(
        ["file_row", *unknown]
        + [f"{name} as {cell_of('o', one)}" for name, one in zip(names, fields, strict=True)]
        + [f"{_folded(one)} as {name}" for name, one in zip(names, fields, strict=True)]
    )
    trimmed = ", ".join(f"mw_trim({name}) as {name}" for name in names)
    last = ", ".join(f"{_or_null(one)} as {cell_of('f', one)}" for one in fields)
    return (
        f"select {others}, {last} from "
        f"(select {others}, {trimmed} from (select {first} from ({cells.query})))"
    )


def typed_select(fields: list[Field], cells: Cells) -> str:
    """Step three: values read by their type, numbers and addresses in their normal form."""
    columns, joins = ["folded.*"], []
    for number, one in enumerate(fields):
        cell = cell_of("f", one)
        if one.personal == "phone":
            joins.append(f"left join other_phones as p{number} on p{number}.written = {cell}")
            plain = f"mw_plain_mobile(mw_phone_compact({cell}))"
            columns.append(f"coalesce({plain}, p{number}.e164) as {cell_of('n', one)}")
        elif one.personal == "email":
            columns.append(f"mw_email({cell}) as {cell_of('n', one)}")
        elif one.type in BAD_REASON:
            columns.append(f"{typed_value(one, cell, cells.is_sheet)} as {cell_of('t', one)}")
    folded = f"({folded_select(fields, cells)}) as folded"
    return f"select {', '.join(columns)} from {folded} {' '.join(joins)}"


def problem_case(entity: Entity, fields: list[Field], too_late: datetime) -> str:
    """What is wrong with a row of ``typed``, as ``reason:column``; NULL where nothing is."""
    whens = []
    for one in fields:
        cell, typed = cell_of("f", one), cell_of("t", one)
        if one.required or one.key:
            whens.append((f"{cell} is null", "missing_required", one.name))
        if one.type == "json":
            whens.append((f"not json_valid({cell})", "malformed_json", one.name))
        if one.type in BAD_REASON and one.personal in {None, "birth_date"}:
            whens.append(
                (f"{typed} is null and {cell} is not null", BAD_REASON[one.type], one.name)
            )
        if one.type in {"date", "timestamp"}:
            whens.append((_impossible(one, typed, too_late), "impossible_time", one.name))
    if entity.require_one_of:
        names = [one for one in fields if one.name in entity.require_one_of]
        none = " and ".join(f"{cell_of('f', one)} is null" for one in names)
        whens.append((none, "missing_required", " or ".join(entity.require_one_of)))
    cases = " ".join(f"when {test} then {sql_text(f'{why}:{name}')}" for test, why, name in whens)
    return f"case {cases} end" if cases else "cast(null as varchar)"


def raw_select(entity: Entity, cells: Cells) -> list[str]:
    """The raw columns of the format's fields, in order; NULL for those not delivered."""
    selected = []
    for one in entity.fields:
        values = raw_values(one) if one.name in cells.fields else ["null"] * len(one.columns())
        selected += [
            f"cast({value} as {kind}) as {sql_name(name)}"
            for value, (name, kind) in zip(values, one.columns(), strict=True)
        ]
    return selected


def subject_of(entity: Entity, fields: list[Field], channel: str, otherwise: str) -> str:
    """The subject of a row: its customer, else its own key, else ``otherwise`` (SQL text)."""
    own = f"{sql_text(f'{channel}|{entity.name}:')} || {otherwise}"
    keys = [one for one in fields if one.key]
    if keys and len(keys) == len(entity.key):
        joined = " || '/' || ".join(raw_values(one)[0] for one in keys)
        own = f"{sql_text(f'{channel}|{entity.name}:')} || coalesce({joined}, {otherwise})"
    if entity.subject is None or entity.subject not in fields:
        return own
    return f"coalesce({sql_text(f'{channel}|')} || {raw_values(entity.subject)[0]}, {own})"


def personal_content(fields: list[Field], cells: Cells) -> str | None:
    """JSON of the values that raw does not keep, as delivered; NULL in a row without any."""
    kept = [(one.name, cell_of("o", one), test) for one in fields if (test := is_hidden(one))]
    return _json(kept + _unknown(cells))


def has_personal_content(fields: list[Field], cells: Cells) -> str:
    """The test that ``personal_content`` is not NULL, without making it."""
    tests = [test for one in fields if (test := is_hidden(one))]
    tests += [test for _, _, test in _unknown(cells)]
    return " or ".join(f"coalesce({test}, false)" for test in tests)


def whole_content(fields: list[Field], cells: Cells) -> str:
    """JSON of every cell of a row as delivered."""
    kept = [(one.name, cell_of("o", one), f"{cell_of('f', one)} is not null") for one in fields]
    return _json(kept + _unknown(cells)) or "'{}'"


def _folded(one: Field) -> str:
    keeps_punctuation = one.type in TEXT_TYPES and one.personal is None
    return f"mw_fold_{'words' if keeps_punctuation else 'all'}({cell_of('f', one)})"


def _or_null(one: Field) -> str:
    cell = cell_of("f", one)
    cell = f"mw_null(mw_unguard({cell}))" if one.guarded else f"mw_null({cell})"
    if not one.whole_number:
        return cell
    whole = f"regexp_replace({cell}, '\\.0+$', '')"
    return f"case when contains({cell}, '.') then {whole} else {cell} end"


def _unknown(cells: Cells) -> list[tuple[str, str, str]]:
    return [
        (name, sql_name(f"u:{number}"), f"trim({sql_name(f'u:{number}')}) <> ''")
        for number, name in enumerate(cells.unknown)
    ]


def _json(parts: list[tuple[str, str, str]]) -> str | None:
    if not parts:
        return None
    pairs = ", ".join(
        f"case when {test} then {sql_text(json.dumps(name, ensure_ascii=False) + ':')} "
        f"|| to_json({cell}) end"
        for name, cell, test in parts
    )
    return f"'{{' || nullif(concat_ws(',', {pairs}), '') || '}}'"


def _impossible(one: Field, typed: str, too_late: datetime) -> str:
    happened = one.clock or one.personal == "birth_date"
    late = f"timestamp '{too_late:%Y-%m-%d %H:%M:%S}'"
    if one.type == "date":
        late = f"mw_day({late})"
    early = f"{typed} < cast('{EARLIEST}' as {one.type})"
    return f"({early} or {typed} >= {late})" if happened else early
