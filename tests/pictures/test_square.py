"""The square: all of the picture, averaged, and squashed only once."""

import numpy as np
from PIL import Image

from affekt.pictures.square import squashed
from tests import nasty


def test_squashing_twice_is_squashing_once() -> None:
    once = squashed(nasty.painting(90, 50), 32)
    np.testing.assert_array_equal(np.asarray(squashed(once, 32)), np.asarray(once))


def test_a_fine_pattern_becomes_its_mean() -> None:
    """M32: resizing averages."""
    pattern = (np.indices((513, 769)).sum(axis=0) % 2 * 255).astype(np.uint8)
    grey = np.asarray(squashed(Image.fromarray(pattern), 64)).astype(int)
    assert np.abs(grey - 127).max() <= 12


def test_the_smallest_picture_becomes_a_square_of_its_colour() -> None:
    square = np.asarray(squashed(Image.new("RGB", (1, 1), (9, 90, 200)), 5))
    assert (square == (9, 90, 200)).all()
