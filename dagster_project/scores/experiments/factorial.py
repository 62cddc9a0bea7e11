"""Main effects and interactions of a full factorial experiment, as contrasts of cell means.

Every combination of levels weighs the same, whatever its size: the effects of a saturated linear
model with heteroscedasticity-consistent errors (HC2; MacKinnon and White 1985).
"""

from __future__ import annotations

from itertools import combinations, product

import numpy as np

Design = dict[str, dict[str, str]]


def contrasts(design: Design, control: str) -> list[tuple[str, str, np.ndarray]]:
    """Effect, what is contrasted, and a weight for each variant in the order of the design.

    The control's level of a factor is the base of its other levels. Empty where a combination of
    levels is missing or stands twice, or with a single factor: the plain comparison says it all.
    """
    factors = sorted(next(iter(design.values()), {}))
    levels = {f: sorted({cell[f] for cell in design.values()}) for f in factors}
    cells = [tuple(cell[f] for f in factors) for cell in design.values()]
    whole = set(product(*levels.values()))
    if len(factors) < 2 or control not in design or {*cells} != whole or len(cells) != len(whole):
        return []
    found = []
    for size in (1, 2):
        for chosen in combinations(factors, size):
            base = {f: design[control][f] for f in chosen}
            others = [[level for level in levels[f] if level != base[f]] for f in chosen]
            for high in product(*others):
                pairs = dict(zip(chosen, high, strict=True))
                named = [f"{f}: {level} - {base[f]}" for f, level in pairs.items()]
                weights = _weights(cells, factors, pairs, base)
                found.append((" x ".join(chosen), ", ".join(named), weights))
    return found


def _weights(
    cells: list[tuple[str, ...]], factors: list[str], high: dict[str, str], base: dict[str, str]
) -> np.ndarray:
    """+1 at the level, -1 at the base, 0 elsewhere, multiplied; shared over the other factors."""
    signs = np.array(
        [
            np.prod(
                [
                    (cell[place] == high[f]) - float(cell[place] == base[f])
                    for place, f in enumerate(factors)
                    if f in high
                ]
            )
            for cell in cells
        ]
    )
    return signs / (signs != 0).sum() * 2 ** len(high)
