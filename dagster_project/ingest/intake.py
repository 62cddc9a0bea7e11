"""The bytes of a delivered file, read once: hashed, unzipped, and as UTF-8."""

from __future__ import annotations

import codecs
import gzip
import hashlib
import io
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from dagster_project.ingest.held import FileHeld

CHUNK = 8 << 20
_GZIP = b"\x1f\x8b"
_SAMPLE = 64 << 10
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)

T = TypeVar("T")


class HashingReader(io.RawIOBase):
    """A file that hashes and counts what is read of it."""

    def __init__(self, path: Path):
        super().__init__()
        self._file = path.open("rb")
        self._hash = hashlib.sha256()
        self.bytes = 0

    def readable(self) -> bool:
        """Always: this is a reader."""
        return True

    def readinto(self, buffer) -> int:
        """Fills a buffer and hashes what came."""
        count = self._file.readinto(buffer)
        self._hash.update(memoryview(buffer)[:count])
        self.bytes += count
        return count

    def finish(self) -> str:
        """Reads what is left and returns the hash of the whole file."""
        while self.read(CHUNK):
            pass
        return self._hash.hexdigest()

    def close(self) -> None:
        """Closes the file."""
        self._file.close()
        super().close()


def take_in(path: Path, use: Callable[[Iterator[bytes]], T]) -> tuple[str, int, T]:
    """Reads a file once. Returns its SHA-256, its size, and what ``use`` made of its content.

    ``use`` gets the content in chunks, unzipped where it is gzip; what it leaves is still hashed.

    Raises:
        FileHeld: the file is empty, cut or unreadable, or changed while it was read.
    """
    before = path.stat()
    with HashingReader(path) as reader:
        buffered = io.BufferedReader(reader, CHUNK)
        try:
            made = use(_unzipped(buffered))
            digest = reader.finish()
        except (EOFError, OSError, zlib.error) as error:
            raise FileHeld(
                "unreadable", f"the file cannot be read: {type(error).__name__}",
                "deliver it again, complete",
            ) from error  # fmt: skip
        size = reader.bytes
    after = path.stat()
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise FileHeld("changing", "the file changed while it was read", "wait for the next run")
    return digest, size, made


def take_in_bytes(path: Path, target: Path) -> tuple[str, int]:
    """Copies a delivered file as it is; its SHA-256 and size.

    Raises:
        FileHeld: as ``take_in`` does.
    """

    def copy(chunks: Iterator[bytes]) -> None:
        with target.open("wb") as out:
            for chunk in chunks:
                out.write(chunk)

    sha256, size, _ = take_in(path, copy)
    return sha256, size


def take_in_text(
    path: Path, encodings: tuple[str, ...], use: Callable[[Iterator[bytes]], T]
) -> tuple[str, int, T]:
    """As ``take_in``, with the content as UTF-8: from the first encoding that reads all of it.

    ``use`` begins again for each encoding tried.

    Raises:
        FileHeld: as ``take_in``, or no encoding reads the file, or it is UTF-8 with damaged
            places (which a Chinese encoding would read as other characters).
    """
    for encoding in (*_marked(path), *encodings):
        try:
            return take_in(path, lambda chunks, name=encoding: use(_as_utf8(chunks, name)))
        except UnicodeDecodeError as error:
            if encoding == "utf-8" and _mostly_utf8(error):
                break
    raise FileHeld(
        "undecodable", f"the text is in none of the encodings {', '.join(encodings)}",
        "export it as UTF-8",
    )  # fmt: skip


def _as_utf8(chunks: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    """Content in an encoding as UTF-8 without byte order mark; NUL bytes become blanks."""
    decoder = codecs.getincrementaldecoder("utf-8-sig" if encoding == "utf-8" else encoding)()
    for chunk in chunks:
        yield decoder.decode(chunk).replace("\0", " ").encode()
    yield decoder.decode(b"", True).encode()


def _marked(path: Path) -> tuple[str, ...]:
    """UTF-16 where the file says so by its byte order mark."""
    try:
        with path.open("rb") as file:
            head = next(_unzipped(file), b"")[:2]
    except (EOFError, OSError, zlib.error):
        return ()
    return ("utf-16",) if head in _UTF16 else ()


def _mostly_utf8(error: UnicodeDecodeError) -> bool:
    """Whether the bytes around an error are UTF-8 apart from single damaged places."""
    start = max(error.start - _SAMPLE, 0)
    text = bytes(error.object[start : error.start + _SAMPLE]).decode("utf-8", "replace")
    damaged = text.count("\ufffd")
    return sum(one > "\x7f" for one in text) - damaged > damaged


def _unzipped(file: io.BufferedReader) -> Iterator[bytes]:
    source = gzip.GzipFile(fileobj=file) if file.peek(2)[:2] == _GZIP else file
    empty = True
    while chunk := source.read(CHUNK):
        empty = False
        yield chunk
    if empty:
        raise FileHeld("empty", "the file has no content", "deliver it again, complete")
