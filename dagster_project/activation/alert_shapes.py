"""How each kind of receiver wants an alert: group robots of WeCom, DingTalk and Slack, and mail."""

from __future__ import annotations

import hashlib
import html
from email.message import EmailMessage
from typing import Any

from dagster_project.activation.alert_notices import Notice


def idempotency_key(notice: Notice, target: str) -> str:
    """Equal for every try of one notice at one target, so that a receiver can drop repeats."""
    return hashlib.sha256(f"{target}\n{notice.key}".encode()).hexdigest()[:32]


def wecom(notice: Notice) -> dict[str, Any]:
    """A markdown message of a WeCom group robot (developer.work.weixin.qq.com, 群机器人)."""
    colour = "warning" if notice.event == "fired" else "info"
    title = f'### <font color="{colour}">{html.escape(notice.title)}</font>'
    return {
        "msgtype": "markdown",
        "markdown": {"content": "\n".join([title, *(f"> {line}" for line in notice.lines)])},
    }


def dingtalk(notice: Notice) -> dict[str, Any]:
    """A markdown message of a DingTalk group robot (open.dingtalk.com, 自定义机器人)."""
    text = "\n".join([f"### {notice.title}", *(f"- {line}" for line in notice.lines)])
    return {"msgtype": "markdown", "markdown": {"title": notice.title, "text": text}}


def slack(notice: Notice) -> dict[str, Any]:
    """A message of a Slack incoming webhook; ``&``, ``<`` and ``>`` are written as entities."""
    escaped = [html.escape(line, quote=False) for line in (notice.title, *notice.lines)]
    return {"text": "\n".join([f"*{escaped[0]}*", *escaped[1:]])}


SHAPES = {"wecom": wecom, "dingtalk": dingtalk, "slack": slack}


def mail(notice: Notice, sender: str, to: str, key: str) -> EmailMessage:
    """An e-mail; repeats have the same Message-ID, which mailboxes show once."""
    message = EmailMessage()
    message["Subject"] = notice.title
    message["From"] = sender
    message["To"] = to
    message["Message-ID"] = f"<{key}@member-warehouse.invalid>"
    message.set_content("\n".join([notice.title, "", *notice.lines]) + "\n")
    return message
