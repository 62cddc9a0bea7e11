"""What a run is doing, for whoever watches: one line per finished piece of work, never a value."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter

_listeners: list[Callable[[str], None]] = []


@contextmanager
def listen(callback: Callable[[str], None]) -> Iterator[None]:
    """Give every line to ``callback`` while the block runs."""
    _listeners.append(callback)
    try:
        yield
    finally:
        _listeners.remove(callback)


def tell(line: str) -> None:
    """Say that something is done."""
    for callback in _listeners:
        callback(line)


@contextmanager
def stage(name: str) -> Iterator[None]:
    """Tell when a stage begins and how many seconds it took."""
    tell(f"{name} …")
    began = perf_counter()
    yield
    tell(f"{name}: {perf_counter() - began:.1f} s")
