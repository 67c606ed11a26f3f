"""Movement: the scan path and what its moves come to."""

from math import exp, hypot, sqrt

import numpy as np
import pytest
import skimage.data
from numpy.typing import NDArray

from affekt.blocks.movement import movement, scan_path
from affekt.blocks.view import View
from tests.blocks.pictures import noise, plain

Map = NDArray[np.float64]


def spots(*places: tuple[int, int]) -> Map:
    """The first place draws most."""
    drawn = np.zeros((64, 64))
    for at, place in enumerate(places):
        drawn[place] = 1 - at / 16
    return drawn


def path_slowly(saliency: Map) -> list[list[int]]:
    left = {place: float(saliency[place]) for place in np.ndindex(64, 64)}
    path: list[list[int]] = []
    while len(path) < 10 and max(left.values()) > 1e-9:
        row, column = max(left, key=lambda place: (left[place], -place[0], -place[1]))
        path.append([row, column])
        for place in left:
            away = hypot(place[0] - row, place[1] - column)
            left[place] *= 1 - exp(-(away**2) / 72)
    return path


@pytest.mark.parametrize("picture", [noise(70, 90), skimage.data.coffee()[::4, ::4]])
def test_the_path_goes_to_what_is_left(picture: np.ndarray) -> None:
    saliency = View(picture).saliency
    assert scan_path(saliency).tolist() == path_slowly(saliency)


@pytest.mark.parametrize(
    ("to", "direction"),
    [
        ((30, 60), 0),
        ((5, 55), 1),
        ((2, 30), 2),
        ((5, 5), 3),
        ((30, 2), 4),
        ((55, 5), 5),
        ((60, 30), 6),
        ((55, 55), 7),
    ],
)
def test_a_move_has_its_direction_and_length(to: tuple[int, int], direction: int) -> None:
    found = movement(spots((30, 30), to))
    length = hypot(to[0] - 30, to[1] - 30) / (64 * sqrt(2))
    there = np.zeros(16)
    there[[direction, 8 + direction]] = 1, length
    np.testing.assert_allclose(found, there)


def test_moves_are_shared_out_and_their_lengths_averaged() -> None:
    found = movement(spots((30, 5), (30, 25), (30, 55), (2, 55)))
    assert found[[0, 2]] == pytest.approx([2 / 3, 1 / 3])
    assert found[[8, 10]] * 64 * sqrt(2) == pytest.approx([25, 28])


@pytest.mark.parametrize("saliency", [spots((3, 40)), spots()])
def test_an_eye_that_stays_does_not_move(saliency: Map) -> None:
    assert not movement(saliency).any()


def test_the_map_is_only_read() -> None:
    saliency = spots((3, 40), (5, 5))
    movement(saliency)
    np.testing.assert_array_equal(saliency, spots((3, 40), (5, 5)))


def test_a_picture_of_one_colour_has_the_same_path_whatever_its_colour() -> None:
    first, second = (
        movement(View(plain(30, 40, *one)).saliency) for one in ((0, 9, 9), (255, 0, 0))
    )
    np.testing.assert_array_equal(first, second)
    assert first[:8].sum() == pytest.approx(1.0)
