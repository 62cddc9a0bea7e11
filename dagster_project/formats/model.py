"""What a format is: its entities, their fields, and the raw columns each field becomes.

A field of a format's YAML reads ``name: {option: value, ...}``:

=============  =====================================================================================
type           text (default), id, code, url_path, json, integer, decimal, quantity, boolean, date,
               timestamp. ``code`` is a short word that is kept only when it cannot be personal.
personal       the class of a personal field: customer_ref, phone, email, name, nickname, opaque,
               address, birth_date, free_text. Such a field reaches raw as tokens and flags only.
kind           the token kind; equal values of one kind get one token wherever they occur.
               Default: the personal class, and ``customer_id`` for customer_ref.
key, required  part of the entity's key; a row without a value goes to quarantine.
clock          the time (or day) has happened: never later than the delivery, and it counts for the
               batch's greatest time.
vocabulary     the closed list of values; others are loaded and stop the arrival gate.
aliases        further header names (compared without case and surrounding blanks). In JSON a name
               with points is a path (``buyer_info.phone``), ``^`` begins at the outer record (see
               ``rows``), and ``orderInfo`` is ``order_info``.
guarded        cells may wear what keeps a spreadsheet from reading a number: ``="123"``, ``'1``.
sealed         a customer_ref that is personal itself (an openid): always a token, never its text.
column         the raw column's name where the field's own name is taken.
scale          digits after the point of a decimal (default 2; quantities have 3).
whole_number   a trailing ``.0`` is dropped: an id that a spreadsheet wrote as a number.
time_formats   further forms of a time, as strptime patterns.
=============  =====================================================================================
"""

from __future__ import annotations

from dataclasses import dataclass, field

LEAD_COLUMNS = (
    ("channel", "varchar"),
    ("batch_id", "varchar"),
    ("delivered_at", "timestamp"),
    ("delivery_file", "varchar"),
    ("file_row", "bigint"),
)

FIELD_TYPES = {
    "text": "varchar",
    "id": "varchar",
    "code": "varchar",
    "url_path": "varchar",
    "json": "varchar",
    "integer": "bigint",
    "quantity": "decimal(18,3)",
    "boolean": "boolean",
    "date": "date",
    "timestamp": "timestamp",
}

PERSONAL_CLASSES = frozenset(
    {
        "customer_ref", "phone", "email", "name", "nickname", "opaque",
        "address", "birth_date", "free_text",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Field:
    """One field of an entity; the options are explained at the top of this module."""

    name: str
    type: str = "text"
    personal: str | None = None
    kind: str | None = None
    key: bool = False
    required: bool = False
    clock: bool = False
    vocabulary: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    column: str | None = None
    scale: int = 2
    whole_number: bool = False
    guarded: bool = False
    sealed: bool = False
    time_formats: tuple[str, ...] = ()

    @property
    def token_kind(self) -> str:
        """The kind under which the field's values become tokens."""
        default = "customer_id" if self.personal == "customer_ref" else self.personal
        return self.kind or default or self.name

    @property
    def raw_name(self) -> str:
        """The name (or name stem, for a personal field) of the raw column."""
        return self.column or self.name

    def columns(self) -> list[tuple[str, str]]:
        """The raw columns of this field as (name, DuckDB type)."""
        stem = self.raw_name
        if self.personal is None:
            if self.type == "decimal":
                return [(stem, f"decimal(18,{self.scale})")]
            return [(stem, FIELD_TYPES[self.type])]
        return [(name.format(stem), kind) for name, kind in _PERSONAL_COLUMNS[self.personal]]


_TOKEN = (("{}_token", "varchar"),)
_PERSONAL_COLUMNS = {
    "customer_ref": (("{}", "varchar"),),
    "phone": (
        ("{}_token", "varchar"),
        ("{}_hint_token", "varchar"),
        ("{}_masked", "varchar"),
        ("{}_status", "varchar"),
    ),
    "email": (
        ("{}_token", "varchar"),
        ("{}_match_token", "varchar"),
        ("{}_status", "varchar"),
    ),
    "name": _TOKEN,
    "nickname": _TOKEN,
    "opaque": _TOKEN,
    "address": _TOKEN,
    "birth_date": (
        ("{}_token", "varchar"),
        ("birth_year", "integer"),
        ("birth_month", "integer"),
    ),
    "free_text": (("has_{}", "boolean"),),
}


@dataclass(frozen=True)
class Entity:
    """One kind of record: its fields in order, and the files it is delivered in.

    ``files`` are name patterns (default: the entity's name and what follows), ``sheet`` the
    worksheet of a workbook (default: the first; ``A|B`` is A or B), ``order_time`` the field
    that says when an order was made, ``require_one_of`` fields of which each row needs one.

    ``within`` names the entity whose files hold these records too: a further sheet of a workbook,
    or an array inside each JSON record, whose path ``rows`` says. ``record`` are the steps from
    what a JSON file holds to a record: an object is opened, an array taken apart, a missing one
    passed over.
    """

    name: str
    fields: tuple[Field, ...]
    files: tuple[str, ...] = ()
    sheet: str | None = None
    order_time: str | None = None
    require_one_of: tuple[str, ...] = ()
    within: str | None = None
    rows: str | None = None
    record: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[Field, ...]:
        """The fields that identify a record within its channel; empty where rows have no key."""
        return tuple(one for one in self.fields if one.key)

    @property
    def subject(self) -> Field | None:
        """The field naming the customer a record is about, if the entity has one."""
        references = [one for one in self.fields if one.token_kind == "customer_id"]
        named = [one for one in references if one.name == "customer_id"]
        return next(iter(named or references), None)

    def raw_columns(self) -> list[tuple[str, str]]:
        """Every column of the entity's raw relation as (name, DuckDB type), in order."""
        return [*LEAD_COLUMNS, *(column for one in self.fields for column in one.columns())]


@dataclass(frozen=True)
class Format:
    """A family of files: what one YAML in this folder says.

    ``time_zone`` is where times without an offset were written (default: the business zone).
    """

    name: str
    entities: dict[str, Entity] = field(hash=False)
    encodings: tuple[str, ...] = ("utf-8", "gb18030")
    schema_version: int = 1
    time_zone: str | None = None


def raw_columns(entity: Entity) -> list[tuple[str, str]]:
    """The columns of ``raw.<format>__<entity>`` as (name, DuckDB type), in order."""
    return entity.raw_columns()
