"""Takes JSON text apart into one record a line, and counts the records.

JSON lines are passed on as they are. A document (an array of objects, or objects one after the
other, over any number of lines) is cut where its structure says so; line ends between its tokens
become blanks, which changes nothing in JSON.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

import numpy as np

from dagster_project.ingest.held import FileHeld

MAX_RECORD = 16 << 20
# a control character that JSON never holds: with it as delimiter, a line is one cell
SEPARATOR = "\x1f"
_BLANKS = np.frombuffer(b" \t,", np.uint8)
_QUOTE, _BACKSLASH, _LF, _CR, _BLANK = b'"\\\n\r '
_OPEN, _CLOSE = b"[{", b"]}"


class JsonLines:
    """Passes on the lines that are not blank. ``records`` counts them."""

    def __init__(self, out: BinaryIO):
        self._out = out
        self.records = 0

    def run(self, chunks: Iterator[bytes]) -> None:
        """Splits all content."""
        rest = b""
        for chunk in chunks:
            done, _, rest = (rest + chunk).rpartition(b"\n")
            self._pass_on(done)
            if len(rest) > MAX_RECORD:
                raise FileHeld(
                    "malformed_json", "a line is longer than 16 MiB", "write one record a line"
                )
        self._pass_on(rest)

    def _pass_on(self, content: bytes) -> None:
        content = content.replace(b"\r", b" ").replace(SEPARATOR.encode(), b"\\u001f")
        lines = [one for one in content.split(b"\n") if one and not one.isspace()]
        self.records += len(lines)
        if lines:
            self._out.write(b"\n".join(lines) + b"\n")


class JsonDocument:
    """Passes on the elements of an array, or the objects on top. ``records`` counts them."""

    def __init__(self, out: BinaryIO):
        self._out = out
        self._base: int | None = None
        self._depth = 0
        self._in_string = False
        self.records = 0

    def run(self, chunks: Iterator[bytes]) -> None:
        """Splits all content.

        Raises:
            FileHeld: the document is cut, or holds something that is no record.
        """
        rest = b""
        for chunk in chunks:
            content = rest + chunk
            # the two characters of an escape stay together
            odd = (len(content) - len(content.rstrip(b"\\"))) % 2
            rest = content[len(content) - odd :]
            self._split(content[: len(content) - odd])
        if rest or self._depth or self._in_string:
            raise FileHeld("malformed_json", "the document is cut", "deliver it again, complete")

    def _split(self, content: bytes) -> None:
        if not content or (self._base is None and not content.strip()):
            return
        if self._base is None:
            self._base = int(content.lstrip().startswith(b"["))
        cells = np.frombuffer(content.replace(b"\n", b" ").replace(b"\r", b" "), np.uint8)
        outside_strings = ~self._strings(cells)
        opens = _among(cells, _OPEN) & outside_strings
        closes = _among(cells, _CLOSE) & outside_strings
        depth = np.cumsum(opens.astype(np.int8) - closes.astype(np.int8), dtype=np.int32)
        depth += self._depth
        self._depth = int(depth[-1])
        ends = closes & (depth == self._base)
        kept = (depth > self._base) | ends
        self._check(cells, kept, opens, closes)
        behind = np.flatnonzero(ends) + 1
        self.records += len(behind)
        self._out.write(np.insert(cells, behind, _LF)[np.insert(kept, behind, True)].tobytes())

    def _strings(self, cells: np.ndarray) -> np.ndarray:
        """Which characters stand in a string (its opening quote included)."""
        flips = np.zeros(len(cells), np.uint8)
        flips[_real_quotes(cells)] = 1
        inside = (np.bitwise_xor.accumulate(flips) ^ self._in_string).astype(bool)
        self._in_string = bool(inside[-1])
        return inside

    def _check(
        self, cells: np.ndarray, kept: np.ndarray, opens: np.ndarray, closes: np.ndarray
    ) -> None:
        """Between records stand only blanks, commas and the array's own brackets."""
        between = cells[~kept & ~opens & ~closes]
        if not np.isin(between, _BLANKS).all():
            raise FileHeld(
                "malformed_json", "the document holds something that is no record",
                "deliver an array of objects, or one object a line",
            )  # fmt: skip


def _among(cells: np.ndarray, pair: bytes) -> np.ndarray:
    return (cells == pair[0]) | (cells == pair[1])


def _real_quotes(cells: np.ndarray) -> np.ndarray:
    """Positions of quotes that are not escaped: behind an even run of backslashes."""
    quotes = np.flatnonzero(cells == _QUOTE)
    if len(quotes) == 0 or not (cells == _BACKSLASH).any():
        return quotes
    positions = np.where(cells != _BACKSLASH, np.arange(len(cells)), -1)
    last_other = np.concatenate(([-1], np.maximum.accumulate(positions)))
    return quotes[(quotes - 1 - last_other[quotes]) % 2 == 0]
