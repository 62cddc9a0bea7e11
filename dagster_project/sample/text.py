"""Columns from numbers: ids, tokens, money, times, built without a Python loop over rows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dagster_project.sample.plan import DAY


def some_of(rng: np.random.Generator, places: np.ndarray, share: float) -> np.ndarray:
    """A random share of the places, and the first two in any case: small samples have them too."""
    drawn = rng.random(len(places)) < share
    drawn[:2] = True
    return places[drawn]


def integers(values: np.ndarray, missing: np.ndarray | None = None) -> pa.Array:
    """Whole numbers; NULL where ``missing`` is true."""
    return pa.array(values, mask=missing)


def words(options: Sequence[str] | pa.Array, index: np.ndarray) -> pa.Array:
    """The option each index names; NULL for a negative index."""
    choice = options if isinstance(options, pa.Array) else pa.array(options, pa.string())
    return choice.take(pa.array(index, mask=index < 0))


def constant(value: str | None, length: int) -> pa.Array:
    """One text, ``length`` times."""
    return pa.repeat(pa.scalar(value, pa.string()), length)


def joined(*parts: pa.Array | str) -> pa.Array:
    """The parts side by side; NULL where any part is NULL."""
    return pc.binary_join_element_wise(
        *[pa.scalar(p) if isinstance(p, str) else p for p in parts], ""
    )


def numbered(prefix: str, values: np.ndarray, width: int = 8) -> pa.Array:
    """``prefix`` and the number padded with zeros; NULL where the number is negative."""
    digits = pc.utf8_lpad(pc.cast(integers(values, values < 0), pa.string()), width, "0")
    return joined(prefix, digits)


def only(column: pa.Array, keep: np.ndarray) -> pa.Array:
    """The column where ``keep`` is true, NULL elsewhere."""
    return pc.if_else(pa.array(keep), column, pa.scalar(None, column.type))


def either(condition: np.ndarray, yes: pa.Array | str, no: pa.Array) -> pa.Array:
    """``yes`` where the condition holds, ``no`` elsewhere."""
    return pc.if_else(pa.array(condition), pa.scalar(yes) if isinstance(yes, str) else yes, no)


def opaque(prefix: str, values: np.ndarray, salt: int) -> pa.Array:
    """``prefix`` and 16 hex digits, one-to-one with the number (splitmix64's finaliser).

    NULL where the number is negative.
    """
    mixed = values.astype(np.uint64) + np.uint64(salt * 0x9E3779B97F4A7C15 % 2**64)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed ^= mixed >> np.uint64(31)
    data = mixed.astype(">u8").tobytes().hex().encode()
    offsets = np.arange(len(values) + 1, dtype=np.int32) * 16
    digits = pa.StringArray.from_buffers(len(values), pa.py_buffer(offsets), pa.py_buffer(data))
    return only(joined(prefix, digits), values >= 0)


def money(cents: np.ndarray, missing: np.ndarray | None = None) -> pa.Array:
    """Cents as decimal(18,2); NULL where ``missing`` is true."""
    low = cents.astype(np.int64)
    both = np.stack([low, np.where(low < 0, np.int64(-1), np.int64(0))], axis=1)
    column = pa.Array.from_buffers(
        pa.decimal128(18, 2), len(low), [None, pa.py_buffer(both.tobytes())]
    )
    return column if missing is None else only(column, ~missing)


def times(start_day: int, seconds: np.ndarray, missing: np.ndarray | None = None) -> pa.Array:
    """Local seconds since the plan's start as naive timestamps; NULL where ``missing``."""
    return pa.array(seconds.astype(np.int64) + start_day * DAY, pa.timestamp("s"), mask=missing)


def dates(days: np.ndarray, missing: np.ndarray | None = None) -> pa.Array:
    """Days since 1970-01-01 as dates; NULL where ``missing``."""
    return pa.array(days.astype(np.int32), mask=missing).cast(pa.date32())
