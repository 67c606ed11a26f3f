"""Harmony: every split of the circle, against the short form."""

from math import exp

import numpy as np
import pytest
import skimage.data
from hypothesis import given
from hypothesis import strategies as st

from affekt.blocks.colours import hsy
from affekt.blocks.gradients import Gradient, eighths
from affekt.blocks.harmony import harmony, intensity
from tests.blocks.pictures import checker, noise, painted, plain


def best_split(shares: list[float]) -> float:
    """The least over the 56 arcs and their rests."""
    splits = []
    for start in range(8):
        for length in range(1, 8):
            arc = sorted((start + step) % 8 for step in range(length))
            rest = [one for one in range(8) if one not in arc]
            m, n = (max(side, key=lambda one: shares[one]) for side in (arc, rest))
            between = min((m - n) % 8, (n - m) % 8)
            splits.append(exp(-abs(shares[m] - shares[n])) * between)
    return min(splits)


def slowly(angles: np.ndarray) -> float:
    wide = np.pad(angles, 4, mode="symmetric")
    pixels = []
    for row, column in np.ndindex(angles.shape):
        window = wide[row : row + 9, column : column + 9]
        pixels.append(best_split([float((window == one).mean()) for one in range(8)]))
    return float(np.mean(pixels))


@pytest.mark.parametrize("n_kinds", [1, 2, 3, 5, 8])
def test_the_intensity_is_the_least_of_all_splits(n_kinds: int) -> None:
    angles = noise(12, 9, seed=n_kinds)[..., 0] % n_kinds
    assert intensity(angles) == pytest.approx(slowly(angles), abs=1e-12)


@pytest.mark.parametrize("colour", [(255, 0, 0), (9, 9, 9), (20, 130, 240)])
def test_one_colour_has_the_least_harmony(colour: tuple[int, int, int]) -> None:
    """11.2 of the specification."""
    np.testing.assert_allclose(harmony(hsy(plain(20, 9, *colour))), exp(-1))


@pytest.mark.parametrize("picture", [noise(40, 50), painted(50, 40), checker(40, 40, 5)])
def test_harmony_lies_between_one_over_e_and_one(picture: np.ndarray) -> None:
    found = harmony(hsy(picture))
    assert (found >= exp(-1) - 1e-12).all()
    assert (found <= 1).all()


def test_a_mirror_keeps_the_harmony_of_hue() -> None:
    """11.2 of the specification."""
    picture = skimage.data.coffee()[::4, ::4]
    mirrored = harmony(hsy(np.ascontiguousarray(picture[:, ::-1])))
    assert mirrored[0] == harmony(hsy(picture))[0]


def test_a_quarter_turn_keeps_both() -> None:
    """Directions move on by two eighths, all alike, but the first of equals may be another."""
    picture = skimage.data.coffee()[::4, ::4]
    turned = harmony(hsy(np.ascontiguousarray(np.rot90(picture))))
    np.testing.assert_allclose(turned, harmony(hsy(picture)), atol=0.01)
    assert turned[0] == harmony(hsy(picture))[0]


@given(
    st.lists(st.tuples(st.integers(-9, 9), st.integers(-9, 9)), min_size=1, max_size=30),
)
def test_eighths_are_those_of_the_angle(ways: list[tuple[int, int]]) -> None:
    x, y = np.array(ways, float).T[:, None]
    degrees = np.rad2deg(np.arctan2(y, x)) % 360
    there = np.floor(np.round(degrees, 9) / 45).astype(int) % 8
    np.testing.assert_array_equal(eighths(Gradient(x, y)), there)


@given(st.lists(st.integers(0, 81), min_size=8, max_size=8).filter(any))
def test_the_best_split_is_told_by_the_neighbours_of_the_largest(counts: list[int]) -> None:
    shares = [count / sum(counts) for count in counts]
    first = shares.index(max(shares))
    lesser = min(shares[first - 1], shares[(first + 1) % 8])
    assert best_split(shares) == pytest.approx(exp(lesser - max(shares)), abs=1e-12)


def test_sums_that_cancel_are_no_gradient() -> None:
    """Rounding would leave a little of one where colours meet in another order."""
    palette = np.array([[17, 101, 203], [99, 1, 57], [250, 33, 120]], np.uint8)
    picture = palette[noise(40, 50)[..., 0] % 3]
    wide = np.pad(picture.astype(np.int64) @ [299, 587, 114], 1, mode="edge")
    smooth_rows = wide[:-2] + 2 * wide[1:-1] + wide[2:]
    smooth_columns = wide[:, :-2] + 2 * wide[:, 1:-1] + wide[:, 2:]
    along = smooth_rows[:, 2:] - smooth_rows[:, :-2]
    across = smooth_columns[2:] - smooth_columns[:-2]
    there = intensity(eighths(Gradient(along.astype(float), across.astype(float))))
    assert harmony(hsy(picture))[1] == there
