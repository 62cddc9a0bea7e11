"""What is left for a person to do after ``channel add``."""

from __future__ import annotations

import re

from dagster_project.formats.suggest import likeness
from dagster_project.onboarding.propose import SURE, Proposal
from dagster_project.onboarding.words import known_status

_SHOWN = re.compile(r"[^\d@]{1,40}")


def left_to_do(name: str, proposal: Proposal) -> list[str]:
    """Sentences, the most pressing first; none shows a value that may be personal."""
    place = f"dagster_project/formats/{name}.yml, {proposal.entity.name}"
    todo = [
        f"no column is `{field}`, which every row needs{_perhaps(proposal, field)}: add its header "
        f"as an alias ({place}.{field}), or have the channel deliver it"
        for field in proposal.missing
    ]
    for one in proposal.matches:
        if len(one.time_formats) > 1:
            todo.append(
                f"`{one.column}`: day or month first? {' and '.join(one.time_formats)} both fit; "
                f"{one.time_formats[0]} was taken ({place}.{one.field})"
            )
        elif one.sure < SURE:
            todo.append(
                f"`{one.column}` was taken for `{one.field}` with {one.sure:.0%}: look ({place})"
            )
    unread = [one for one in proposal.words.get("status", {}) if not known_status(one)]
    for word in filter(_SHOWN.fullmatch, unread):
        todo.append(
            f"status `{word}`: say what it means in dbt/seeds/rules/order_status_rules.csv "
            f"(format {name}) and add it to the vocabulary ({place}.status)"
        )
    if proposal.unknown:
        columns = ", ".join(f"`{one}`" for one in proposal.unknown)
        todo.append(f"no field: {columns}; the values go to the vault until one is declared")
    return todo


def _perhaps(proposal: Proposal, field: str) -> str:
    """The column without a field that is most like one, where any is."""
    scored = [(likeness(one, field), one) for one in proposal.unknown]
    sure, column = max(scored, default=(0.0, ""))
    return f" (perhaps `{column}`)" if sure else ""
