"""Followers of a WeChat official account, and users of a mini-program of the same company."""

from __future__ import annotations

import json

from dagster_project.sample.presets.files import PresetFile

UNIONID = "o6_bmasdasdsad6_2sgVt7hMZOPfL"

FOLLOWERS = [
    {"subscribe": 1, "openid": "oAcc1_bmjrPTlm6_2sgVt7hMZOPfL2M", "language": "zh_CN",
     "subscribe_time": 1767578400, "unionid": UNIONID, "remark": "", "groupid": 0,
     "tagid_list": [128, 2], "subscribe_scene": "ADD_SCENE_QR_CODE", "qr_scene": 98765,
     "qr_scene_str": ""},
    # an older record, with what the platform no longer tells
    {"subscribe": 1, "openid": "oAcc1_6_2sgVt7hMZOPfL_older", "nickname": "Band", "sex": 2,
     "language": "zh_CN", "city": "广州", "province": "广东", "country": "中国",
     "subscribe_time": 1767585600, "subscribe_scene": "ADD_SCENE_SEARCH", "tagid_list": []},
    # no follower any more: the openid is all there is
    {"subscribe": 0, "openid": "oAcc1_gone_gone_gone_gone_gone"},
    {"subscribe": 1, "subscribe_time": 1767585600, "subscribe_scene": "ADD_SCENE_OTHERS"},
    {"subscribe": "maybe", "openid": "oAcc1_maybe", "subscribe_time": 1767585600},
    {"subscribe": 1, "openid": "oAcc1_later", "subscribe_time": 4102444800},
]  # fmt: skip
USERS = [
    {"openid": "oMini_0000000000000000000001", "unionid": UNIONID, "scene": 1047,
     "phone_info": {"phoneNumber": "13800000001", "purePhoneNumber": "13800000001",
                    "countryCode": "86"}, "created_at": "2026-01-06 10:00:00"},
    {"openid": "oMini_0000000000000000000002", "nickName": "微信用户",
     "phone_info": {"phoneNumber": "+85291234567", "purePhoneNumber": "91234567",
                    "countryCode": "852"}, "created_at": "2026-01-06 10:00:00",
     "updated_at": "2026-01-07 10:00:00"},
    {"unionid": "o6_nobody", "created_at": "2026-01-06 10:00:00"},
    {"openid": "oMini_0000000000000000000004", "created_at": "06.01.26"},
]  # fmt: skip


def files() -> list[PresetFile]:
    """A page of followers as the API gives it, and users one a line."""
    return [
        PresetFile(
            "wechat/followers_1.json",
            json.dumps({"user_info_list": FOLLOWERS}, ensure_ascii=False).encode(),
            {"followers": len(FOLLOWERS)},
            (
                ("followers", 4, "missing_required", "customer_id"),
                ("followers", 5, "bad_boolean", "is_subscribed"),
                ("followers", 6, "impossible_time", "subscribed_at"),
            ),
        ),
        PresetFile(
            "wechat/mini_program_users.jsonl",
            "\n".join(json.dumps(one, ensure_ascii=False) for one in USERS).encode(),
            {"mini_program_users": len(USERS)},
            (
                ("mini_program_users", 3, "missing_required", "customer_id"),
                ("mini_program_users", 4, "bad_timestamp", "registered_at"),
            ),
        ),
    ]
