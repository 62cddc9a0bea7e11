"""What a run hands to ``publish`` and what stands in ``release.json``."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from dagster_project.release.describe import Description
from dagster_project.release.digest import Measure

QUALITY_COLUMNS = (
    "gate",
    "suite",
    "expectation",
    "relation",
    "severity",
    "success",
    "observed",
    "expected",
)
ID_TIME = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True)
class ReleaseManifest:
    """The facts of a run that the work database does not hold.

    Attributes:
        created_at: when the run began (naive UTC); with the content it makes the release's id.
        as_of: the business day the release speaks for.
        code_version: fingerprint of code, rules and formats.
        batches: ids of the raw batches the release was built from.
        quality: rows of the gates, each with the keys of ``QUALITY_COLUMNS``.
        description: comments, keys and segments of the relations.
    """

    created_at: datetime
    as_of: date
    code_version: str
    batches: Sequence[str] = ()
    quality: Sequence[Mapping[str, Any]] = ()
    description: Description = field(default_factory=Description)


def content_hash(manifest: ReleaseManifest, measures: Mapping[str, Measure]) -> str:
    """Hash of everything a release says, without the time it was made."""
    content = {
        "as_of": manifest.as_of.isoformat(),
        "code_version": manifest.code_version,
        "batches": sorted(manifest.batches),
        "digests": {relation: found.digest for relation, found in sorted(measures.items())},
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode("utf-8")).hexdigest()


def release_id(manifest: ReleaseManifest, measures: Mapping[str, Measure]) -> str:
    """A sortable, readable id: UTC time of the run, then the start of the content's hash."""
    return f"{manifest.created_at.strftime(ID_TIME)}-{content_hash(manifest, measures)[:8]}"


def as_json(facts: Mapping[str, Any]) -> str:
    """The text of ``release.json``: stable order, dates in ISO form."""
    return json.dumps(facts, indent=2, sort_keys=True, ensure_ascii=False, default=str) + "\n"


def table_facts(
    measures: Mapping[str, Measure], description: Description
) -> dict[str, dict[str, Any]]:
    """The ``tables`` part of ``release.json``: content, key and segments of each relation."""
    return {
        relation: {
            "rows": found.rows,
            "digest": found.digest,
            "totals": {name: str(total) for name, total in found.totals.items()},
            "key": list(description.keys.get(relation, ())),
            "segments": list(description.segments.get(relation, ())),
        }
        for relation, found in sorted(measures.items())
    }
