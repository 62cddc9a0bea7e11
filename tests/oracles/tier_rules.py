"""The tier rules of the tests: four metrics, two policies, grace, two versions, one tier goes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cache

OLD, NEW = (date(1900, 1, 1), date(2025, 12, 31)), (date(2026, 1, 1), None)


@dataclass(frozen=True)
class Tier:
    """One row of tier_rules; windows in days, None where there is no limit."""

    rank: int
    code: str
    days: tuple[date, date | None]
    upgrade: tuple[str, float, int | None] | None = None  # metric, threshold, window
    keep: tuple[str, float, int] | None = None  # metric, threshold, window
    grace: int = 0
    policy: str = "one_step"
    names: dict[str, str] = field(default_factory=dict)

    def row(self) -> dict[str, object]:
        """The row as tier_rules has it."""
        up, keep = self.upgrade or (None,) * 3, self.keep or (None,) * 3
        return {
            "tier_rank": self.rank, "tier_code": self.code, "tier_name": self.code,
            "tier_name_zh": self.code, "upgrade_metric": up[0], "upgrade_threshold": up[1],
            "upgrade_window_days": up[2], "keep_metric": keep[0], "keep_threshold": keep[1],
            "keep_window_days": keep[2], "grace_days": self.grace,
            "downgrade_policy": self.policy, "valid_from": self.days[0], "valid_to": self.days[1],
        }  # fmt: skip


TIERS = (
    Tier(0, "base", (OLD[0], None)),
    Tier(1, "silver", OLD, ("net_spend", 100, 90), ("net_spend", 50, 60)),
    Tier(1, "silver", NEW, ("net_spend", 120, 90), ("net_spend", 60, 60)),
    Tier(2, "gold", OLD, ("net_spend", 300, 90), ("net_spend", 150, 60), 10),
    Tier(2, "gold", NEW, ("net_spend", 250, 90), ("net_spend", 150, 45), 10),
    Tier(3, "platinum", (OLD[0], None), ("net_spend", 1000, 90), ("net_spend", 400, 60), 0,
         "to_earned"),
    Tier(4, "black", OLD, ("orders", 5, 30), ("orders", 2, 30), 5),
    Tier(5, "insider", OLD, ("growth_points", 1000, None)),
    Tier(5, "insider", NEW, ("activity", 5, 10), ("activity", 3, 30), 0, "to_earned"),
)  # fmt: skip
COLUMNS = {
    "tier_rank": "integer", "tier_code": "varchar", "tier_name": "varchar",
    "tier_name_zh": "varchar", "upgrade_metric": "varchar", "upgrade_threshold": "decimal(18, 2)",
    "upgrade_window_days": "integer", "keep_metric": "varchar",
    "keep_threshold": "decimal(18, 2)", "keep_window_days": "integer", "grace_days": "integer",
    "downgrade_policy": "varchar", "valid_from": "date", "valid_to": "date",
}  # fmt: skip
OPEN_GRANT_DAYS = 90


@cache
def in_force(day: date) -> dict[int, Tier]:
    """The tiers of a day, by rank."""
    return {
        tier.rank: tier
        for tier in TIERS
        if tier.days[0] <= day and (tier.days[1] is None or day <= tier.days[1])
    }
