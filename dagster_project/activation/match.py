"""Match keys of ad platforms: normalised phone and e-mail, hashed as each platform defines it.

Sources: Meta, "Customer File Custom Audiences", hashing and normalization; Google, "Data Manager
API: format user data"; TikTok, "List of supported IDs and formats for a customer file"; Tencent,
"客户文件人群" (HASH_MOBILE_PHONE).

A hash of a phone number is no secret: all numbers can be tried in hours. So these files are
personal data, and need the member's consent to third parties.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

MAINLAND = "+86"
MAINLAND_DIGITS = 11


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def e164(phone: str) -> str:
    """Google, TikTok: a plus sign, country code and number."""
    return phone


def digits(phone: str) -> str:
    """Meta: digits only, country code first, no leading zeros."""
    return "".join(one for one in phone if one.isdigit()).lstrip("0")


def mainland_mobile(phone: str) -> str | None:
    """Tencent: the 11 digits of a mainland mobile; other numbers are not known there."""
    national = phone.removeprefix(MAINLAND)
    return national if phone != national and len(national) == MAINLAND_DIGITS else None


def plain_email(email: str) -> str:
    """Meta: trimmed and in small letters."""
    return email.strip().lower()


def google_email(email: str) -> str:
    """Google: without blanks; dots before the @ count for nothing at Gmail."""
    local, _, domain = "".join(email.split()).lower().partition("@")
    if domain in {"gmail.com", "googlemail.com"}:
        local = local.replace(".", "")
    return f"{local}@{domain}"


def tiktok_email(email: str) -> str:
    """TikTok: without dots and what follows a plus sign before the @, wherever the address is."""
    local, _, domain = email.strip().lower().partition("@")
    return f"{local.split('+')[0].replace('.', '')}@{domain}"


Form = Callable[[str], str | None]


@dataclass(frozen=True)
class Platform:
    """What a platform takes: for each identifier its column and normal form; how it is hashed."""

    keys: dict[str, tuple[str, Form]]
    hashed: Callable[[str], str] = _sha256
    has_header: bool = True

    def row(self, values: dict[str, str | None]) -> dict[str, str]:
        """The hashed keys of a member by column; empty where nothing is known in the right form."""
        row = {}
        for identifier, (column, form) in self.keys.items():
            value = values.get(identifier)
            normal = form(value) if value else None
            row[column] = self.hashed(normal) if normal else ""
        return row


PLATFORMS = {
    "meta": Platform({"email": ("email", plain_email), "phone": ("phone", digits)}),
    "google": Platform({"email": ("Email", google_email), "phone": ("Phone", e164)}),
    "tiktok": Platform({"email": ("Email_SHA256", tiktok_email), "phone": ("Phone_SHA256", e164)}),
    "tencent": Platform({"phone": ("HASH_MOBILE_PHONE", mainland_mobile)}, _md5, False),
}
# The consent to third parties that an identifier needs is for the way of contact it belongs to.
CONSENT_CHANNEL = {"email": "email", "phone": "sms"}
