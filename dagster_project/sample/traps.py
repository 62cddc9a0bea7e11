"""Identity traps: which persons share, mistype or hide what. Decided first, carried out later.

Persons come in pairs (2k, 2k+1). A pair has one role; single roles concern its even person.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np


class Role(IntEnum):
    """What a pair of persons is planted for."""

    NONE = 0
    FAMILY_PHONE = 1
    HOUSEHOLD_EMAIL = 2
    TWINS = 3
    SHARED_CARD = 4
    REISSUED_PHONE = 5
    GIFT_RECEIVER = 6
    OTHER_SURNAME = 7
    PINYIN_NAME = 8
    TYPO_NAME = 9
    TYPO_PHONE = 10
    TYPO_EMAIL = 11
    DEFAULT_PHONE = 12
    STORE_PHONE = 13
    STORE_TABLET = 14
    VIRTUAL_NUMBER = 15
    GUEST_ONLY = 16
    GUEST_LATER_MEMBER = 17


SHARES = {
    Role.FAMILY_PHONE: 0.03,
    Role.HOUSEHOLD_EMAIL: 0.03,
    Role.TWINS: 0.006,
    Role.SHARED_CARD: 0.02,
    Role.REISSUED_PHONE: 0.012,
    Role.GIFT_RECEIVER: 0.03,
    Role.OTHER_SURNAME: 0.01,
    Role.PINYIN_NAME: 0.02,
    Role.TYPO_NAME: 0.02,
    Role.TYPO_PHONE: 0.02,
    Role.TYPO_EMAIL: 0.02,
    Role.DEFAULT_PHONE: 0.03,
    Role.STORE_PHONE: 0.02,
    Role.STORE_TABLET: 0.04,
    Role.VIRTUAL_NUMBER: 0.01,
    Role.GUEST_ONLY: 0.06,
    Role.GUEST_LATER_MEMBER: 0.04,
}
PAIRED = (
    Role.FAMILY_PHONE,
    Role.HOUSEHOLD_EMAIL,
    Role.TWINS,
    Role.SHARED_CARD,
    Role.REISSUED_PHONE,
    Role.GIFT_RECEIVER,
)
DEFAULT_PHONE = "13800138000"
STORE_PHONES = ("13600000021", "13600000028")
TABLETS = ("TABLET-SH-01", "TABLET-SH-02", "TABLET-CD-01")
NICKNAME_DEFAULT = "微信用户"


@dataclass(frozen=True)
class Roles:
    """The role of each person's pair; ``is_odd`` marks the second of a pair."""

    pair_role: np.ndarray
    is_odd: np.ndarray

    def first(self, role: Role) -> np.ndarray:
        """True for the even person of each pair with the role."""
        return (self.pair_role == role) & ~self.is_odd

    def second(self, role: Role) -> np.ndarray:
        """True for the odd person of each pair with the role."""
        return (self.pair_role == role) & self.is_odd

    def concerned(self) -> np.ndarray:
        """Persons who take part in a trap: both of a pair, or the even one of a single role."""
        return (self.pair_role > 0) & (np.isin(self.pair_role, PAIRED) | ~self.is_odd)


def assign_roles(rng: np.random.Generator, persons: int) -> Roles:
    """A role for each pair of ``persons``; a last person without a partner has none."""
    pairs = (persons + 1) // 2
    shares = np.array(list(SHARES.values()))
    edges = np.cumsum(shares)
    drawn = np.searchsorted(edges, rng.random(pairs), side="right")
    codes = np.array([*SHARES, Role.NONE], dtype=np.int8)
    role = np.repeat(codes[drawn], 2)[:persons]
    if persons % 2:
        role[-1] = Role.NONE
    return Roles(role, np.arange(persons) % 2 == 1)
