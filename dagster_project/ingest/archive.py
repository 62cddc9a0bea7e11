"""What stands in a delivered file's wrapping: gzip and zip, opened with care.

Nothing is ever extracted to a name of the archive's own: a member is read as a stream. An archive
that grows beyond all proportion is refused before its content fills a disk.
"""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from dagster_project.ingest.held import FileHeld

CHUNK = 8 << 20
GZIP = b"\x1f\x8b"
# Text of tables shrinks to a fifth or a twentieth, the most even of it to a hundredth.
MOST_TIMES_LARGER = 200
# Below this no archive is worth a guard.
LARGE = 64 << 20
MOST_MEMBERS = 1000
_NOT_DATA = ("__MACOSX/",)


@dataclass(frozen=True)
class Source:
    """Where a delivered content is: a file, or a member of a zip file."""

    path: Path
    member: str | None = None

    @contextmanager
    def open(self) -> Iterator[BinaryIO]:
        """The bytes as delivered: a member's are unpacked."""
        if self.member is None:
            with self.path.open("rb") as file:
                yield file
            return
        with zipfile.ZipFile(self.path) as archive:
            packed = archive.getinfo(self.member)
            with archive.open(packed) as file:
                yield Bounded(file, packed.compress_size)


class Bounded(io.RawIOBase):
    """An unpacking stream that stops when it gives more than its packed size can explain."""

    def __init__(self, file: BinaryIO, packed: int):
        super().__init__()
        self._file, self._most = file, max(LARGE, MOST_TIMES_LARGER * packed)
        self._given = 0

    def readable(self) -> bool:
        """Always: this is a reader."""
        return True

    def readinto(self, buffer) -> int:
        """Fills a buffer.

        Raises:
            FileHeld: the content is out of all proportion to its packed size.
        """
        content = self._file.read(len(buffer))
        self._given += len(content)
        if self._given > self._most:
            raise too_large()
        buffer[: len(content)] = content
        return len(content)


def too_large() -> FileHeld:
    """The refusal of an archive that unpacks to more than its size can explain."""
    return FileHeld(
        "archive_bomb",
        f"unpacked it is more than {MOST_TIMES_LARGER} times as large as it is packed",
        "deliver it unpacked, or in parts",
    )


def members(path: Path) -> list[str]:
    """The names of a zip file's data files, in order.

    Raises:
        FileHeld: it is no zip file, holds names that lead out of a folder, or too many files.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            names = [one.filename for one in archive.infolist() if not one.is_dir()]
    except (zipfile.BadZipFile, OSError) as error:
        raise FileHeld("unreadable", "this is no zip file", "deliver it again, complete") from error
    for name in names:
        place = PurePosixPath(name.replace("\\", "/"))
        if place.is_absolute() or ".." in place.parts or ":" in place.parts[0]:
            raise FileHeld(
                "unsafe_archive", "a name in the archive leads out of its folder",
                "pack the files anew, without folders",
            )  # fmt: skip
    if len(names) > MOST_MEMBERS:
        raise FileHeld("unsafe_archive", f"it holds {len(names)} files", "deliver it in parts")
    return sorted(one for one in names if not one.startswith(_NOT_DATA))


def check_proportion(path: Path) -> None:
    """Refuses a workbook, which is a zip file, that unpacks out of all proportion.

    Raises:
        FileHeld: it does. BadZipFile where it is none.
    """
    with zipfile.ZipFile(path) as archive:
        whole = sum(one.file_size for one in archive.infolist())
    if whole > max(LARGE, MOST_TIMES_LARGER * path.stat().st_size):
        raise too_large()


def unzipped(file: io.BufferedReader, packed: int) -> Iterator[bytes]:
    """The content in chunks, unzipped where it is gzip.

    Raises:
        FileHeld: there is no content, or too much for what was packed.
    """
    source: BinaryIO = file
    if file.peek(2)[:2] == GZIP:
        source = io.BufferedReader(Bounded(gzip.GzipFile(fileobj=file), packed), CHUNK)
    empty = True
    while chunk := source.read(CHUNK):
        empty = False
        yield chunk
    if empty:
        raise FileHeld("empty", "the file has no content", "deliver it again, complete")
