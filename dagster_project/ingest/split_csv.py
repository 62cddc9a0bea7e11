"""Takes delimited text apart into records before the engine reads it, and counts them.

An engine's CSV reader guesses at malformed records; this splitter does not. It passes well-formed
records on unchanged, replaces malformed ones by an empty record (so that record numbers stay), and
notes each of them with its reason and text. Quote-aware and vectorised: a quote opens only at the
start of a cell and closes only at its end (RFC 4180). A violation costs one line: reading goes on
behind the next line end. A record longer than MAX_RECORD bytes counts as one whose quote was never
closed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import BinaryIO

import numpy as np

from dagster_project.ingest.dialect import Dialect

MAX_RECORD = 1 << 20
_WINDOW = 64 << 10
_LF, _CR, _BLANK = 10, 13, 32

Reject = Callable[[int, str, bytes], None]


class CsvSplitter:
    """Splits the records behind the header. ``records`` counts them; blank lines are none.

    Args:
        dialect: the delimiter and quote, one byte each, and the header.
        out: gets the well-formed content, line ends as LF.
        reject: gets (record number from 1, reason, text) of each malformed record.
    """

    def __init__(self, dialect: Dialect, out: BinaryIO, reject: Reject):
        self._delimiter = ord(dialect.delimiter)
        self._quote = ord(dialect.quote)
        self._width = len(dialect.header)
        # a quoted empty cell, so that a record of one column is no blank line
        self._empty = dialect.delimiter.join([dialect.quote * 2] * self._width).encode() + b"\n"
        self._out = out
        self._reject = reject
        self.records = 0
        self.has_quoted_line_ends = False

    def run(self, chunks: Iterator[bytes]) -> None:
        """Splits all content."""
        rest = b""
        for chunk in chunks:
            rest = self._consume(rest + chunk, final=False)
        if rest:
            self._consume(rest + b"\n" * (not rest.endswith(b"\n")), final=True)

    def _consume(self, content: bytes, final: bool) -> bytes:
        """Splits what is complete in the content and returns the rest."""
        start, window = 0, len(content)
        while start < len(content):
            part = content[start : start + window]
            done, broken = self._split(part)
            start += done
            at_end = len(part) == len(content) - start + done
            if broken or (at_end and not done and (final or len(part) > MAX_RECORD)):
                if not (
                    final or content.find(b"\n", start) >= 0 or len(content) - start > MAX_RECORD
                ):
                    break
                start += self._skip_line(content, start)
                window = _WINDOW
            elif done:
                window = min(window * 4, len(content))
            elif at_end:
                break
            else:
                window *= 4
        return content[start:]

    def _skip_line(self, content: bytes, start: int) -> int:
        """Rejects the line at ``start``; returns its length."""
        end = content.find(b"\n", start)
        end = len(content) if end < 0 else end + 1
        self._put_reject("broken_quote", content[start:end])
        return end - start

    def _put_reject(self, reason: str, text: bytes) -> None:
        self.records += 1
        self._reject(self.records, reason, text.rstrip(b"\r\n"))
        self._out.write(self._empty)

    def _split(self, part: bytes) -> tuple[int, bool]:
        """Passes on the complete records of a part.

        Returns the number of bytes done with, and whether a broken quote follows there.
        """
        cells = np.frombuffer(part, np.uint8)
        quotes = np.flatnonzero(cells == self._quote)
        lines = np.flatnonzero(cells == _LF)
        outside = np.searchsorted(quotes, lines) % 2 == 0
        wrong = self._first_wrong_quote(cells, quotes)
        ends = lines[outside & (lines < wrong)]
        if len(ends) == 0:
            return 0, wrong < len(cells)
        done = int(ends[-1]) + 1
        self.has_quoted_line_ends |= bool((~outside & (lines < done)).any())
        delimiters = np.flatnonzero(cells[:done] == self._delimiter)
        if len(quotes):
            delimiters = delimiters[np.searchsorted(quotes, delimiters) % 2 == 0]
        self._pass_on(
            part, cells[:done], ends, np.diff(np.searchsorted(delimiters, ends), prepend=0)
        )
        return done, wrong < len(cells)

    def _first_wrong_quote(self, cells: np.ndarray, quotes: np.ndarray) -> int:
        """The position of the first quote that neither opens, closes nor doubles; else the end."""
        if len(quotes) == 0:
            return len(cells)
        opening, closing = quotes[0::2], quotes[1::2]
        before = np.where(opening > 0, cells[np.maximum(opening - 1, 0)], _LF)
        doubled = np.zeros(len(opening), bool)
        doubled[1:] = closing[: len(opening) - 1] == opening[1:] - 1
        bad_open = opening[~(np.isin(before, (self._delimiter, _LF)) | doubled)]
        last = len(cells) - 1
        after = np.where(closing < last, cells[np.minimum(closing + 1, last)], _LF)
        second = np.where(closing + 1 < last, cells[np.minimum(closing + 2, last)], _LF)
        good_close = np.isin(after, (self._delimiter, _LF, self._quote))
        good_close |= (after == _CR) & (second == _LF)
        bad_close = closing[~good_close]
        return int(min(*bad_open[:1], *bad_close[:1], len(cells), len(cells)))

    def _pass_on(
        self, part: bytes, cells: np.ndarray, ends: np.ndarray, delimiters: np.ndarray
    ) -> None:
        """Writes records; those of another width are rejected, blank ones left out."""
        starts = np.concatenate(([0], ends[:-1] + 1))
        sizes = ends - starts
        blank = (sizes == 0) | ((sizes == 1) & (cells[starts] == _CR))
        endless = sizes > MAX_RECORD
        odd = np.flatnonzero(blank | endless | (delimiters != self._width - 1))
        written, counted = 0, 0
        for record in odd.tolist():
            self._write(cells[written : starts[record]])
            self.records += record - counted
            counted, written = record + 1, int(ends[record]) + 1
            if not blank[record]:
                few = delimiters[record] < self._width - 1
                width_reason = "too_few_cells" if few else "too_many_cells"
                text = part[starts[record] : ends[record]]
                self._put_reject("broken_quote" if endless[record] else width_reason, text)
        self._write(cells[written:])
        self.records += len(ends) - counted

    def _write(self, cells: np.ndarray) -> None:
        """Writes well-formed records; a CR outside quotes is part of a line end or a blank."""
        returns = np.flatnonzero(cells == _CR)
        if len(returns):
            quotes = np.flatnonzero(cells == self._quote)
            returns = returns[np.searchsorted(quotes, returns) % 2 == 0]
            ending = returns[cells[np.minimum(returns + 1, len(cells) - 1)] == _LF]
            cells = cells.copy()
            cells[returns] = _BLANK
            cells = np.delete(cells, ending)
        self._out.write(cells.data)
