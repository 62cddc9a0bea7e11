"""Names of groups: words for what sets a centre apart. The same centre has the same name, whatever
number k-means gave it and however often the warehouse is rebuilt.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from dagster_project.scores.clusters.groups import Grouping
from dagster_project.scores.clusters.tables import ClusterRules, Features

AVERAGE = ("average", "普通")


@dataclass(frozen=True)
class Named:
    """A group's code (lower case, words joined by ``-``) and its label in two languages."""

    code: str
    label: str
    label_zh: str


def _words(deviation: np.ndarray, features: Features) -> list[tuple[float, str, str]]:
    """Size of the deviation and the word for it, largest first; those without a word left out."""
    found = []
    for place, away in enumerate(deviation):
        side = "high" if away > 0 else "low"
        word, word_zh = features.words[place][side], features.words[place][f"{side}_zh"]
        if word and word_zh:
            found.append((abs(float(away)), word, word_zh))
    return sorted(found, key=lambda entry: (-entry[0], entry[1]))


def _named(words: list[tuple[float, str, str]]) -> Named:
    """In the order of the words: which deviation is the larger one changes more easily."""
    words = sorted(words, key=lambda entry: entry[1])
    english = [word for _, word, _ in words] or [AVERAGE[0]]
    chinese = [word for _, _, word in words] or [AVERAGE[1]]
    code = "-".join(word.replace(" ", "_") for word in english)
    return Named(code, ", ".join(english), "、".join(chinese))


def name_groups(found: Grouping, features: Features, rules: ClusterRules) -> list[Named]:
    """A distinct name for every group, in their order.

    Groups of the same words get one more word each until they differ; where words run out, the
    larger group is called first and the others are numbered by size.
    """
    words = [_words(row, features) for row in found.deviation]
    sizes = [
        min(rules.label_words, sum(entry[0] >= rules.label_min_deviation for entry in mine))
        for mine in words
    ]
    for _ in features.names:
        names = [_named(mine[:size]) for mine, size in zip(words, sizes, strict=True)]
        twice = {code for code, count in Counter(n.code for n in names).items() if count > 1}
        if not twice:
            return names
        sizes = [size + (name.code in twice) for size, name in zip(sizes, names, strict=True)]
    order = sorted(range(len(names)), key=lambda g: (-found.members[g], *found.centres[g]))
    seen: Counter[str] = Counter()
    for group in order:
        name = names[group]
        seen[name.code] += 1
        if (number := seen[name.code]) > 1:
            names[group] = Named(
                f"{name.code}-{number}", f"{name.label} {number}", f"{name.label_zh}{number}"
            )
    return names
