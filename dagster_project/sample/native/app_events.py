"""What users do in the app, as Sensors Analytics keeps it: one JSON record a line."""

from __future__ import annotations

from dagster_project.sample.native.cells import Fields, Wrong, json_said, record_sql
from dagster_project.sample.native.names import customer_sql
from dagster_project.sample.native.writer import Writer
from dagster_project.sample.plan import APP

_NAMES = {
    "login": "Login",
    "view": "ViewProduct",
    "search": "view_search_results",
    "add_to_cart": "AddToShoppingCart",
    "favourite": "add_to_wishlist",
    "checkout": "SubmitOrder",
    "purchase": "PayOrder",
    "checkin": "CheckIn",
    "share": "$MPShare",
    "register": "$SignUp",
}
_NAMED = " ".join(f"when '{ours}' then '{theirs}'" for ours, theirs in _NAMES.items())
_LOGIN = customer_sql()
_CELLS = {
    # a sign-up binds the device to the login
    "type": "to_json(case when event_type = 'register' then 'track_signup' else 'track' end)",
    "event": f"to_json(case event_type {_NAMED} else event_type end)",
    "time": "to_json(epoch_ms(occurred_at) - 28800000)",
    "track": "to_json(cast(right(event_id, 9) as bigint))",
    "login": f"to_json({_LOGIN})",
    "who": f"to_json(coalesce({_LOGIN}, device_id))",
    "device": "to_json(device_id)",
    "is_login": "to_json(customer_id is not null)",
    "os": "to_json(platform)",
    "product": "to_json(product_id)",
    # a query is not kept: who knows what is in it
    "url": "to_json('https://m.qinghe.example' || page || '?from=feed')",
    "session": "to_json(session_id)",
}
_EVENT: Fields = {
    "project": json_said("qinghe"),
    "type": "type",
    "event": "event",
    "time": "time",
    "_track_id": "track",
    "distinct_id": "who",
    "login_id": "login",
    "anonymous_id": "device",
    "properties": {
        "$is_login_id": "is_login",
        "$os": "os",
        "product_id": "product",
        "$url": "url",
        "$event_session_id": "session",
    },
}
_PROFILE_CELLS = {
    "login": f"to_json({_LOGIN})",
    "time": "to_json(epoch_ms(registered_at) - 28799000)",
    "device": "to_json(device_id)",
    "phone": "to_json(phone)",
}
_PROFILE: Fields = {
    "type": json_said("profile_set"),
    "distinct_id": "login",
    "login_id": "login",
    "anonymous_id": "device",
    "time": "time",
    "properties": {"phone": "phone"},
}
_BAD_EVENTS = (
    Wrong("missing_required", "occurred_at", "time"),
    Wrong("impossible_time", "occurred_at", "time", "to_json(4102444800000)"),
    Wrong("bad_timestamp", "occurred_at", "time", json_said("soon")),
    Wrong("bad_boolean", "is_login_id", "is_login", json_said("perhaps")),
)


def deliver(writer: Writer) -> None:
    """The stream of events, some of them sent twice, and what profiles were set to."""
    twice = (
        f"(select * from events where channel = '{APP}' union all "
        f"select * from events where channel = '{APP}' and place % 97 = 0)"
    )
    writer.make("app_stream", _CELLS, twice, "occurred_at, event_id")
    writer.plant("app_stream", _BAD_EVENTS, {"track": "to_json('bad' || sort)"})
    told = {"events": writer.wrong_rows("app_stream")}
    source = "(select * from app_stream order by sort)"
    writer.json_lines("app_events/stream.jsonl", record_sql(_EVENT), source, told, "events")
    people = f"(select * from customers where channel = '{APP}' and phone is not null)"
    writer.make("app_profiles", _PROFILE_CELLS, people, "place")
    told = {"events": writer.wrong_rows("app_profiles")}
    source = "(select * from app_profiles order by sort)"
    writer.json_lines("app_events/profiles.jsonl", record_sql(_PROFILE), source, told)
