"""The report's colours: readable (WCAG 2.2 AA) and told apart with a colour vision deficiency.

Contrast: WCAG 2.2, 1.4.3 (text 4.5:1) and 1.4.11 (graphical objects 3:1). Deficiencies: Machado,
Oliveira and Fernandes 2009, severity 1.0. Differences: CIE 1976 in Lab, D65.
"""

import itertools

import numpy as np
import pytest

from dagster_project.release.report import load_catalogue

TEXT, OBJECT = 4.5, 3.0
TOLD_APART = 10.0
# How many series are drawn beside each other; more are told apart by their place in the legend.
COMMON = 6
DEFICIENCIES = {
    "none": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
         [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
         [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
         [0.004733, 0.691367, 0.303900]]
    ),
}  # fmt: skip
TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750],
     [0.0193339, 0.1191920, 0.9503041]]
)  # fmt: skip
THEMES = load_catalogue().theme


def linear(colour):
    """Linear RGB, 0 to 1, of ``#rrggbb``."""
    parts = np.array([int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)])
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def contrast(one, other):
    bright, dark = sorted((TO_XYZ[1] @ linear(c) for c in (one, other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def lab(colour, deficiency):
    seen = np.clip(DEFICIENCIES[deficiency] @ linear(colour), 0, 1)
    ratio = TO_XYZ @ seen / (TO_XYZ @ np.ones(3))
    f = np.where(ratio > (6 / 29) ** 3, np.cbrt(ratio), ratio / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def test_measures_are_the_published_ones():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)
    assert lab("#ff0000", "none") == pytest.approx([53.24, 80.09, 67.20], abs=0.02)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("ink", ["text", "muted", "accent", "good", "warn", "bad", "plain"])
@pytest.mark.parametrize("ground", ["background", "surface", "raised"])
def test_text_is_readable(theme, ink, ground):
    assert contrast(THEMES[theme][ink], THEMES[theme][ground]) >= TEXT


@pytest.mark.parametrize("theme", THEMES)
def test_marks_stand_out(theme):
    colours = THEMES[theme]
    dull = {
        c
        for c in [*colours["series"], colours["second"]]
        if contrast(c, colours["surface"]) < OBJECT
    }
    assert not dull


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("deficiency", DEFICIENCIES)
def test_series_are_told_apart(theme, deficiency):
    series = THEMES[theme]["series"][:COMMON]
    distances = {
        (one, other): float(np.linalg.norm(lab(one, deficiency) - lab(other, deficiency)))
        for one, other in itertools.combinations(series, 2)
    }
    close = {pair: round(d, 1) for pair, d in distances.items() if d < TOLD_APART}
    assert not close


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("scale", ["heat", "diverging"])
def test_figures_in_a_grid_are_readable(theme, scale):
    """The page takes the ink of higher contrast for every cell: one of the two must do."""
    colours = THEMES[theme]
    for cell in colours[scale]:
        assert max(contrast(ink, cell) for ink in colours["ink"]) >= TEXT


@pytest.mark.parametrize("theme", THEMES)
def test_a_grid_darkens_step_by_step(theme):
    light = [TO_XYZ[1] @ linear(colour) for colour in THEMES[theme]["heat"]]
    assert light == sorted(light, reverse=theme == "light")
