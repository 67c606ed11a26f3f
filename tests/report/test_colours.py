"""Colours are told apart by everybody and never the only sign (B3, P5, P20–P22)."""

from itertools import pairwise

import numpy as np
import pytest

from affekt.report import colours, inlined
from affekt.report.colours import DARK_HEAT, DARK_PAPER, HEAT, LOOKS, PAPER, PLAIN
from affekt.report.shapes import HATCHES, MARKERS
from affekt.taxonomy import MIKELS8, VALENCE2
from tests.report import sight

LIGHT = [look.colour for look in LOOKS]
DARK = [look.dark for look in LOOKS]


@pytest.mark.parametrize("deficiency", sight.DEFICIENCIES)
@pytest.mark.parametrize("eight", [LIGHT[:8], DARK[:8]], ids=["light", "dark"])
def test_eight_emotions_are_told_apart_with_every_dichromacy(
    eight: list[str], deficiency: str
) -> None:
    assert sight.nearest(eight, deficiency) >= 17


@pytest.mark.parametrize("deficiency", sight.DEFICIENCIES)
@pytest.mark.parametrize("twelve", [LIGHT, DARK], ids=["light", "dark"])
def test_twelve_emotions_keep_three_quarters_of_that_distance(
    twelve: list[str], deficiency: str
) -> None:
    assert sight.nearest(twelve, deficiency) >= 12.9


@pytest.mark.parametrize("look", [*LOOKS, PLAIN])
def test_marks_stand_out_from_their_ground(look: colours.Look) -> None:
    assert sight.contrast(look.colour, PAPER) >= 3.1
    assert sight.contrast(look.dark, DARK_PAPER) >= 3.1


@pytest.mark.parametrize("side", [inlined.LIGHT, inlined.DARK], ids=["light", "dark"])
@pytest.mark.parametrize("ground", ["paper", "hover", "notice"])
def test_words_are_read_on_every_ground(side: dict[str, str], ground: str) -> None:
    assert sight.contrast(side["ink"], side[ground]) >= 4.5
    assert sight.contrast(side["soft"], side["paper"]) >= 4.5
    assert sight.contrast(side["link"], side["paper"]) >= 4.5
    assert sight.contrast(side["focus"], side["paper"]) >= 3


@pytest.mark.parametrize("step", [*HEAT, *DARK_HEAT])
def test_numbers_are_read_on_every_step_of_the_heat_scale(step: str) -> None:
    assert sight.contrast(colours.ink_on(step), step) >= 4.5


@pytest.mark.parametrize("scale", [HEAT, DARK_HEAT], ids=["light", "dark"])
def test_the_heat_scale_has_even_steps_and_one_direction(scale: list[str]) -> None:
    """P21: one perceptually even scale."""
    seen = sight.seen(list(scale), "normal")
    steps = np.linalg.norm(np.diff(seen, axis=0), axis=1)
    assert steps.max() / steps.min() < 1.12
    assert len({np.sign(after[0] - before[0]) for before, after in pairwise(seen)}) == 1


def test_zero_and_one_are_the_ends_of_the_heat_scale() -> None:
    assert (colours.heat(0), colours.heat(1)) == (0, len(HEAT) - 1)


def test_contrast_agrees_with_the_tables_of_the_test() -> None:
    assert colours.contrast("#5202bf", "#ffffff") == pytest.approx(
        sight.contrast("#5202bf", "#ffffff")
    )


def test_mikels_eight_have_the_published_colours_wherever_they_stand() -> None:
    given = colours.looks(("fear", "joy", "anger"))
    assert (given["fear"].colour, given["anger"].colour) == ("#a56cfb", "#b84a5b")
    assert [look.slot for look in colours.looks(MIKELS8.names).values()] == list(range(8))


def test_other_emotions_take_free_looks_always_the_same() -> None:
    first, again = colours.looks(VALENCE2.names), colours.looks(VALENCE2.names)
    assert first == again
    assert first["positive"].slot != first["negative"].slot


def test_twelve_emotions_have_twelve_looks_and_thirteen_have_none() -> None:
    twelve = tuple(f"e{at}" for at in range(12))
    assert len({look.slot for look in colours.looks(twelve).values()}) == 12
    assert set(colours.looks((*twelve, "e12")).values()) == {PLAIN}


def test_no_two_looks_share_a_marker_or_a_hatch() -> None:
    assert len({look.marker for look in LOOKS}) == len({look.hatch for look in LOOKS}) == 12
    assert {look.marker for look in LOOKS} <= set(MARKERS)
    assert {look.hatch for look in LOOKS} <= set(HATCHES)
