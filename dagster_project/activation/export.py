"""One export: decide, log, join addresses, write, log how it ended."""

from __future__ import annotations

import os
import pwd
import secrets
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import duckdb

from dagster_project.activation import decide, files, history, webhook
from dagster_project.activation.addresses import prepare
from dagster_project.activation.match import PLATFORMS, Platform
from dagster_project.activation.recipients import (
    contact_rows,
    lay_addresses,
    members_of,
    third_party_channels,
)
from dagster_project.activation.rule import AudienceRule, read_rule
from dagster_project.activation.state import open_state
from dagster_project.privacy import Keys, load_keys
from dagster_project.privacy.access_log import add_entry, exclusive_log
from dagster_project.settings import Home, Settings


@dataclass(frozen=True)
class Request:
    """What to export: an audience, to a file or a URL, as a contact list or a platform's keys."""

    audience: str
    to: str
    match: str | None = None

    @property
    def platform(self) -> Platform | None:
        """The ad platform the file is for, if any."""
        if self.match is None:
            return None
        if self.match not in PLATFORMS:
            raise ValueError(f"no platform {self.match!r}: there are {', '.join(PLATFORMS)}")
        return PLATFORMS[self.match]


@dataclass(frozen=True)
class Summary:
    """What came of an export: members of each outcome, ``exported`` among them."""

    export_id: str
    release_id: str
    outcomes: dict[str, int] = field(default_factory=dict)

    @property
    def exported(self) -> int:
        """Members in the file."""
        return self.outcomes.get(decide.EXPORTED, 0)


def export_audience(home: Home, settings: Settings, request: Request) -> Summary:
    """Export an audience of the current release; the log knows of it before anybody else does.

    Raises:
        ValueError: the target, audience or platform is none; or the state is not the release's.
        BrokenLog: the log does not hold: nothing is exported until that is cleared up.
        DeliveryFailed: the receiver did not take all; whom it got is kept and logged.
    """
    _check(request)
    keys = load_keys(home)
    with exclusive_log(home), open_state(home, settings) as (con, state):
        history.verified_log(home, keys)
        rule = read_rule(con, request.audience, state.as_of)
        prepare(con, keys, settings)
        history.lay_history(con, home)
        decide.decide(con, rule, third_party_channels(request.platform))
        lay_addresses(con, home, keys, rule, request.platform)
        summary = Summary(_new_id(rule), state.release_id, decide.conclude(con))
        on = max(datetime.now(settings.zone).date(), rule.as_of)
        _hand_over(con, home, keys, on, (rule, request, summary))
    return summary


def _check(request: Request) -> None:
    if webhook.is_url(request.to):
        webhook.check_url(request.to)
    else:
        files.check_target(Path(request.to))
    platform = request.platform
    if request.to.endswith(".txt") and (platform is None or len(platform.keys) > 1):
        raise ValueError("a .txt file holds one match key a line: for --match tencent only")


def _hand_over(
    con: duckdb.DuckDBPyConnection,
    home: Home,
    keys: Keys,
    on: date,
    made: tuple[AudienceRule, Request, Summary],
) -> None:
    rule, request, summary = made
    platform = request.platform
    columns, rows = contact_rows(con, rule, platform, summary.export_id)
    went = members_of(con, decide.EXPORTED)
    held_out = members_of(con, decide.HELD_OUT)
    channel = f"ad_{request.match}" if request.match else rule.contact_channel
    facts = (summary.export_id, rule.code, channel, on)
    digest = history.write_members(home, facts, went + held_out)
    add_entry(home, keys, {"kind": "export", "members_sha256": digest, **_told(made, on)})
    history.settle(home, summary.export_id)
    try:
        if webhook.is_url(request.to):
            names = {"export_id": summary.export_id, "audience": rule.code}
            webhook.post(request.to, names, rows)
        else:
            files.write_file(Path(request.to), columns, rows, request.platform is None)
    except (webhook.DeliveryFailed, OSError) as error:
        reached = getattr(error, "delivered", 0)
        digest = history.write_members(home, facts, went[:reached] + held_out)
        failed = {"export_id": summary.export_id, "members_sha256": digest}
        why = {"delivered": reached, "problem": type(error).__name__}
        add_entry(home, keys, {"kind": "export_failed", **failed, **why})
        history.settle(home, summary.export_id)
        raise


def _told(made: tuple[AudienceRule, Request, Summary], on: date) -> dict[str, Any]:
    """What the log says of an export: who, what, by which rule, how many, suppressed by reason."""
    rule, request, summary = made
    to = request.to
    return {
        "export_id": summary.export_id,
        "by": pwd.getpwuid(os.getuid()).pw_name,
        "audience": rule.code,
        "match": request.match,
        "to": urlsplit(to).hostname if webhook.is_url(to) else Path(to).name,
        "release": summary.release_id,
        "on": on.isoformat(),
        "rule": {name: str(value) for name, value in vars(rule).items()},
        "exported": summary.exported,
        "suppressed": {k: v for k, v in summary.outcomes.items() if k != decide.EXPORTED},
    }


def _new_id(rule: AudienceRule) -> str:
    now = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    return f"{rule.code}-{now}-{secrets.token_hex(2)}"
