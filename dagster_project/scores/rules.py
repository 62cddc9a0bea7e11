"""A fit's rules: the one row of a seed."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, ClassVar, Self

import pyarrow as pa


class RuleRow:
    """Base of a dataclass whose fields are columns of a seed with exactly one row.

    Attributes:
        seed: the seed's name.
    """

    seed: ClassVar[str]

    @classmethod
    def of(cls, rows: pa.Table) -> Self:
        """From the one row of the seed.

        Raises:
            ValueError: there is not exactly one row.
        """
        listed = rows.to_pylist()
        if len(listed) != 1:
            raise ValueError(f"{cls.seed} has {len(listed)} rows, not one")
        columns: Any = fields(cls)  # type: ignore[arg-type]
        return cls(**{field.name: listed[0][field.name] for field in columns})
