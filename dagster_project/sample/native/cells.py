"""SQL of cells: texts, JSON objects, and what is wrong in a planted row."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Fields = Mapping[str, Any]


@dataclass(frozen=True)
class Wrong:
    """One way a row is wrong: reason code, the format's field, the cell and what it says (SQL)."""

    reason: str
    field: str
    cell: str
    says: str = "null"


def record_sql(fields: Fields, word: Callable[[str], str] = str) -> str:
    """SQL of a JSON object: field -> SQL of its value, or the fields of an object in it."""
    parts = [
        f"'{word(name)}', {value if isinstance(value, str) else record_sql(value, word)}"
        for name, value in fields.items()
    ]
    return f"json_object({', '.join(parts)})"


def escaped(column: str) -> str:
    """SQL of a column's text as XML has it."""
    quoted = f'"{column}"'
    return f"replace(replace({quoted}, '&', '&amp;'), '<', '&lt;')"


def camel(name: str) -> str:
    """``order_info`` as ``orderInfo``."""
    return re.sub(r"_([a-z])", lambda found: found[1].upper(), name)


def said(text: str) -> str:
    """SQL of a text."""
    return "'" + text.replace("'", "''") + "'"


def json_said(text: str) -> str:
    """SQL of a JSON string."""
    return f"to_json({said(text)})"
