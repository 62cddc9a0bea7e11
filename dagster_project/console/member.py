"""``member-warehouse member …``: why a member is who and where the member is."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from dagster_project.console.output import AsJson, errors, out, print_json
from dagster_project.settings import home_from_environment, settings_from_environment

app = typer.Typer(help="One member: records, standing, tags, audiences.", no_args_is_help=True)
_MEMBER = """
select distinct member_id from identity.idn_member_record
where member_id = $id or record_key = $id
"""


@app.command()
def show(
    identity: Annotated[str, typer.Argument(metavar="ID", help="member_id or channel:customer_id")],
    personal: Annotated[
        bool, typer.Option("--personal", help="Also name and contacts, with the key; logged.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Say why: records, segment, tier, risk, tags, audiences; the rule row and figures of each."""
    with errors():
        facts = _facts(identity, personal)
        if as_json:
            print_json(facts)
            return
        out.print(f"{facts['member_id']}, as of {facts['as_of']}", markup=False)
        for line in facts["identity"]:
            out.print(f"  {line}", markup=False)
        for record in facts.get("personal", []):
            out.print(f"  {_text(record)}", markup=False)
        for answer in facts["answers"]:
            out.print(f"\n{answer['question']}: {answer['answer']}", markup=False)
            if answer["figures"]:
                out.print(f"  figures  {_text(answer['figures'])}", markup=False)
            for rule in answer["rules"]:
                out.print(f"  {answer['rule_file']}  {_text(rule)}", markup=False)


def _facts(identity: str, personal: bool) -> dict[str, Any]:
    from dagster_project.activation.explain import explain_member
    from dagster_project.activation.state import open_state, published_state
    from dagster_project.identity.explain import why

    home, settings = home_from_environment(), settings_from_environment()
    known = why(published_state(home), identity)
    with open_state(home, settings) as (con, state):
        member = con.execute(_MEMBER, {"id": identity}).fetchall()[0][0]
        answers = explain_member(con, member, state.as_of)
    facts: dict[str, Any] = {
        "member_id": member,
        "as_of": state.as_of,
        "release": state.release_id,
        "identity": known.lines(),
        "answers": [answer.as_dict() for answer in answers],
    }
    if personal:
        from dagster_project.activation.look import look_up

        facts["personal"] = look_up(home, member, [key for key, _, _ in known.records])
    return facts


def _text(facts: dict[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in facts.items() if value is not None)
