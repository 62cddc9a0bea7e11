"""The master key: made once, kept to oneself, never replaced in silence."""

from __future__ import annotations

import base64
import os
import stat

import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from dagster_project.privacy import MasterKeyError, load_keys
from dagster_project.settings import KEY_VARIABLE

KEY = bytes(range(32))


def test_made_once_and_private(warehouse):
    first = load_keys(warehouse.home)
    path = warehouse.home.master_key
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_bytes() == first.master
    assert load_keys(warehouse.home) == first
    assert [one.name for one in path.parent.iterdir()] == ["master.key"]


@pytest.mark.parametrize("text", [KEY.hex(), base64.b64encode(KEY).decode(), f" {KEY.hex()}\n"])
def test_from_the_environment(warehouse, monkeypatch, text):
    monkeypatch.setenv(KEY_VARIABLE, text)
    keys = load_keys(warehouse.home)
    assert keys.master == KEY
    assert not warehouse.home.master_key.exists()
    assert keys.derive("token") == HKDF(SHA256(), 32, None, b"member-warehouse/token").derive(KEY)


@pytest.mark.parametrize("text", ["short", "00" * 31, "zz" * 32, base64.b64encode(b"x").decode()])
def test_malformed_says_so_without_showing_it(warehouse, monkeypatch, text):
    monkeypatch.setenv(KEY_VARIABLE, text)
    with pytest.raises(MasterKeyError, match=KEY_VARIABLE) as caught:
        load_keys(warehouse.home)
    assert text not in str(caught.value)


def test_another_key_is_refused(warehouse, monkeypatch):
    load_keys(warehouse.home)
    monkeypatch.setenv(KEY_VARIABLE, KEY.hex())
    with pytest.raises(MasterKeyError, match="not the master key"):
        load_keys(warehouse.home)


def test_a_lost_key_is_not_replaced(warehouse):
    warehouse.deliver("web/stores.csv", "store_id\n1\n")
    warehouse.ingest()
    warehouse.home.master_key.unlink()
    with pytest.raises(MasterKeyError, match="restore"):
        warehouse.ingest()
    assert not warehouse.home.master_key.exists()


def test_a_key_others_can_read_is_refused(warehouse):
    load_keys(warehouse.home)
    warehouse.home.master_key.chmod(0o644)
    with pytest.raises(MasterKeyError, match="chmod 600"):
        load_keys(warehouse.home)


def test_an_existing_key_is_never_overwritten(warehouse, monkeypatch):
    """Two first runs at once: the second finds the first one's key in its way."""
    link = os.link

    def late(source, target):
        target.write_bytes(KEY)
        target.chmod(0o600)
        link(source, target)

    monkeypatch.setattr("dagster_project.privacy.keys.os.link", late)
    assert load_keys(warehouse.home).master == KEY
