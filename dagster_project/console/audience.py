"""``member-warehouse audience …``: who is in an audience, and handing it out with consent only."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from dagster_project.console.output import (
    AsJson,
    answer,
    errors,
    out,
    print_json,
    print_rows,
    print_table,
    show,
)
from dagster_project.settings import home_from_environment, settings_from_environment

app = typer.Typer(help="Audiences: who is in them, and out with consent.", no_args_is_help=True)
Code = Annotated[str, typer.Argument(metavar="CODE", help="See `audience list`.")]
_LIST = """
select rules.audience_code, rules.audience_zh, rules.contact_channel, count(*) as members,
    count(*) filter (where rules.has_consent) as with_consent
from marts.audience_member as rules
group by rules.audience_code, rules.audience_zh, rules.contact_channel, rules.priority
order by rules.priority, rules.audience_code
"""
_SHOW = """
select member_id, contact_channel, has_consent, since_on, reason from marts.audience_member
where audience_code = ? order by since_on desc, member_id limit ?
"""
_LOG = ("number", "at", "kind", "by", "audience", "match", "to", "exported", "suppressed")


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """List the audiences of the current release with their members."""
    from dagster_project.release import open_release

    with errors(), open_release(home_from_environment()) as con:
        found = con.execute(_LIST)
        columns = [column[0] for column in found.description or []]
        rows = [dict(zip(columns, row, strict=True)) for row in found.fetchall()]
        show(rows, columns, as_json, "no audience holds anybody")


@app.command("show")
def show_(
    code: Code,
    limit: Annotated[int, typer.Option(min=1, help="How many, the newest first.")] = 20,
    as_json: AsJson = False,
) -> None:
    """Show members of an audience with the reason; no addresses."""
    from dagster_project.release import open_release

    with errors(), open_release(home_from_environment()) as con:
        found = con.execute(_SHOW, [code, limit])
        columns, rows = [column[0] for column in found.description or []], found.fetchall()
        if not rows:
            raise ValueError(f"nobody is in an audience {code!r}: see `audience list`")
        print_rows(columns, rows, "json" if as_json else "table")


@app.command()
def export(
    code: Code,
    to: Annotated[str, typer.Option(metavar="FILE|URL", help=".csv, .parquet, .txt or a URL.")],
    match: Annotated[
        str | None, typer.Option(help="Hashed keys for meta, google, tiktok or tencent.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Hand out an audience: only who agrees, never who unsubscribed or asked to be forgotten."""
    with errors():
        from dagster_project.activation.export import Request, export_audience

        summary = export_audience(
            home_from_environment(), settings_from_environment(), Request(code, to, match)
        )
        facts = {"export_id": summary.export_id, "outcomes": summary.outcomes}
        if as_json:
            print_json(facts)
            return
        out.print(f"{summary.export_id}: {summary.exported} members to {to}", markup=False)
        print_table(("outcome", "members"), sorted(summary.outcomes.items()))


@app.command()
def log(
    verify: Annotated[bool, typer.Option("--verify", help="Only say whether it holds.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show who exported what; a log that was tampered with is an error."""
    with errors():
        from dagster_project.activation.history import verified_log
        from dagster_project.privacy import load_keys
        from dagster_project.privacy.access_log import exclusive_log

        home = home_from_environment()
        with exclusive_log(home):
            entries = verified_log(home, load_keys(home))
        if verify:
            facts = {"holds": True, "entries": len(entries)}
            answer(facts, f"the log holds: {len(entries)} entries", as_json)
            return
        rows: list[dict[str, Any]] = [{c: entry.get(c) for c in _LOG} for entry in entries]
        if not as_json:
            for row in rows:
                row["suppressed"] = ", ".join(
                    f"{reason} {members}" for reason, members in (row["suppressed"] or {}).items()
                )
        show(rows, _LOG, as_json, "nothing was exported yet")
