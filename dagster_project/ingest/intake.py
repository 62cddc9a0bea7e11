"""The bytes of a delivered file, read once: hashed, unzipped, and as UTF-8."""

from __future__ import annotations

import codecs
import hashlib
import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, TypeVar

from dagster_project.ingest.archive import CHUNK, Source, unzipped
from dagster_project.ingest.held import FileHeld, FileWaits

_SAMPLE = 64 << 10
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_DAMAGED = (EOFError, OSError, zlib.error, zipfile.BadZipFile, RuntimeError)

T = TypeVar("T")


class HashingReader(io.RawIOBase):
    """A stream that hashes and counts what is read of it."""

    def __init__(self, file: BinaryIO):
        super().__init__()
        self._file = file
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


def take_in(source: Source, use: Callable[[Iterator[bytes]], T]) -> tuple[str, int, T]:
    """Reads a file once. Returns its SHA-256, its size, and what ``use`` made of its content.

    ``use`` gets the content in chunks, unzipped where it is gzip; what it leaves is still hashed.

    Raises:
        FileHeld: the file is empty, cut or unreadable, or more than its packed size explains.
        FileWaits: it changed or went away while it was read.
    """
    try:
        before = source.path.stat()
        with source.open() as file, HashingReader(file) as reader:
            buffered = io.BufferedReader(reader, CHUNK)
            made = use(unzipped(buffered, before.st_size))
            digest, size = reader.finish(), reader.bytes
        after = source.path.stat()
    except FileNotFoundError as error:
        raise FileWaits("vanished", "the file went away before it was read") from error
    except _DAMAGED as error:
        raise FileHeld(
            "unreadable", f"the file cannot be read: {type(error).__name__}",
            "deliver it again, complete",
        ) from error  # fmt: skip
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise FileWaits("changing", "the file changed while it was read")
    return digest, size, made


def take_in_bytes(source: Source, target: Path) -> tuple[str, int]:
    """Copies a delivered file as it is; its SHA-256 and size.

    Raises:
        FileHeld, FileWaits: as ``take_in`` does.
    """

    def copy(chunks: Iterator[bytes]) -> None:
        with target.open("wb") as out:
            for chunk in chunks:
                out.write(chunk)

    sha256, size, _ = take_in(source, copy)
    return sha256, size


def take_in_text(
    source: Source, encodings: tuple[str, ...], use: Callable[[Iterator[bytes]], T]
) -> tuple[str, int, T]:
    """As ``take_in``, with the content as UTF-8: from the first encoding that reads all of it.

    ``use`` begins again for each encoding tried.

    Raises:
        FileHeld: as ``take_in``, or no encoding reads the file, or it is UTF-8 with damaged
            places (which a Chinese encoding would read as other characters).
        FileWaits: as ``take_in``.
    """
    for encoding in (*_utf16(source), *encodings):
        try:
            return take_in(source, lambda chunks, name=encoding: use(_as_utf8(chunks, name)))
        except UnicodeDecodeError as error:
            if encoding == "utf-8" and _mostly_utf8(error):
                break
    raise FileHeld(
        "undecodable", f"the text is in none of the encodings {', '.join(encodings)}",
        "export it as UTF-8, or name its encoding in channels.yml",
    )  # fmt: skip


def _as_utf8(chunks: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    """Content in an encoding as UTF-8 without byte order mark; NUL bytes become blanks."""
    decoder = codecs.getincrementaldecoder("utf-8-sig" if encoding == "utf-8" else encoding)()
    for chunk in chunks:
        yield decoder.decode(chunk).replace("\0", " ").removeprefix("\ufeff").encode()
    yield decoder.decode(b"", True).encode()


def _utf16(source: Source) -> tuple[str, ...]:
    """UTF-16 where the file shows it: by its byte order mark, or by the zeros beside its ASCII."""
    try:
        with source.open() as file:
            head = next(unzipped(io.BufferedReader(file), CHUNK), b"")[:_SAMPLE]
    except (*_DAMAGED, FileHeld):
        return ()
    if head[:2] in _UTF16:
        return ("utf-16",)
    # ASCII in UTF-16 has a zero in every second byte, on one side only
    first, second = head[:64:2].count(0), head[1:64:2].count(0)
    if max(first, second) * 2 > len(head[:64:2]) and not min(first, second):
        return ("utf-16-be",) if first else ("utf-16-le",)
    return ()


def _mostly_utf8(error: UnicodeDecodeError) -> bool:
    """Whether the bytes around an error are UTF-8 apart from single damaged places."""
    start = max(error.start - _SAMPLE, 0)
    text = bytes(error.object[start : error.start + _SAMPLE]).decode("utf-8", "replace")
    damaged = text.count("\ufffd")
    return sum(one > "\x7f" for one in text) - damaged > damaged
