"""What a sample is made from: its size, its span, and the process its members follow."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date, timedelta

import numpy as np

CHUNK_PERSONS = 50_000
DAY = 86_400
LEAST_MEMBERS, LEAST_DAYS = 200, 60
EPOCH = date(1970, 1, 1)

WEBSHOP, APP, WECHAT, TMALL = "webshop", "app", "wechat", "tmall"
SHANGHAI, CHENGDU = "pos_shanghai", "pos_chengdu"
LOYALTY, SERVICE = "loyalty", "service"
SHOPS = (WEBSHOP, APP, WECHAT, TMALL, SHANGHAI, CHENGDU)
ONLINE = (WEBSHOP, APP, WECHAT, TMALL)


@dataclass(frozen=True)
class Behaviour:
    """The known process. Purchase rates are per week, spend is in yuan.

    ``r``, ``alpha``, ``a``, ``b``: BG/NBD (Fader, Hardie, Lee 2005); ``p``, ``q``, ``v``:
    Gamma-Gamma (Fader, Hardie 2013). The lifts are additional orders per exposed member.
    """

    r: float = 0.62
    alpha: float = 7.5
    a: float = 0.85
    b: float = 2.6
    p: float = 3.6
    q: float = 4.1
    v: float = 165.0
    buyer_share: float = 0.74
    campaign_lift: float = 0.06
    holdout_share: float = 0.2
    experiment_lift: float = 0.05
    factor_lifts: dict[str, float] = field(default_factory=lambda: {"subject": 0.02, "offer": 0.04})
    broken_split_share: float = 0.62
    refund_rate: float = 0.06
    full_refund_share: float = 0.45
    late_refund_share: float = 0.1
    duplicate_customer_share: float = 0.03
    complement_share: float = 0.35


@dataclass(frozen=True)
class Plan:
    """Size, span and seed of one sample. Seconds are local, counted from midnight of ``start``.

    ``members``: persons behind the records. ``days``: business days up to and including
    ``last_day``; the last ``daily_days`` of them come as one set of files a day.
    """

    members: int = 20_000
    days: int = 730
    seed: int = 7
    last_day: date = date(2026, 10, 31)
    daily_days: int = 0
    behaviour: Behaviour = field(default_factory=Behaviour)

    def __post_init__(self) -> None:
        """Refuse a plan nothing sensible can be made from."""
        if self.members < LEAST_MEMBERS:
            raise ValueError(f"members={self.members}: the sample needs at least {LEAST_MEMBERS}")
        if self.days < LEAST_DAYS:
            raise ValueError(f"days={self.days}: the sample needs at least {LEAST_DAYS}")
        if not 0 <= self.daily_days <= self.days:
            raise ValueError(f"daily_days={self.daily_days}: it must lie in 0..{self.days}")

    @property
    def start(self) -> date:
        """The first business day."""
        return self.last_day - timedelta(days=self.days - 1)

    @property
    def end(self) -> int:
        """The first second after the last business day."""
        return self.days * DAY

    @property
    def start_day(self) -> int:
        """Days from 1970-01-01 to ``start``."""
        return (self.start - EPOCH).days

    def generator(self, *stream: int) -> np.random.Generator:
        """The random numbers of one stream; streams are independent of each other."""
        return np.random.default_rng([self.seed, *stream])

    def parameters(self) -> dict[str, object]:
        """The plan as plain values, for the truth."""
        values = asdict(self)
        values |= {"last_day": str(self.last_day), "start": str(self.start)}
        return values
