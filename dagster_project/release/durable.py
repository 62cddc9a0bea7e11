"""Files that survive a power cut: write aside, fsync, rename, fsync the folder."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

CHUNK_BYTES = 1 << 20


def sync_file(path: Path) -> None:
    """Force the bytes of one file (or the entries of one folder) to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_tree(root: Path) -> None:
    """Force every file and folder below ``root`` to the disk, the deepest first."""
    for folder, _, names in os.walk(root, topdown=False):
        for name in names:
            sync_file(Path(folder) / name)
        sync_file(Path(folder))


def rename_durably(source: Path, target: Path) -> None:
    """Rename within one file system and make the new name durable."""
    source.rename(target)
    sync_file(target.parent)


def write_durably(path: Path, text: str) -> None:
    """Write a small text file so that readers see the old text or the new one, never a part."""
    aside = path.with_name(path.name + ".part")
    aside.write_text(text, encoding="utf-8")
    sync_file(aside)
    aside.replace(path)
    sync_file(path.parent)


def append_durably(path: Path, line: str) -> None:
    """Append one line to a log, in one write."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    try:
        os.write(descriptor, (line + "\n").encode("utf-8"))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def link_durably(link: Path, target: Path) -> None:
    """Point the symlink ``link`` at ``target`` (kept relative) in one step."""
    aside = link.with_name(f".{link.name}-next")
    aside.unlink(missing_ok=True)
    aside.symlink_to(target, target_is_directory=True)
    aside.replace(link)
    sync_file(link.parent)


def sha256(path: Path) -> str:
    """The SHA-256 of a file's bytes, in hex."""
    total = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK_BYTES):
            total.update(chunk)
    return total.hexdigest()
