"""The brand's WeChat accounts: followers of the official account, users of the mini-program.

A person has another openid in each of them and one unionid in both.
"""

from __future__ import annotations

from dagster_project.sample.native.cells import Fields, Wrong, json_said, record_sql
from dagster_project.sample.native.writer import Writer
from dagster_project.sample.plan import WECHAT

FOLLOWER = "'oGZ' || substr(wechat_openid, 3)"
_SECOND = "cast(epoch({0}) as bigint) - 28800"
_FOLLOWER_CELLS = {
    "openid": f"to_json({FOLLOWER})",
    "unionid": "to_json(wechat_unionid)",
    # who left is an openid and nothing more
    "subscribe": "to_json(case when place % 10 = 0 then 0 else 1 end)",
    "subscribe_time": f"case when place % 10 <> 0 then to_json({_SECOND.format('registered_at')}) "
    "end",
    "scene": json_said("ADD_SCENE_QR_CODE"),
}
_FOLLOWER: Fields = {
    "subscribe": "subscribe",
    "openid": "openid",
    "language": json_said("zh_CN"),
    "subscribe_time": "subscribe_time",
    "unionid": "unionid",
    "subscribe_scene": "scene",
}
_USER_CELLS = {
    "openid": "to_json(wechat_openid)",
    "unionid": "to_json(wechat_unionid)",
    "nick": "to_json(nickname)",
    "phone": "to_json(phone)",
    "created": "to_json(strftime(registered_at, '%Y-%m-%d %H:%M:%S'))",
}
_USER: Fields = {
    "openid": "openid",
    "unionid": "unionid",
    "nickName": "nick",
    "scene": "to_json(1047)",
    "phone_info": {
        "phoneNumber": "phone",
        "purePhoneNumber": "phone",
        "countryCode": json_said("86"),
    },
    "created_at": "created",
}
_BAD_FOLLOWERS = (
    Wrong("missing_required", "customer_id", "openid"),
    Wrong("bad_boolean", "is_subscribed", "subscribe", json_said("maybe")),
    Wrong("impossible_time", "subscribed_at", "subscribe_time", "to_json(4102444800)"),
)
_BAD_USERS = (
    Wrong("missing_required", "customer_id", "openid"),
    Wrong("bad_timestamp", "registered_at", "created", json_said("06.01.26")),
)


def deliver(writer: Writer) -> None:
    """A page of followers as the API gives it, and users one a line."""
    people = f"(select * from customers where channel = '{WECHAT}' and wechat_openid is not null)"
    follow = f"{people} where wechat_unionid is not null and place % 2 = 0"
    writer.make("wechat_followers", _FOLLOWER_CELLS, follow, "place")
    writer.plant("wechat_followers", _BAD_FOLLOWERS, {"openid": "to_json('bad' || sort)"})
    told = {"followers": writer.wrong_rows("wechat_followers")}
    source = "(select * from wechat_followers order by sort)"
    around = '{"user_info_list": [\n', "\n]}\n"
    record = record_sql(_FOLLOWER)
    writer.json_page("wechat/followers_1.json", record, source, told, around)
    writer.make("wechat_users", _USER_CELLS, people, "place")
    writer.plant("wechat_users", _BAD_USERS, {"openid": "to_json('bad' || sort)"})
    told = {"mini_program_users": writer.wrong_rows("wechat_users")}
    source = "(select * from wechat_users order by sort)"
    writer.json_lines("wechat/mini_program_users.jsonl", record_sql(_USER), source, told)
