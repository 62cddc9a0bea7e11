"""Handing an export to another system by HTTP, in parts, each at least once."""

from __future__ import annotations

import ipaddress
import json
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

ROWS_A_PART = 500
ATTEMPTS = 4
WAIT_SECONDS = 0.5  # doubled after each failure
TIMEOUT_SECONDS = 30


class DeliveryFailed(ValueError):
    """A part was not taken; ``delivered`` rows were, in order."""

    def __init__(self, message: str, delivered: int) -> None:
        super().__init__(message)
        self.delivered = delivered


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Personal data go where they were sent, and nowhere else."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        """No further request: the redirect itself is the (failed) answer."""
        del args, kwargs


def is_url(target: str) -> bool:
    """Whether a target is a URL and not a file."""
    return target.startswith(("http://", "https://"))


def check_url(url: str) -> None:
    """Whether personal data may be sent there: encrypted, or within this machine.

    Raises:
        ValueError: it is neither.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    try:
        is_local = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        is_local = False
    if not host or (parts.scheme != "https" and not is_local):
        raise ValueError(f"{parts.scheme}://{host}: personal data are sent by https only")


def post(url: str, export: dict[str, str], rows: Sequence[dict[str, str]]) -> None:
    """Post rows as JSON: ``{export…, "part": n, "rows": […]}``, each part with an idempotency key.

    Raises:
        DeliveryFailed: a part was refused, or not taken in ``ATTEMPTS`` tries.
    """
    opener = urllib.request.build_opener(_NoRedirect)
    for start in range(0, len(rows), ROWS_A_PART):
        part = start // ROWS_A_PART + 1
        body = {**export, "part": part, "rows": list(rows[start : start + ROWS_A_PART])}
        request = urllib.request.Request(
            url,
            json.dumps(body, ensure_ascii=False).encode(),
            {
                "Content-Type": "application/json; charset=utf-8",
                "Idempotency-Key": f"{export['export_id']}-{part}",
            },
        )
        if problem := _send(opener, request):
            host = urlsplit(url).hostname
            raise DeliveryFailed(f"{host} did not take part {part}: {problem}", start)


def _send(opener: urllib.request.OpenerDirector, request: urllib.request.Request) -> str | None:
    """Why a request failed for good; None when it was taken."""
    problem = None
    for attempt in range(ATTEMPTS):
        if attempt:
            time.sleep(WAIT_SECONDS * 2 ** (attempt - 1))
        try:
            with opener.open(request, timeout=TIMEOUT_SECONDS):
                return None
        except urllib.error.HTTPError as error:
            problem = f"status {error.code}"
            if error.code < 500 and error.code not in {408, 429}:
                return problem
        except (urllib.error.URLError, OSError) as error:
            problem = type(error).__name__
    return problem
