"""``member-warehouse identity …``: who is one member, why, why not, and what to decide."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from dagster_project.console.output import AsJson, errors, out, print_json, show
from dagster_project.settings import home_from_environment

app = typer.Typer(help="Who is one member, and why.", no_args_is_help=True)


def _state() -> Path:
    from dagster_project.activation.state import published_state

    return published_state(home_from_environment())


@app.command()
def why(
    identity: Annotated[str, typer.Argument(metavar="ID", help="member_id or channel:customer_id")],
    as_json: AsJson = False,
) -> None:
    """Show the records of a member and the evidence that joins them."""
    from dagster_project.identity.explain import why as explain

    with errors():
        found = explain(_state(), identity)
        if as_json:
            print_json(asdict(found))
            return
        for line in found.lines():
            out.print(line, markup=False, soft_wrap=True)


@app.command("why-not")
def why_not(
    left: Annotated[str, typer.Argument(metavar="A")],
    right: Annotated[str, typer.Argument(metavar="B")],
    as_json: AsJson = False,
) -> None:
    """Say what speaks against two being one member."""
    from dagster_project.identity.explain import why_not as explain

    with errors():
        lines = explain(_state(), left, right)
        if as_json:
            print_json({"against": lines})
            return
        for line in lines:
            out.print(line, markup=False, soft_wrap=True)


@app.command()
def review(
    limit: Annotated[int, typer.Option(min=1, help="How many, the most likely first.")] = 20,
    as_json: AsJson = False,
) -> None:
    """List pairs that are likely one member; decide in seeds/overrides/identity_links.csv."""
    from dagster_project.identity.undecided import to_review

    with errors():
        columns, rows = to_review(_state(), limit)
        show([dict(zip(columns, row, strict=True)) for row in rows], columns, as_json, "nothing")


@app.command()
def held(
    limit: Annotated[int, typer.Option(min=1, help="How many, on the most records first.")] = 20,
    as_json: AsJson = False,
) -> None:
    """List values that were not allowed to join records, and why."""
    from dagster_project.identity.undecided import held_back

    with errors():
        columns, rows = held_back(_state(), limit)
        show([dict(zip(columns, row, strict=True)) for row in rows], columns, as_json, "nothing")
