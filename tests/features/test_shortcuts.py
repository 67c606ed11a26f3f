"""Shortcuts: facts of a picture worked by hand (G22)."""

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from affekt.features.shortcuts import Shortcuts

Picture = NDArray[np.uint8]


def told(picture: Picture) -> dict[str, float]:
    """The values by the last two words of their names."""
    part = Shortcuts()
    named = zip(part.names, part.extract(picture).tolist(), strict=True)
    return {name.removeprefix("shortcuts."): value for name, value in named}


def plain(height: int, width: int, *colour: int) -> Picture:
    return np.broadcast_to(np.array(colour, np.uint8), (height, width, 3)).copy()


def test_size_is_that_of_the_picture() -> None:
    """G22."""
    facts = told(plain(20, 50, 1, 2, 3))
    assert (facts["size.width"], facts["size.height"], facts["size.aspect"]) == (50, 20, 2.5)
    assert facts["size.area"] == pytest.approx(3.0)


def test_a_plain_red_picture_has_the_numbers_of_red() -> None:
    """G22: by Hasler and Süsstrunk 0.3 times the length of the mean, for nothing varies."""
    facts = told(plain(8, 8, 255, 0, 0))
    assert facts["light.brightness"] == pytest.approx(0.299, abs=2e-3)
    assert facts["colour.red_green"] == pytest.approx(1.0)
    assert facts["colour.yellow_blue"] == pytest.approx(0.5)
    assert facts["colour.saturation"] == pytest.approx(1.0)
    assert facts["colour.colourfulness"] == pytest.approx(0.3 * 255 * math.hypot(1, 0.5))
    assert (facts["light.contrast"], facts["edges.sharpness"]) == (0.0, 0.0)
    assert (facts["colour.grey"], facts["edges.frame"]) == (0.0, 1.0)


def test_colourfulness_adds_the_spread_of_both_axes() -> None:
    """G22: half red, half blue: axes (255, 127.5) and (0, -255)."""
    picture = plain(4, 4, 255, 0, 0)
    picture[:, 2:] = (0, 0, 255)
    spread = math.hypot(127.5, (127.5 + 255) / 2)
    mean = math.hypot(127.5, (127.5 - 255) / 2)
    assert told(picture)["colour.colourfulness"] == pytest.approx(spread + 0.3 * mean)


def test_the_share_of_grey_forgives_what_jpeg_adds() -> None:
    """G22."""
    picture = plain(2, 4, 100, 100, 100)
    picture[:, 1] = (110, 100, 105)
    picture[:, 2:] = (120, 100, 100)
    assert told(picture)["colour.grey"] == 0.5


def test_half_black_half_white_deviates_most_and_an_edge_is_sharp() -> None:
    """G22: the Laplacian is ±255 on both sides of the edge and 0 elsewhere."""
    picture = plain(6, 8, 0, 0, 0)
    picture[:, 4:] = 255
    facts = told(picture)
    assert facts["light.contrast"] == pytest.approx(0.5)
    assert facts["edges.sharpness"] == pytest.approx(math.log10(1 + 2 / 8 * 255**2), rel=1e-5)


def test_bars_along_the_edges_are_a_frame_and_a_slope_is_none() -> None:
    """G22."""
    dice = np.random.default_rng(1)
    picture = dice.integers(0, 256, (40, 50, 3), np.uint8)
    assert told(picture)["edges.frame"] == 0.0
    picture[:5], picture[-5:] = 3, 250
    assert told(picture)["edges.frame"] == pytest.approx(0.25)
    picture[:, :10] = 128
    assert told(picture)["edges.frame"] == pytest.approx(0.2)
    slope = np.zeros((25, 30, 3), np.uint8)
    slope += np.arange(0, 250, 10).astype(np.uint8)[:, None, None]
    assert told(slope)["edges.frame"] == pytest.approx(2 / 25)
