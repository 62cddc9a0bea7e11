"""What a person should know of a file that was loaded all the same, or is not there to be loaded.

=============  =====================================================================================
new_column     a column the format does not know and the feed's last file did not have; its values
               are in the vault
lost_column    an optional column the feed's last file had is missing; its field is NULL
shorter        the content is much smaller than what last stood in this place (feed_rules.csv)
growing        the file is still being written; it is read by a later run
changing       it changed while it was read; it is read by a later run
unmarked       its ``.done`` marker is missing; it is read once that is there
vanished       a file that was in landing is not there any more; what was loaded of it stays
=============  =====================================================================================
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

from dagster_project.formats.suggest import hint_text, hints
from dagster_project.ingest.batches import Batch
from dagster_project.ingest.budget import budget_of
from dagster_project.ingest.discover import Delivered
from dagster_project.release.durable import write_durably
from dagster_project.settings import Home

NOTICES = "_notices.json"
_HIDDEN = {"(hidden)", "…"}


@dataclass(frozen=True)
class Notice:
    """A notice about a file that is no batch of this run."""

    channel: str
    entity: str | None
    file: str
    notice: str
    detail: str


def drift(
    delivered: Delivered, unknown: list[str], missing: list[str], before: Batch | None
) -> list[dict[str, Any]]:
    """How a file's columns differ from the feed's last file, as rows of a batch's ``notices``.

    Args:
        unknown, missing: the file's columns that are no field, and the fields it lacks.
    """
    known = set(before.unknown_columns) if before else set()
    new = [one for one in unknown if one not in known | _HIDDEN]
    lost = [one for one in missing if before and one not in before.missing_columns]
    alike = hints(new, delivered.entity, set(missing))
    found = []
    for column in new:
        field = alike.get(column)
        text = "no field of the format; its values are in the vault"
        if field:
            text = hint_text(column, field, delivered.format.name, delivered.entity.name)
        found.append({"notice": "new_column", "column": column, "detail": text})
    text = "the feed's last file had it; its field is NULL in this one"
    return found + [{"notice": "lost_column", "column": one, "detail": text} for one in lost]


def shorter(delivered: Delivered, size: int, earlier: int | None) -> list[dict[str, Any]]:
    """The notice of a content that is much smaller than the one before it in its place."""
    share = budget_of(delivered.channel, delivered.entity.name).shrunk_share
    if earlier is None or size >= share * earlier:
        return []
    text = f"{size} bytes, where {earlier} stood before: perhaps it was cut"
    return [{"notice": "shorter", "column": None, "detail": text}]


def write_notices(home: Home, notices: list[Notice]) -> None:
    """Replaces the notices of files that are no batches by this run's."""
    text = json.dumps([asdict(one) for one in notices], ensure_ascii=False)
    write_durably(home.raw / NOTICES, text)


def read_notices(home: Home) -> list[Notice]:
    """The notices of the last ingest about files that are no batches."""
    path = home.raw / NOTICES
    if not path.is_file():
        return []
    return [Notice(**one) for one in json.loads(path.read_text(encoding="utf-8"))]
