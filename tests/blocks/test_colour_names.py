"""Names of colours: the rule, a table, and the shares of both."""

import colorsys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from affekt.blocks.colour_names import (
    CELLS,
    NAMES,
    colour_names,
    looked_up,
    named,
    shares,
)
from affekt.blocks.colours import lab
from tests.blocks.pictures import noise, painted, plain, ramp


def slowly(lightness: float, chroma: float, hue: float) -> str:
    """The list of the rule, one pixel at a time, over the whole circle of hues."""
    rows = [
        (0, 360, 0, 5, 999, "black"),
        (0, 360, 0, 36, 13, "black"),
        (0, 360, 0, 78, 13, "grey"),
        (0, 360, 0, 100, 13, "white"),
        (303, 330, 0, 100, 999, "purple"),
        (330, 348, 0, 56, 999, "purple"),
        (330, 348, 0, 100, 999, "pink"),
        (348, 360, 0, 34, 999, "red"),
        (0, 16, 0, 34, 999, "red"),
        (348, 360, 0, 100, 999, "pink"),
        (0, 16, 0, 100, 999, "pink"),
        (16, 42, 0, 100, 25, "brown"),
        (16, 42, 0, 64, 999, "red"),
        (16, 42, 0, 100, 999, "pink"),
        (42, 75, 0, 100, 40, "brown"),
        (42, 75, 0, 100, 999, "orange"),
        (75, 99, 0, 100, 32, "brown"),
        (99, 118, 0, 100, 32, "yellow"),
        (75, 110, 0, 100, 999, "yellow"),
        (110, 118, 0, 71, 999, "green"),
        (110, 118, 0, 100, 999, "yellow"),
        (118, 191, 0, 100, 999, "green"),
        (191, 303, 0, 100, 999, "blue"),
    ]
    return next(
        name
        for from_, to, low, high, most, name in rows
        if from_ <= hue < to and low <= lightness <= high + 1e-9 and chroma <= most
    )


@given(st.floats(0, 100), st.floats(-120, 120), st.floats(-120, 120))
def test_the_rule_is_a_list_of_boxes(lightness: float, a: float, b: float) -> None:
    hue = np.rad2deg(np.arctan2(b, a)) % 360 % 360  # a tiny angle below 0 has become 360
    found = named(np.array([[[lightness, a, b]]]))[0, 0]
    assert NAMES[found] == slowly(lightness, float(np.hypot(a, b)), float(hue))


@pytest.mark.parametrize(
    ("colour", "name"),
    [
        ((0, 0, 0), "black"),
        ((255, 255, 255), "white"),
        ((128, 128, 128), "grey"),
        ((255, 0, 0), "red"),
        ((0, 160, 0), "green"),
        ((40, 90, 220), "blue"),
        ((255, 240, 0), "yellow"),
        ((255, 140, 0), "orange"),
        ((255, 150, 180), "pink"),
        ((128, 0, 128), "purple"),
        ((110, 75, 40), "brown"),
    ],
)
def test_a_plain_picture_has_one_name(colour: tuple[int, int, int], name: str) -> None:
    found = colour_names(lab(plain(9, 8, *colour)))
    assert found[NAMES.index(name)] == 1.0


def test_a_grey_picture_is_black_grey_and_white_alone() -> None:
    found = dict(zip(NAMES, colour_names(lab(ramp(8, 256))), strict=True))
    assert found["black"] + found["grey"] + found["white"] == pytest.approx(1.0)
    assert min(found["black"], found["grey"], found["white"]) > 0


@pytest.mark.parametrize("picture", [noise(40, 50), painted(40, 50)])
def test_shares_sum_to_one_and_do_not_ask_where(picture: np.ndarray) -> None:
    found = colour_names(lab(picture))
    assert found.sum() == pytest.approx(1.0)
    np.testing.assert_array_equal(found, colour_names(lab(picture[::-1, ::-1].copy())))


def test_every_name_is_given_to_some_colour() -> None:
    circle = [
        colorsys.hsv_to_rgb(hue / 72, saturation, value)
        for hue in range(72)
        for saturation in (0, 0.4, 1)
        for value in (0.3, 0.7, 1)
    ]
    picture = np.rint(255 * np.array(circle)).astype(np.uint8)[None]
    assert (colour_names(lab(picture)) > 0).all()


def test_a_table_names_by_the_cell_with_red_fastest() -> None:
    table = np.zeros((CELLS, 11))
    table[31, NAMES.index("red")] = 0.6
    table[31 * 32, NAMES.index("green")] = 0.6
    table[31 * 1024, NAMES.index("blue")] = 0.6
    pixels = np.array([[[255, 0, 7], [0, 250, 0], [3, 3, 248], [0, 0, 0]]], np.uint8)
    assert [NAMES[at] for at in looked_up(pixels, table)[0]] == ["red", "green", "blue", "black"]


def test_shares_of_names_that_nobody_has_are_zero() -> None:
    found = shares(np.array([[0, 0], [10, 1]]))
    np.testing.assert_array_equal(found, [0.5, 0.25, 0, 0, 0, 0, 0, 0, 0, 0, 0.25])
