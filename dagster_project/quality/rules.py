"""The thresholds of the gates: rows of ``dbt/seeds/rules/quality_rules.csv``."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from dagster_project.settings import RULES_DIR

RULES_FILE = RULES_DIR / "quality_rules.csv"

AT_MOST = "at_most"
AT_LEAST = "at_least"
MULTIPLE_AT_MOST = "multiple_at_most"
MULTIPLE_AT_LEAST = "multiple_at_least"
SETTING = "setting"
COMPARISONS = (AT_MOST, AT_LEAST, MULTIPLE_AT_MOST, MULTIPLE_AT_LEAST, SETTING)
OF_BASELINE = (MULTIPLE_AT_MOST, MULTIPLE_AT_LEAST)


@dataclass(frozen=True)
class Rule:
    """One row of the rules.

    Attributes:
        warn, block: the levels; None means that the rule has no such level.
        from_rows: the check speaks only from this many rows on; 0 is always.
    """

    rule_code: str
    comparison: str
    warn: float | None
    block: float | None
    from_rows: int

    def levels(self) -> dict[str, float]:
        """Severity to level, the strict one first."""
        given = {"critical": self.block, "warning": self.warn}
        return {severity: level for severity, level in given.items() if level is not None}

    def bounds(self, severity: str, baseline: float | None = None) -> dict[str, float]:
        """``min_value`` or ``max_value`` of one severity.

        Args:
            baseline: what a multiple is a multiple of.

        Raises:
            ValueError: the rule needs a baseline and got none.
        """
        bound = self.levels()[severity]
        if self.comparison in OF_BASELINE:
            if baseline is None:
                raise ValueError(f"rule {self.rule_code} is a multiple of a baseline: give one")
            bound *= baseline
        at_most = self.comparison in (AT_MOST, MULTIPLE_AT_MOST)
        return {"max_value" if at_most else "min_value": bound}


def _number(row: dict[str, str], column: str, place: str) -> float | None:
    text = row[column].strip()
    try:
        return float(text) if text else None
    except ValueError:
        raise ValueError(f"{place}: {column} {text!r} is no number") from None


def _rule(row: dict[str, str], place: str) -> Rule:
    rule = Rule(
        rule_code=row["rule_code"],
        comparison=row["comparison"],
        warn=_number(row, "warn", place),
        block=_number(row, "block", place),
        from_rows=int(_number(row, "from_rows", place) or 0),
    )
    if rule.comparison not in COMPARISONS:
        raise ValueError(f"{place}: comparison {rule.comparison!r} is none of {COMPARISONS}")
    if not rule.levels() or (rule.comparison == SETTING and rule.block is None):
        raise ValueError(f"{place}: no level is given")
    return rule


@cache
def load_rules(path: Path = RULES_FILE) -> dict[str, Rule]:
    """All rules by their code.

    Raises:
        ValueError: a row cannot be read; the message names the file, the rule and the column.
    """
    rules: dict[str, Rule] = {}
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            place = f"{path.name}, rule {row['rule_code']}"
            if row["rule_code"] in rules:
                raise ValueError(f"{place}: stands twice")
            rules[row["rule_code"]] = _rule(row, place)
    return rules


def setting(code: str) -> int:
    """The value of a rule that is a setting of the baselines."""
    return int(load_rules()[code].block or 0)
