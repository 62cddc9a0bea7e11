"""From a cell to its raw columns: the SQL of one field, by its type and personal class.

Cells are the columns of the views in record_sql.py: ``f:x`` folded, ``o:x`` as delivered, ``t:x``
the typed value, ``n:x`` the normal form of a phone or an e-mail.
"""

from __future__ import annotations

from dagster_project.formats import Field
from dagster_project.formats.quoting import sql_name, sql_text

TEXT_TYPES = {"text", "code", "url_path", "json"}
BAD_REASON = {
    "integer": "bad_integer",
    "decimal": "bad_decimal",
    "quantity": "bad_decimal",
    "boolean": "bad_boolean",
    "date": "bad_date",
    "timestamp": "bad_timestamp",
}


def cell_of(step: str, one: Field) -> str:
    """The column of a field in a view: step f, o, t or n."""
    return sql_name(f"{step}:{one.name}")


def typed_value(one: Field, cell: str, is_sheet: bool) -> str:
    """A field's value, or NULL where its cell cannot be read."""
    if one.type == "boolean":
        return f"mw_boolean({cell})"
    if one.type == "integer":
        return f"mw_integer({cell})"
    if one.type in {"decimal", "quantity"}:
        return f"try_cast(mw_number({cell}) as {one.columns()[0][1]})"
    forms = [f"mw_instant({cell}, {is_sheet})"]
    forms += [
        f"timezone('UTC', cast(try_strptime({cell}, {sql_text(form)}) as timestamptz))"
        for form in one.time_formats
    ]
    instant = f"coalesce({', '.join(forms)})"
    if one.type == "date":
        plain = f"mw_is_plain_day({cell}) then try_cast({cell} as date)"
        return f"case when {plain} else mw_day({instant}) end"
    return instant


def raw_values(one: Field) -> list[str]:
    """The SQL of each raw column of a delivered field."""
    cell = cell_of("f", one)
    if one.personal is not None:
        return _personal_values(one)
    if one.type in BAD_REASON:
        return [cell_of("t", one)]
    if one.type == "code":
        unfit = f"when {cell} is not null then 'unreadable'" if one.vocabulary else ""
        return [f"case when mw_is_code({cell}) then {cell} {unfit} end"]
    return [f"nullif(mw_url_path({cell}), '')" if one.type == "url_path" else cell]


# the normal form of a cell under which it becomes a token
_NORMAL_FORM = {
    "name": "mw_person_name({})",
    "nickname": "mw_person_name({})",
    "address": "mw_address({})",
    "opaque": "{}",
}


def _personal_values(one: Field) -> list[str]:
    cell, typed, normal = cell_of("f", one), cell_of("t", one), cell_of("n", one)
    kind = one.token_kind
    if one.personal == "customer_ref":
        return [_reference(one, cell)]
    if one.personal == "free_text":
        return [f"{cell} is not null"]
    if one.personal == "birth_date":
        return [_token(kind, f"cast({typed} as varchar)"), f"year({typed})", f"month({typed})"]
    if one.personal == "email":
        match = _token(f"{kind}_match", f"mw_email_match({normal})")
        return [_token(kind, normal), match, f"mw_email_status({cell})"]
    if one.personal == "phone":
        masked = f"mw_masked_mobile(mw_phone_compact({cell}))"
        return [
            _token(kind, normal),
            _token(f"{kind}_hint", f"coalesce(mw_phone_hint({normal}), {masked})"),
            f"coalesce(mw_phone_mask({normal}), {masked})",
            f"case when {normal} is not null then 'valid' when {masked} is not null then 'masked' "
            f"when {cell} is not null then 'invalid' end",
        ]
    return [_token(kind, _NORMAL_FORM[one.personal].format(cell))]


def _reference(one: Field, cell: str) -> str:
    kind = sql_text(one.token_kind)
    named = f"'t_' || mw_token({kind}, {cell})" if one.sealed else f"mw_reference({kind}, {cell})"
    # a masked name is the same for many: it refers to nobody
    optional = not (one.required or one.key)
    return f"case when not contains({cell}, '**') then {named} end" if optional else named


def _token(kind: str, normal_form: str) -> str:
    return f"mw_token({sql_text(kind)}, {normal_form})"


def is_hidden(one: Field) -> str | None:
    """The test that raw does not show a field's value; None for a field it always shows."""
    cell = cell_of("f", one)
    if one.personal == "customer_ref" and not one.sealed:
        return f"not mw_is_reference({cell})"
    if one.personal is not None:
        return f"{cell} is not null"
    if one.type == "code":
        return f"not mw_is_code({cell})"
    return f"mw_url_path({cell}) <> {cell}" if one.type == "url_path" else None
