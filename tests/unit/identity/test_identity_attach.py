"""Attaching: what joins, and what stays alone."""

from __future__ import annotations

import numpy as np
import pytest

from dagster_project.identity.attach import attachments
from dagster_project.identity.graph import Links

# clusters with evidence: A, B; without: x, y. Devices 1, 2.
CASES = {
    "an unknown joins the one owner": ("A1 x1", "A1 x1"),
    "several unknowns join the same owner": ("A1 x1 y1", "A1 x1 y1"),
    "two owners: the value is contested": ("A1 B1 x1", ""),
    "two unknowns alone stay two": ("x1 y1", ""),
    "an unknown torn between two owners joins neither": ("A1 B2 x1 x2", ""),
    "an unknown with two values of one owner joins it": ("A1 A2 x1 x2", "A1 A2 x1 x2"),
    "a contested value does not speak against an owned one": ("A1 B1 A2 x1 x2", "A2 x2"),
    "owners alone are not joined": ("A1 B1", ""),
    "nothing": ("", ""),
}
NAMES = {"A": 0, "B": 1, "x": 2, "y": 3}


@pytest.mark.parametrize("case", CASES)
def test_attachments(case: str) -> None:
    shown, expected = CASES[case]
    edges = shown.split()
    links = Links(
        np.array([NAMES[e[0]] for e in edges], dtype=np.int64),
        np.array([int(e[1]) for e in edges], dtype=np.int64),
    )
    known = np.array([True, True, False, False])
    chosen = attachments(np.arange(4), links, known)
    assert [e for e, use in zip(edges, chosen, strict=True) if use] == expected.split()
