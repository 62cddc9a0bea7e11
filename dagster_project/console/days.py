"""Days as the command takes them."""

from __future__ import annotations

from datetime import date

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
