"""What stands in landing and is not in raw: what a sensor looks at."""

from __future__ import annotations

import hashlib

from dagster_project.ingest.arrival import MARKER
from dagster_project.ingest.discover import find_delivered
from dagster_project.ingest.seen import SeenFiles
from dagster_project.settings import Home


def pending_files(home: Home) -> dict[str, str]:
    """The files of landing that are no batch yet, each with what changes when the file does.

    Held and waiting files are among them. Raises FormatError when ``channels.yml`` is wrong.
    """
    seen = SeenFiles(home)
    found, misplaced = find_delivered(home, home.landing)
    files = {one.path.relative_to(home.landing).as_posix() for one in found if not seen.has(one)}
    files |= {one.file for one in misplaced}
    looks: dict[str, str] = {}
    for file in sorted(files):
        path = home.landing / file
        try:
            stat = path.stat()
        except (FileNotFoundError, NotADirectoryError):
            continue
        marked = path.with_name(f"{path.name}{MARKER}").exists()
        looks[file] = f"{stat.st_size} {stat.st_mtime_ns} {marked}"
    return looks


def digest_of(looks: dict[str, str]) -> str:
    """One short text that differs when any of the files does."""
    text = "\n".join(f"{file} {look}" for file, look in sorted(looks.items()))
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:16]
