"""A day of app events: Sensors Analytics records, and flattened ones of GA4."""

from __future__ import annotations

import json
from typing import Any

from dagster_project.sample.presets.files import PresetFile

DEVICE, LOGIN, GA_DEVICE = "0f485d4daaadedae5f", "w000017", "1203.99"
START = 1767578400000


def _event(event: str, second: int, **more: Any) -> dict[str, Any]:
    record = {"type": "track", "event": event, "time": START + 1000 * second, **more}
    return {"project": "ebiz", "properties": {"$os": "iOS"}, **record}


EVENTS = [
    # not logged in: the distinct id is the device
    _event("ViewProduct", 0, distinct_id=DEVICE, anonymous_id=DEVICE,
           properties={"$os": "Android", "product_id": 12345, "$city": "长沙", "$wifi": True}),
    # the same record sent twice is one event
    _event("ViewProduct", 0, distinct_id=DEVICE, anonymous_id=DEVICE,
           properties={"$os": "Android", "product_id": 12345, "$city": "长沙", "$wifi": True}),
    # an older client: no anonymous_id, a flag says that the distinct id is a login
    _event("$pageview", 5, distinct_id=LOGIN,
           properties={"$is_login_id": True, "$lib": "js",
                       "$url": "https://shop.example/tea?phone=13800000001"}),
    # the sign-up binds the device
    _event("$SignUp", 10, type="track_signup", distinct_id=LOGIN, original_id=DEVICE),
    _event("AddToShoppingCart", 20, distinct_id=LOGIN, login_id=LOGIN, anonymous_id=DEVICE,
           _track_id=900719925, properties={"$os": "iOS", "product_id": "SKU-1"}),
    # what a profile was set to is no event
    {"type": "profile_set", "distinct_id": LOGIN, "login_id": LOGIN, "time": START + 30000,
     "properties": {"phone": "138 0000 0001", "level": "gold"}},
    {"type": "profile_set", "distinct_id": LOGIN, "login_id": LOGIN, "time": START + 40000,
     "properties": {"level": "silver"}},
    # GA4, in microseconds
    {"event_name": "view_item", "event_timestamp": (START + 50000) * 1000,
     "user_pseudo_id": GA_DEVICE, "user_id": None, "platform": "WEB",
     "event_params": {"item_id": "SKU-9", "ga_session_id": 77, "engaged": 1}},
    _event("HatchEgg", 60, distinct_id=DEVICE),
    {"type": "track", "event": "ViewProduct", "distinct_id": DEVICE},
    _event("ViewProduct", 10**9, distinct_id=DEVICE),
    _event("ViewProduct", 70, distinct_id=DEVICE, properties={"$is_login_id": "perhaps"}),
]  # fmt: skip


def files() -> list[PresetFile]:
    """One JSON line a record; the last line was cut."""
    lines = [json.dumps(one, ensure_ascii=False) for one in EVENTS]
    return [
        PresetFile(
            "app_events/2026-01-05.jsonl",
            "\n".join([*lines, lines[0][:50]]).encode(),
            {"events": len(lines) + 1},
            (
                ("events", 10, "missing_required", "occurred_at"),
                ("events", 11, "impossible_time", "occurred_at"),
                ("events", 12, "bad_boolean", "is_login_id"),
                ("events", 13, "malformed_json", None),
            ),
        ),
    ]
