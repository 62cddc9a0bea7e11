"""Which format the files of a channel are in."""

from __future__ import annotations

from pathlib import Path

from dagster_project.formats.loader import DEFAULT_FORMAT, FormatError, load_formats, read_mapping
from dagster_project.formats.model import Format
from dagster_project.settings import Home

BINDINGS = "channels.yml"


def channel_bindings(home: Home) -> dict[str, str]:
    """The channels bound by ``channels.yml``; the home's file wins over the landing folder's.

    Raises:
        FormatError: a file says ``channels`` wrongly or names an unknown format.
    """
    bindings: dict[str, str] = {}
    for folder in (home.landing, home.root):
        path = folder / BINDINGS
        if path.is_file():
            bindings |= _read(path)
    return bindings


def format_of(channel: str, bindings: dict[str, str]) -> Format:
    """The bound format, else the preset the channel is named after, else the contract."""
    formats = load_formats()
    return formats[bindings.get(channel) or (channel if channel in formats else DEFAULT_FORMAT)]


def _read(path: Path) -> dict[str, str]:
    content = read_mapping(path)
    channels = content.get("channels")
    if set(content) != {"channels"} or not isinstance(channels, dict):
        raise FormatError(f"{path.name}: expected `channels: {{<channel>: <format>}}`")
    known = sorted(load_formats())
    for channel, name in channels.items():
        if not isinstance(name, str) or name not in known:
            raise FormatError(
                f"{path.name}: channel {channel!r} names the unknown format {name!r}; "
                f"known formats: {known}"
            )
    return {str(channel): name for channel, name in channels.items()}
