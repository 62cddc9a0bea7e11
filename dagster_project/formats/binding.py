"""How the files of a channel are to be read: its format, its encoding, its markers."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dagster_project.formats.loader import DEFAULT_FORMAT, FormatError, load_formats, read_mapping
from dagster_project.formats.model import Format
from dagster_project.settings import Home

BINDINGS = "channels.yml"
_OPTIONS = {"format": str, "encoding": str, "marker": bool}


@dataclass(frozen=True)
class Binding:
    """What ``channels.yml`` says of a channel.

    Attributes:
        format: the format's name; None for the one the channel is named after, else the contract.
        encoding: the encoding of its text files, in place of those the format tries.
        marker: whether a file counts only once ``<file>.done`` stands beside it.
    """

    format: str | None = None
    encoding: str | None = None
    marker: bool = False


def channel_bindings(home: Home) -> dict[str, Binding]:
    """The channels bound by ``channels.yml``; the home's file wins over the landing folder's.

    Raises:
        FormatError: a file says ``channels`` wrongly, names an unknown format or encoding.
    """
    bindings: dict[str, Binding] = {}
    for folder in (home.landing, home.root):
        path = folder / BINDINGS
        if path.is_file():
            bindings |= _read(path)
    return bindings


def formats_of(channel: str, bindings: dict[str, Binding]) -> tuple[Format, ...]:
    """What a channel's files may be in, by preference.

    The bound format and no other; else the preset the channel is named after, then the contract:
    a channel may be called ``wechat`` and deliver the contract's columns.
    """
    formats = load_formats()
    bound = bindings.get(channel, Binding()).format
    names = (bound,) if bound else dict.fromkeys((channel, DEFAULT_FORMAT))
    return tuple(formats[name] for name in names if name in formats)


def _read(path: Path) -> dict[str, Binding]:
    content = read_mapping(path)
    channels = content.get("channels")
    if set(content) != {"channels"} or not isinstance(channels, dict):
        raise FormatError(f"{path.name}: expected `channels: {{<channel>: <format>}}`")
    return {str(channel): _binding(said, path, str(channel)) for channel, said in channels.items()}


def _binding(said: Any, path: Path, channel: str) -> Binding:
    where = f"{path.name}: channel {channel!r}"
    options = said if isinstance(said, dict) else {"format": said}
    unknown = sorted(str(one) for one in set(options) - set(_OPTIONS))
    if unknown:
        raise FormatError(f"{where}: unknown {unknown}; known: {sorted(_OPTIONS)}")
    known = sorted(load_formats())
    name = options.get("format")
    if "format" in options and (not isinstance(name, str) or name not in known):
        raise FormatError(f"{where} names the unknown format {name!r}; known formats: {known}")
    for option, value in options.items():
        if not isinstance(value, _OPTIONS[option]):
            raise FormatError(f"{where}: {option} {value!r} is no {_OPTIONS[option].__name__}")
    try:
        codecs.lookup(options.get("encoding", "utf-8"))
    except LookupError as error:
        raise FormatError(f"{where}: unknown encoding {options['encoding']!r}") from error
    return Binding(**options)
