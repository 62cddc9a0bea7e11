"""``member-warehouse channel …``: make a channel with files of its own shape known."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dagster_project.console.output import AsJson, errors, out, print_json, print_table
from dagster_project.settings import PROJECT_ROOT, settings_from_environment

if TYPE_CHECKING:
    from dagster_project.onboarding.propose import Proposal

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
    as_json: AsJson = False,
) -> None:
    """Look at files, propose what their columns are, write format, staging models and raw suite."""
    from dagster_project.ingest.held import FileHeld
    from dagster_project.onboarding import look_at, propose, write_channel
    from dagster_project.onboarding.explain import left_to_do

    with errors():
        if entity and len(entity) != len(files):
            raise ValueError("give --entity once for each file, or not at all")
        settings, proposals = settings_from_environment(), []
        for path in files:
            if not path.is_file():
                raise ValueError(f"there is no file {path}: give one the channel delivers")
        for path, known in zip(files, entity or [None] * len(files), strict=True):
            try:
                proposals.append(propose(look_at(path), settings, known))
            except FileHeld as held:
                raise ValueError(f"{path.name}: {held.detail}; {held.remedy}") from held
        written = [] if look_only else write_channel(name, proposals)
        facts = {
            "channel": name,
            "files": [_taken(one) for one in proposals],
            "written": [path.relative_to(PROJECT_ROOT).as_posix() for path in written],
            "left_to_do": [text for one in proposals for text in left_to_do(name, one)],
        }
        if as_json:
            print_json(facts)
        else:
            _tell(facts)


def _taken(proposal: Proposal) -> dict[str, Any]:
    """What the columns of a file were taken for."""
    columns = [{"column": m.column, "field": m.field, "sure": m.sure} for m in proposal.matches]
    columns += [{"column": name, "field": None, "sure": None} for name in proposal.unknown]
    return {"file": proposal.look.path.name, "entity": proposal.entity.name, "columns": columns}


def _tell(facts: dict[str, Any]) -> None:
    for one in facts["files"]:
        out.print(f"\n{one['file']}: {one['entity']}", markup=False)
        rows = [
            (c["column"], c["field"], f"{c['sure']:.0%}" if c["field"] else "")
            for c in one["columns"]
        ]
        print_table(("column", "field", "sure"), rows)
    for path in facts["written"]:
        out.print(f"wrote {path}", markup=False)
    todo, name = facts["left_to_do"], facts["channel"]
    out.print("\nLeft to do:" if todo else "\nNothing is left to do.")
    for number, text in enumerate(todo, 1):
        out.print(f"  {number}. {text}", markup=False)
    out.print(f"\nThen deliver to landing/{name}/ and run. docs/add-a-channel.md", markup=False)
