"""What is asked of a run on the command line: the day, and where the channels delivered."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import typer


def day_of(text: str) -> date | None:
    """The day asked for; None for ``auto``, the last business day with an order.

    Raises:
        typer.BadParameter: it is neither; the command ends with exit code 2.
    """
    if text == "auto":
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(
            f"{text!r} is no day: write YYYY-MM-DD or auto", param_hint="--as-of"
        ) from None


def landing_of(folder: Path | None) -> Path | None:
    """The landing folder asked for; None for the home's own.

    Raises:
        ValueError: it is not there.
    """
    if folder is not None and not folder.is_dir():
        raise ValueError(f"the landing folder {folder} does not exist: create it")
    return folder
