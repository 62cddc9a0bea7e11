"""The master key of a home and the keys derived from it.

One secret of 32 bytes. HKDF-SHA256 (RFC 5869) derives a key for each purpose, so that a token
never helps to open the vault. Where the key is kept and what its loss means: docs/privacy.md.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import hmac
import os
import secrets
import stat
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from dagster_project.settings import KEY_VARIABLE, Home, master_key_text

KEY_BYTES = 32
TOKEN_HEX_DIGITS = 32


class MasterKeyError(RuntimeError):
    """The master key cannot be read, is not this home's, or is missing where data needs it."""


@dataclass(frozen=True)
class Keys:
    """The keys of a home; never printed."""

    master: bytes = field(repr=False)

    def derive(self, purpose: str) -> bytes:
        """The key of 32 bytes for one purpose."""
        info = f"member-warehouse/{purpose}".encode()
        return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info).derive(self.master)

    @cached_property
    def token_key(self) -> bytes:
        """Makes tokens of identifiers."""
        return self.derive("token")

    @cached_property
    def key_encryption_key(self) -> bytes:
        """Wraps the data keys of the vault."""
        return self.derive("vault")

    def token(self, kind: str, value: str) -> str:
        """The token of a normalised value: 128 bits of HMAC-SHA256 as 32 hex digits."""
        digest = hmac.digest(self.token_key, f"{kind}:{value}".encode(), "sha256")
        return digest.hex()[:TOKEN_HEX_DIGITS]


def load_keys(home: Home) -> Keys:
    """The keys of a home; the first call for an empty home makes its key file.

    Raises:
        MasterKeyError: the key is malformed, readable by others, missing though raw has data, or
            not the one the data was made with.
    """
    text = master_key_text()
    if text:
        master = _parse(text)
    else:
        master = _read(home.master_key) if home.master_key.exists() else _make(home)
    keys = Keys(master)
    _check(home, keys)
    return keys


def _parse(text: str) -> bytes:
    for decode in (binascii.unhexlify, lambda one: base64.b64decode(one, validate=True)):
        with contextlib.suppress(ValueError):
            key = decode(text.strip())
            if len(key) == KEY_BYTES:
                return key
    raise MasterKeyError(f"{KEY_VARIABLE} must be {KEY_BYTES} bytes as hex or base64")


def _read(path: Path) -> bytes:
    if stat.S_IMODE(path.stat().st_mode) & (stat.S_IRWXG | stat.S_IRWXO):
        raise MasterKeyError(f"{path} can be read by others: run `chmod 600 {path}`")
    key = path.read_bytes()
    if len(key) != KEY_BYTES:
        raise MasterKeyError(f"{path} has {len(key)} bytes instead of {KEY_BYTES}: restore it")
    return key


def _make(home: Home) -> bytes:
    """A new key file: complete before it gets its name, never over an existing one."""
    if _check_file(home).exists():
        raise MasterKeyError(
            f"the master key of this home is missing: restore {home.master_key} from its backup "
            f"or set {KEY_VARIABLE}; a new key would orphan every token and the vault"
        )
    folder = home.master_key.parent
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = folder / f".tmp-{secrets.token_hex(8)}"
    _write_secret(temporary, secrets.token_bytes(KEY_BYTES))
    try:
        with contextlib.suppress(FileExistsError):
            os.link(temporary, home.master_key)
    finally:
        temporary.unlink()
    _fsync_folder(folder)
    return _read(home.master_key)


def _check_file(home: Home) -> Path:
    return home.vault / "key_check"


def _check(home: Home, keys: Keys) -> None:
    """Compares the key with the one the home was begun with; notes it in an empty home."""
    path, value = _check_file(home), keys.derive("check").hex()
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        temporary = path.with_name(f".tmp-{secrets.token_hex(8)}")
        _write_secret(temporary, value.encode())
        temporary.replace(path)
        _fsync_folder(path.parent)
    elif not hmac.compare_digest(path.read_text(), value):
        raise MasterKeyError(
            "this is not the master key that the home's tokens and vault were made with: "
            f"restore {home.master_key} or {KEY_VARIABLE}"
        )


def _write_secret(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _fsync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
