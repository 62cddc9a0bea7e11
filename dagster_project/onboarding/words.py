"""Words of an order's status that mean the same everywhere."""

from __future__ import annotations

from dagster_project.formats.suggest import plain_words

# canonical status -> whether it counts as paid, and what exports call it
_STATUSES = {
    "created": (
        False,
        "created new pending unpaid open 待付款 未付款 等待买家付款",
    ),
    "paid": (True, "paid processing confirmed 已付款 待发货 买家已付款 等待卖家发货"),
    "shipped": (True, "shipped sent fulfilled dispatched in_transit 已发货 待收货 卖家已发货"),
    "completed": (
        True,
        "completed complete done delivered finished success 已完成 交易成功 已签收",
    ),
    "cancelled": (False, "cancelled canceled void voided 已取消 取消"),
    "closed": (False, "closed expired 已关闭 交易关闭"),
    "refunded": (True, "refunded returned 已退款 退款成功"),
}
_KNOWN = {
    plain_words(word): (status, counts)
    for status, (counts, words) in _STATUSES.items()
    for word in words.split()
}


def known_status(word: str) -> tuple[str, bool] | None:
    """The canonical status of a word and whether it counts as paid; None where nobody knows."""
    return _KNOWN.get(plain_words(word))
