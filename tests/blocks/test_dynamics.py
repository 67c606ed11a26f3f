"""Lines that rest and lines that move."""

import numpy as np
import pytest

from affekt.blocks.dynamics import dynamics
from affekt.blocks.lines import Lines, edges, lines
from tests.blocks.pictures import checker


def drawn(*ones: tuple[float, float]) -> Lines:
    """Lines of a length and a slant each."""
    lengths, slants = np.array(ones, np.float64).reshape(-1, 2).T
    return Lines(np.zeros((len(ones), 4)), lengths, slants)


def test_numbers_shares_and_lengths_are_those_of_the_lines() -> None:
    found = dynamics(drawn((10, 0), (20, 95), (30, 45), (40, 170)), 100.0)
    np.testing.assert_allclose(found, [3, 1, 0.75, 0.25, 0.7, 0.3])


@pytest.mark.parametrize(
    ("slant", "is_static"),
    [(0, 1), (15, 1), (15.1, 0), (74.9, 0), (75, 1), (90, 1), (105, 1), (106, 0), (165, 1)],
)
def test_a_line_rests_within_15_degrees_of_the_axes(slant: float, is_static: int) -> None:
    assert dynamics(drawn((10, slant)), 50.0)[0] == is_static


def test_no_line_gives_zeros() -> None:
    np.testing.assert_array_equal(dynamics(drawn(), 50.0), 0)


def test_a_checker_is_all_static() -> None:
    found = dynamics(lines(edges(checker(128, 128, 32)[..., 0] / 255.0, 2.0)), 128 * 2**0.5)
    assert found[0] > 5
    assert (found[2], found[3], found[5]) == (1, 0, 0)


def test_a_picture_turned_by_a_quarter_rests_as_much() -> None:
    upright = drawn((10, 3), (20, 40), (30, 80))
    turned = drawn((10, 93), (20, 130), (30, 170))
    np.testing.assert_allclose(dynamics(turned, 90.0), dynamics(upright, 90.0))
