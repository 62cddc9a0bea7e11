"""``member-warehouse channel …``: make a channel with files of its own shape known."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dagster_project.console.output import errors, out, print_table
from dagster_project.settings import PROJECT_ROOT, settings_from_environment

app = typer.Typer(help="Channels with files of their own shape.", no_args_is_help=True)


@app.callback()
def channel() -> None:
    """Channels with files of their own shape."""


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="The channel's name, which its format gets too.")],
    files: Annotated[list[Path], typer.Option("--from", help="A file of the channel; repeat it.")],
    entity: Annotated[
        list[str] | None, typer.Option(help="What the files hold, in their order, if you know.")
    ] = None,
    look_only: Annotated[bool, typer.Option(help="Propose, write nothing.")] = False,
) -> None:
    """Look at files, propose what their columns are, write format, staging models and raw suite."""
    from dagster_project.ingest.held import FileHeld
    from dagster_project.onboarding import look_at, propose, write_channel
    from dagster_project.onboarding.explain import left_to_do

    with errors():
        if entity and len(entity) != len(files):
            raise ValueError("give --entity once for each file, or not at all")
        settings, proposals = settings_from_environment(), []
        for path, known in zip(files, entity or [None] * len(files), strict=True):
            try:
                proposals.append(propose(look_at(path), settings, known))
            except FileHeld as held:
                raise ValueError(f"{path.name}: {held.detail}; {held.remedy}") from held
        for one in proposals:
            out.print(f"\n{one.look.path.name}: {one.entity.name}", markup=False)
            taken = [(match.column, match.field, f"{match.sure:.0%}") for match in one.matches]
            print_table(("column", "field", "sure"), [*taken, *((u, "", "") for u in one.unknown)])
        if not look_only:
            for path in write_channel(name, proposals):
                out.print(f"wrote {path.relative_to(PROJECT_ROOT)}", markup=False)
        todo = [text for one in proposals for text in left_to_do(name, one)]
        out.print("\nLeft to do:" if todo else "\nNothing is left to do.")
        for number, text in enumerate(todo, 1):
            out.print(f"  {number}. {text}", markup=False)
        out.print(f"\nThen deliver to landing/{name}/ and run. docs/add-a-channel.md", markup=False)
