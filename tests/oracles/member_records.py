"""Random records of members, and what was known of a member at the end of a day."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

BEGIN = datetime(2025, 1, 1)
ZONE = timedelta(hours=8)
CHANNELS = {"loyalty": 5, "webshop": 10, "app": 20, "pos": 40}
TOKENS = ("phone_token", "email_match_token", "wechat_unionid_token", "wechat_openid_token")
KNOWN = (
    "phone_verified", "gender", "birth_year", "province", "city", "registered_at",
)  # fmt: skip


def _at(rng: random.Random) -> datetime:
    return BEGIN + timedelta(days=rng.randrange(40), hours=rng.choice([0, 8, 12, 16, 23]))


def _maybe(rng: random.Random, value: Any, share: float = 0.5) -> Any:
    return value if rng.random() < share else None


def _versions(rng: random.Random, key: str, seen: datetime) -> Iterator[dict[str, Any]]:
    moments: list[datetime | None] = sorted({_at(rng) for _ in range(rng.randrange(1, 5))})
    if rng.random() < 0.2:
        moments[0] = None
    for updated in moments:
        yield {
            "version_key": f"{key}@{updated or ''}", "record_key": key,
            "phone_token": _maybe(rng, "p"), "phone_verified": _maybe(rng, rng.random() < 0.5),
            "email_match_token": _maybe(rng, "e", 0.2),
            "wechat_unionid_token": _maybe(rng, "u", 0.2),
            "wechat_openid_token": _maybe(rng, "o", 0.2),
            "gender": rng.choice([None, "U", "F", "M"]),
            "birth_year": _maybe(rng, rng.choice([1980, 1990])),
            "province": _maybe(rng, rng.choice("AB")), "city": _maybe(rng, rng.choice("xyz")),
            "registered_at": rng.choice([None, seen, _at(rng)]), "updated_at": updated,
        }  # fmt: skip


def random_records(rng: random.Random, member: str) -> list[dict[str, Any]]:
    """Records: channel, first sighting, versions; a guest's order is one version."""
    found = []
    for number in range(rng.choice([1, 1, 2, 3])):
        key, seen = f"{member}:{number}", _at(rng)
        record = {"key": key, "channel": rng.choice([*CHANNELS]), "seen": seen}
        if rng.random() < 0.2:
            tokens = {name: _maybe(rng, "t") for name in TOKENS}
            nothing = dict.fromkeys(KNOWN)
            version = {"record_key": key, "updated_at": seen} | tokens | nothing
            record |= {"type": "guest", "versions": [version]}
        else:
            record["seen"] = _maybe(rng, seen, 0.95)
            record |= {"type": "customer", "versions": list(_versions(rng, key, seen))}
        found.append(record)
    return found


def random_consents(rng: random.Random) -> list[dict[str, Any]]:
    """Spans of consent, given and refused in turn, for two contact channels and two purposes."""
    found = []
    for purpose in ("marketing", "profiling"):
        for contact in rng.sample(("sms", "email"), rng.randrange(3)):
            moments = sorted({_at(rng) for _ in range(rng.randrange(1, 4))})
            granted = rng.random() < 0.7
            for begins, ends in zip(moments, [*moments[1:], None], strict=True):
                found.append({
                    "purpose": purpose, "contact_channel": contact, "is_granted": granted,
                    "valid_from": begins, "valid_to": ends,
                })  # fmt: skip
                granted = not granted
    return found


def _agreed(consents: Sequence[Mapping[str, Any]], end: datetime) -> str | None:
    """The channels marketing may use when the day ends, in alphabetical order."""
    newest = {
        one["contact_channel"]: one["is_granted"]
        for one in consents
        if one["purpose"] == "marketing" and one["valid_from"] < end
    }
    return ", ".join(sorted(name for name, is_granted in newest.items() if is_granted)) or None


def _chosen(states: list[dict[str, Any]], column: str, by_time: bool = False) -> dict[str, Any]:
    """The state whose value stands: by the source's priority, then the newest."""
    far = datetime.min

    def order(state: Mapping[str, Any]) -> tuple:
        updated = state["updated_at"] or far
        ranked = (CHANNELS[state["channel"]], far - updated, state["record_key"])
        return (state[column], *ranked) if by_time else ranked

    return min((s for s in states if s.get(column) is not None), key=order, default={})


def member_as_of(
    mine: Sequence[Mapping[str, Any]], consents: Sequence[Mapping[str, Any]], end: datetime
) -> tuple | None:
    """The tracked attributes as ``dim_member`` gives them when the day ends at ``end``."""
    states = []
    for record in mine:
        if record["seen"] and record["seen"] >= end:
            continue
        known = [v for v in record["versions"] if v["updated_at"] and v["updated_at"] < end]
        newest = max(known, key=lambda v: v["updated_at"], default=record["versions"][0])
        gender = newest.get("gender")
        states.append(newest | {
            "channel": record["channel"], "gender": None if gender == "U" else gender
        })  # fmt: skip
    if not states:
        return None
    registered = _chosen(states, "registered_at", by_time=True)
    region = _chosen(states, "province")
    at = registered.get("registered_at")
    wechat = ("wechat_unionid_token", "wechat_openid_token")
    return (
        (at + ZONE).date() if at else None,
        registered.get("channel"),
        _chosen(states, "gender").get("gender", "U"),
        _chosen(states, "birth_year").get("birth_year"),
        region.get("province"),
        region.get("city"),
        any(state.get("phone_token") for state in states),
        any(state.get("email_match_token") for state in states),
        any(state.get(name) for state in states for name in wechat),
        any(state.get("phone_verified") for state in states),
        len({state["channel"] for state in states}),
        _agreed(consents, end),
    )
