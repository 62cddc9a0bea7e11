"""``member-warehouse identity …``: who is one member, why, why not, and what to decide."""

from __future__ import annotations

from typing import Annotated

import typer

from dagster_project.console.output import errors, out, show
from dagster_project.settings import home_from_environment

app = typer.Typer(help="Who is one member, and why.", no_args_is_help=True)


@app.command()
def why(
    identity: Annotated[str, typer.Argument(metavar="ID", help="member_id or channel:customer_id")],
) -> None:
    """Show the records of a member and the evidence that joins them."""
    from dagster_project.identity.explain import why as explain

    with errors():
        for line in explain(home_from_environment().state_database, identity).lines():
            out.print(line, markup=False, soft_wrap=True)


@app.command("why-not")
def why_not(
    left: Annotated[str, typer.Argument(metavar="A")],
    right: Annotated[str, typer.Argument(metavar="B")],
) -> None:
    """Say what speaks against two being one member."""
    from dagster_project.identity.explain import why_not as explain

    with errors():
        for line in explain(home_from_environment().state_database, left, right):
            out.print(line, markup=False, soft_wrap=True)


@app.command()
def review(
    limit: Annotated[int, typer.Option(min=1, help="How many, the most likely first.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List pairs that are likely one member; decide in seeds/overrides/identity_links.csv."""
    from dagster_project.identity.undecided import to_review

    with errors():
        columns, rows = to_review(home_from_environment().state_database, limit)
        show([dict(zip(columns, row, strict=True)) for row in rows], columns, as_json, "nothing")


@app.command()
def held(
    limit: Annotated[int, typer.Option(min=1, help="How many, on the most records first.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List values that were not allowed to join records, and why."""
    from dagster_project.identity.undecided import held_back

    with errors():
        columns, rows = held_back(home_from_environment().state_database, limit)
        show([dict(zip(columns, row, strict=True)) for row in rows], columns, as_json, "nothing")
