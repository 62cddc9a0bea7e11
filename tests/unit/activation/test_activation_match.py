"""Match keys are the hashes of what each platform's own page says to hash."""

from __future__ import annotations

import hashlib

import pytest

from dagster_project.activation.match import PLATFORMS

# The SHA-256 of test@example.com, as the platforms' guides print it.
KNOWN = "973dfe463ec85785f5f95af5ba3906eedb2d931c24e69824a89ea65dba4e813b"
# platform, identifier, as normalised at the door, what must be hashed ("" for no key)
FORMS = [
    ("meta", "phone", "+8613800138001", "8613800138001"),
    ("meta", "phone", "+442079460958", "442079460958"),
    ("google", "phone", "+8613800138001", "+8613800138001"),
    ("tiktok", "phone", "+442079460958", "+442079460958"),
    ("tencent", "phone", "+8613800138001", "13800138001"),
    ("tencent", "phone", "+442079460958", ""),
    ("tencent", "phone", "+862161234567", ""),
    ("meta", "email", "jane.doe+a@gmail.com", "jane.doe+a@gmail.com"),
    ("google", "email", "jane.doe+a@gmail.com", "janedoe+a@gmail.com"),
    ("google", "email", "j.d@googlemail.com", "jd@googlemail.com"),
    ("google", "email", "j.d@shop.example", "j.d@shop.example"),
    ("tiktok", "email", "jane.doe+a@shop.example", "janedoe@shop.example"),
    ("tiktok", "email", "first-last@gmail.com", "first-last@gmail.com"),
]


@pytest.mark.parametrize(("name", "identifier", "value", "hashed"), FORMS)
def test_a_key_is_the_hash_of_the_platforms_form(name, identifier, value, hashed):
    platform = PLATFORMS[name]
    column = platform.keys[identifier][0]
    algorithm = hashlib.md5 if name == "tencent" else hashlib.sha256
    expected = algorithm(hashed.encode()).hexdigest() if hashed else ""
    assert platform.row({identifier: value})[column] == expected


def test_a_known_hash():
    assert PLATFORMS["meta"].row({"email": "test@example.com"}) == {"email": KNOWN, "phone": ""}


def test_nothing_known_is_no_key():
    for platform in PLATFORMS.values():
        assert set(platform.row({"phone": None, "email": None}).values()) == {""}
