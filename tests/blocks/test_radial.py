"""Radial balance: the transform, vote by vote, and what it says of discs."""

from collections import defaultdict
from collections.abc import Callable

import numpy as np
import pytest
import scipy.ndimage
import skimage.data
from numpy.typing import NDArray

from affekt.blocks.radial import radial_symmetry
from affekt.blocks.view import View
from tests.blocks.pictures import noise, painted, plain

Copy = NDArray[np.uint8]


def disc(row: int, column: int, *, inside: int, outside: int) -> Copy:
    rows, columns = np.indices((224, 224))
    is_inside = np.hypot(rows - row, columns - column) < 4.5
    return np.where(is_inside, inside, outside).astype(np.uint8)


def slowly(copy: Copy) -> NDArray[np.float64]:
    """One vote at a time."""
    values = copy.astype(float)
    along = scipy.ndimage.sobel(values, axis=1, mode="nearest")
    across = scipy.ndimage.sobel(values, axis=0, mode="nearest")
    steep = np.sqrt(along**2 + across**2)
    symmetry = np.zeros(copy.shape)
    for n, k in zip(range(1, 6), (8, 9.9, 9.9, 9.9, 9.9), strict=True):
        counts: dict[tuple[int, int], float] = defaultdict(float)
        weights: dict[tuple[int, int], float] = defaultdict(float)
        for row, column in np.argwhere(steep > 0.2 * steep.max()):
            g = steep[row, column]
            down = round(n * across[row, column] / g)
            right = round(n * along[row, column] / g)
            for sign in (1, -1):
                place = int(row) + sign * down, int(column) + sign * right
                if min(place) >= 0 and max(place) < 224:
                    counts[place] += sign
                    weights[place] += sign * g
        one = np.zeros(copy.shape)
        for place, count in counts.items():
            one[place] = weights[place] / k * (min(abs(count), k) / k) ** 2
        symmetry += scipy.ndimage.gaussian_filter(one, n / 4) / 5
    thirds = symmetry.repeat(3, axis=0).repeat(3, axis=1)  # 6 × 112 of them
    areas = thirds.reshape(6, 112, 6, 112).mean(axis=(1, 3))
    return np.asarray(areas / np.abs(areas).max()).ravel()


@pytest.mark.parametrize("seed", [1, 2])
def test_the_map_is_that_of_voting_pixel_by_pixel(seed: int) -> None:
    copy = np.full((224, 224), 90, np.uint8)
    copy[:40, 150:220] = noise(40, 70, seed)[..., 0]
    copy[120:150, 3:60] = View(painted(30, 57)).grey
    copy[200:, 200:] = disc(12, 12, inside=255, outside=30)[:24, :24]
    np.testing.assert_allclose(radial_symmetry(copy), slowly(copy), atol=1e-9)


@pytest.mark.parametrize(("inside", "sign"), [(255, 1.0), (0, -1.0)])
def test_a_disc_shows_where_it_is_and_whether_it_is_bright(inside: int, sign: float) -> None:
    found = radial_symmetry(disc(55, 168, inside=inside, outside=120)).reshape(6, 6)
    assert found[1, 4] == pytest.approx(sign)
    assert np.abs(np.delete(found.ravel(), 10)).max() < 0.1


def test_one_grey_has_no_radial_symmetry() -> None:
    assert not radial_symmetry(View(plain(30, 20, 8, 8, 8)).square).any()


@pytest.mark.parametrize("picture", [skimage.data.coffee()[::3, ::3], noise(30, 50)])
@pytest.mark.parametrize("change", [np.fliplr, np.flipud, np.rot90])
def test_a_mirrored_or_turned_picture_has_the_map_mirrored_or_turned(
    change: Callable[[np.ndarray], np.ndarray], picture: np.ndarray
) -> None:
    """11.2 of the specification."""
    found = radial_symmetry(View(picture).square).reshape(6, 6)
    there = radial_symmetry(View(np.ascontiguousarray(change(picture))).square).reshape(6, 6)
    np.testing.assert_allclose(there, change(found), atol=1e-9)


def test_inverted_brightness_changes_the_sign() -> None:
    copy = View(skimage.data.chelsea()[::3, ::3]).square
    np.testing.assert_allclose(radial_symmetry(255 - copy), -radial_symmetry(copy), atol=1e-9)
