"""Looking a person up in the vault: with the key, and in the access log before it is done."""

from __future__ import annotations

import os
import pwd
from collections.abc import Sequence

from dagster_project.privacy import load_keys, read_records
from dagster_project.privacy.access_log import add_entry, exclusive_log
from dagster_project.settings import Home


def look_up(home: Home, member_id: str, record_keys: Sequence[str]) -> list[dict[str, str]]:
    """What the member's customer records said, by record as delivered, the latest batch last.

    Raises:
        MasterKeyError: the key cannot be read.
        BrokenLog: the access log does not hold.
    """
    keys = load_keys(home)
    by = pwd.getpwuid(os.getuid()).pw_name
    with exclusive_log(home):
        add_entry(home, keys, {"kind": "look", "by": by, "member_id": member_id})
    subjects = [key.replace(":", "|", 1) for key in record_keys]
    return [
        {"record": record.subject.replace("|", ":", 1), **record.values}
        for record in read_records(home, keys, subjects, entities=["customers"])
    ]
