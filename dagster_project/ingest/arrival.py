"""Which files have arrived whole: size at rest, and marked where their sender marks files.

A sender that writes ``orders.csv.done`` behind ``orders.csv`` says when a file is whole. Where one
such marker stands in a folder, and for a channel with ``marker: true`` in ``channels.yml``, a
file without its marker waits.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from pathlib import Path

from dagster_project.ingest.discover import Delivered
from dagster_project.ingest.held import FileWaits

MARKER = ".done"


class Arrival:
    """Knows of a run's files which are at rest.

    Args:
        files: those that will be asked for.
        settle_seconds: a file changed less than so many seconds ago is looked at again after
            them, once for all files together.
        sleep, clock: replaced in tests; the clock is compared with the files' times.
    """

    def __init__(
        self,
        files: Iterable[Delivered],
        settle_seconds: float,
        sleep: Callable[[float], object] = time.sleep,
        clock: Callable[[], float] = time.time,
    ):
        self._marked: dict[Path, bool] = {}
        young: dict[Path, tuple[int, int]] = {}
        for path in {one.path for one in files}:
            look = _look(path)
            if look is not None and clock() - look[1] / 1e9 < settle_seconds:
                young[path] = look
        if young and settle_seconds:
            sleep(settle_seconds)
        self._growing = {path for path, look in young.items() if _look(path) not in {look, None}}

    def check(self, delivered: Delivered) -> None:
        """Lets a file pass that may be read.

        Raises:
            FileWaits: it is still being written, lacks its marker, or went away.
        """
        path = delivered.path
        if _look(path) is None:
            raise FileWaits("vanished", "the file went away before it was read")
        if path in self._growing:
            raise FileWaits("growing", "the file is still being written")
        if (delivered.binding.marker or self._marks(path.parent)) and not _is_marked(path):
            raise FileWaits("unmarked", f"{path.name}{MARKER} does not stand beside it yet")

    def _marks(self, folder: Path) -> bool:
        if folder not in self._marked:
            self._marked[folder] = any(folder.glob(f"*{MARKER}"))
        return self._marked[folder]


def _is_marked(path: Path) -> bool:
    return path.with_name(f"{path.name}{MARKER}").exists()


def _look(path: Path) -> tuple[int, int] | None:
    try:
        stat = path.stat()
    except FileNotFoundError:
        return None
    return stat.st_size, stat.st_mtime_ns
