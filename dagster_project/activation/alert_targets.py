"""Where alerts go: targets as the environment names them, and one try to reach one of them."""

from __future__ import annotations

import hashlib
import json
import smtplib
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from dagster_project.activation.alert_notices import Notice
from dagster_project.activation.alert_shapes import SHAPES, idempotency_key, mail

TIMEOUT_SECONDS = 10
_HINT = "write wecom+https://…, dingtalk+https://…, slack+https://… or smtp://host:port?from=…&to=…"


class DeliveryError(RuntimeError):
    """A try failed; the message says how and holds no address, key or password."""


@dataclass(frozen=True)
class Target:
    """A receiver.

    Attributes:
        name: what logs call it: its kind and a digest of its address, which may hold a key.
        severities: which alerts it hears of.
        send: one try; raises ``DeliveryError``.
    """

    name: str
    severities: frozenset[str]
    send: Callable[[Notice, str], None]


def read_targets(text: str | None) -> list[Target]:
    """The targets of ``MEMBER_WAREHOUSE_ALERT_TARGETS``, separated by blanks.

    A target that ends in ``#critical`` hears of critical alerts only.

    Raises:
        ValueError: a target cannot be read; the message gives its place, never its text.
    """
    return [_target(word, place) for place, word in enumerate((text or "").split(), 1)]


def _target(word: str, place: int) -> Target:
    parts = urlsplit(word)
    kind, _, scheme = parts.scheme.partition("+")
    severities = frozenset({parts.fragment} if parts.fragment else {"critical", "warning"})
    if not severities <= {"critical", "warning"} or not parts.hostname:
        raise ValueError(f"alert target {place} cannot be read: {_HINT}")
    name = f"{kind}:{hashlib.sha256(word.encode()).hexdigest()[:8]}"
    if kind in SHAPES and scheme in {"http", "https"}:
        address = parts._replace(scheme=scheme, fragment="").geturl()
        return Target(name, severities, lambda notice, key: _post(address, kind, notice, key))
    query = parse_qs(parts.query)
    if kind in {"smtp", "smtps"} and query.get("from") and query.get("to"):
        sender, to = query["from"][0], ", ".join(query["to"])
        return Target(
            name, severities, lambda notice, key: _mail(parts, mail(notice, sender, to, key))
        )
    raise ValueError(f"alert target {place} cannot be read: {_HINT}")


def _post(address: str, kind: str, notice: Notice, key: str) -> None:
    """POST the notice; robots of WeCom and DingTalk say in the body whether they took it."""
    request = urllib.request.Request(
        address,
        json.dumps(SHAPES[kind](notice), ensure_ascii=False).encode(),
        {"Content-Type": "application/json; charset=utf-8", "Idempotency-Key": key},
    )
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:
            body = answer.read(10_000)
    except urllib.error.HTTPError as error:
        raise DeliveryError(f"status {error.code}") from None
    except (OSError, ValueError) as error:
        raise DeliveryError(type(error).__name__) from None
    if kind != "slack":
        try:
            code = json.loads(body).get("errcode")
        except (ValueError, AttributeError):
            raise DeliveryError("the answer is not the robot's") from None
        if code != 0:
            raise DeliveryError(f"errcode {code}")


def _mail(parts: SplitResult, message: object) -> None:
    """Send one mail; TLS from the start for smtps, and for smtp where the server offers it."""
    client = smtplib.SMTP_SSL if parts.scheme == "smtps" else smtplib.SMTP
    try:
        with client(parts.hostname or "", parts.port or 0, timeout=TIMEOUT_SECONDS) as server:
            server.ehlo()
            if parts.scheme == "smtp" and server.has_extn("starttls"):
                server.starttls()
                server.ehlo()
            if parts.username:
                server.login(unquote(parts.username), unquote(parts.password or ""))
            server.send_message(message)  # type: ignore[arg-type]
    except smtplib.SMTPResponseException as error:
        raise DeliveryError(f"status {error.smtp_code}") from None
    except (OSError, smtplib.SMTPException, ValueError) as error:
        raise DeliveryError(type(error).__name__) from None


def key_of(notice: Notice, target: Target) -> str:
    """The idempotency key of a notice at a target."""
    return idempotency_key(notice, target.name)
