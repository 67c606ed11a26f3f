"""Bilateral and rotational balance: keypoints, pairs, votes, axes and centres."""

from collections import defaultdict
from collections.abc import Callable
from itertools import product
from math import atan2, cos, exp, floor, hypot, pi, sin, tan

import cv2
import numpy as np
import pytest
import skimage.data
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from affekt.blocks.balance import Keypoints, keypoints, mirrored, pairs, square_copy, summits
from affekt.blocks.bilateral import bilateral_symmetry
from affekt.blocks.rotational import rotational_symmetry
from affekt.blocks.view import View
from tests.blocks.pictures import checker, noise, painted, plain

Array = NDArray[np.float64]
Blurred = dict[tuple[int, int], float]
DIAGONAL = 224 * 2**0.5
seeds = pytest.mark.parametrize("seed", [1, 2, 3])


def scattered(n_points: int, seed: int) -> Keypoints:
    """Keypoints anywhere, of which many look somewhat alike."""
    draw = np.random.default_rng(seed)
    return Keypoints(
        draw.uniform(0, 223, (n_points, 2)),
        draw.uniform(0, 2 * pi, n_points),
        draw.uniform(2, 20, n_points),
        draw.integers(0, 60, (n_points, 128)).astype(np.float32),
    )


def turned(points: Keypoints) -> Keypoints:
    """The same in a picture turned by 90° clockwise."""
    places = np.stack([223 - points.places[:, 1], points.places[:, 0]], axis=1)
    return points._replace(places=places, angles=points.angles + pi / 2)


def joined(one: Keypoints, other: Keypoints) -> Keypoints:
    return Keypoints(*(np.concatenate(both) for both in zip(one, other, strict=True)))


def two_nearest(points: Keypoints, sought: NDArray[np.float32]) -> list[tuple[int, int]]:
    found = []
    for i, wanted in enumerate(sought):
        others = [j for j in range(len(sought)) if j != i]
        others.sort(key=lambda j: float(((wanted - points.descriptors[j]) ** 2).sum()))
        found += [(i, j) for j in others[:2]]
    return found


def likeness(points: Keypoints, i: int, j: int) -> float:
    s, t = points.scales[i], points.scales[j]
    d = hypot(*(points.places[i] - points.places[j]))
    return exp(-abs(s - t) / (s + t)) * exp(-(d**2) / (2 * (DIAGONAL / 2) ** 2))


def blurred(votes: dict[tuple[int, int], float], put: Callable[..., object]) -> Blurred:
    """Each vote spread over the 13 × 13 bins around it, one by one."""
    bell = [exp(-(step**2) / (2 * 1.5**2)) for step in range(-6, 7)]
    total = sum(bell)
    spread: Blurred = defaultdict(float)
    for (row, column), weight in votes.items():
        for down, along in product(range(-6, 7), repeat=2):
            place = put(row + down, column + along)
            if isinstance(place, tuple):
                spread[place] += weight * bell[down + 6] * bell[along + 6] / total**2
    return spread


def three_summits(spread: Blurred, put: Callable[..., object]) -> list[tuple[int, int]]:
    tops = [
        (row, column)
        for (row, column), value in spread.items()
        if all(
            spread.get(put(row + down, column + along), 0.0) <= value  # type: ignore[call-overload]
            for down, along in product(range(-5, 6), repeat=2)
        )
    ]
    return sorted(tops, key=lambda top: -spread[top])[:3]


def on_axes(row: int, column: int) -> object:
    """A bin of 64 offsets and 60 angles; half a turn on, the offset changes its sign."""
    if column in range(60):
        return (row, column) if row in range(64) else None
    return on_axes(63 - row, column % 60)


def in_picture(row: int, column: int) -> object:
    return (row, column) if row in range(32) and column in range(32) else None


def axes_slowly(points: Keypoints) -> list[float]:
    votes: dict[tuple[int, int], float] = defaultdict(float)
    cast = []
    for i, j in two_nearest(points, mirrored(points.descriptors)):
        (x, y), (u, v) = points.places[i], points.places[j]
        t = atan2(v - y, u - x) % pi
        r = ((x + u) / 2 - 111.5) * cos(t) + ((y + v) / 2 - 111.5) * sin(t)
        place = on_axes(floor(64 * (r / DIAGONAL + 0.5)), floor(60 * t / pi + 0.5))
        assert isinstance(place, tuple)
        facing = max(0, 1 - cos(points.angles[i] + points.angles[j] - 2 * t))
        votes[place] += facing * likeness(points, i, j)
        cast.append((place, facing))
    spread = blurred(votes, on_axes)
    values: list[float] = []
    for row, column in three_summits(spread, on_axes):
        near = {on_axes(row + a, column + b) for a in range(-2, 3) for b in range(-2, 3)}
        support = sum(place in near and facing > 0 for place, facing in cast)
        strength = spread[row, column] / (1 + sum(votes.values()))
        values += [strength, (row + 0.5) / 64 - 0.5, column / 60, support / len(points.places)]
    return values + [0.0] * (12 - len(values))


def centres_slowly(points: Keypoints) -> list[float]:
    votes: dict[tuple[int, int], float] = defaultdict(float)
    cast = []
    for i, j in two_nearest(points, points.descriptors):
        (x, y), (u, v) = points.places[i], points.places[j]
        beta = (pi - (points.angles[j] - points.angles[i]) % (2 * pi)) / 2
        radius = hypot(u - x, v - y) * (1 + tan(beta) ** 2) ** 0.5 / 2
        heading = beta + atan2(v - y, u - x)
        centre = x + 0.5 + radius * cos(heading), y + 0.5 + radius * sin(heading)
        place = in_picture(floor(centre[1] / 7), floor(centre[0] / 7))
        if isinstance(place, tuple):
            votes[place] += likeness(points, i, j)
            cast.append((place, radius, likeness(points, i, j)))
    spread = blurred(votes, in_picture)
    values: list[float] = []
    for row, column in three_summits(spread, in_picture):
        near = [one for one in cast if abs(one[0][0] - row) <= 2 and abs(one[0][1] - column) <= 2]
        mean = sum(r * weight for _, r, weight in near) / sum(weight for _, _, weight in near)
        strength = spread[row, column] / (1 + sum(votes.values()))
        values += [mean / DIAGONAL, (column + 0.5) / 32, (row + 0.5) / 32, strength]
    return values + [0.0] * (12 - len(values))


@seeds
def test_axes_are_those_of_counting_pair_by_pair(seed: int) -> None:
    points = scattered(25, seed)
    np.testing.assert_allclose(bilateral_symmetry(points), axes_slowly(points), atol=1e-9)


@seeds
def test_centres_are_those_of_counting_pair_by_pair(seed: int) -> None:
    points = scattered(25, seed)
    np.testing.assert_allclose(rotational_symmetry(points), centres_slowly(points), atol=1e-9)


@settings(max_examples=30, deadline=None)
@given(st.floats(0, pi - 1e-6), st.floats(-60, 60), st.integers(0, 99))
def test_the_axis_of_mirrored_keypoints_is_found(theta: float, r: float, seed: int) -> None:
    half = scattered(20, seed)
    normal = np.array([cos(theta), sin(theta)])
    beyond = (half.places - 111.5) @ normal - r
    other = half._replace(
        places=half.places - 2 * beyond[:, None] * normal,
        angles=2 * theta + pi - half.angles,
        descriptors=mirrored(half.descriptors),
    )
    inside = (np.abs(other.places - 111.5) <= 111.5).all(axis=1) & (np.abs(beyond) > 1)
    both = joined(*(Keypoints(*(each[inside] for each in one)) for one in (half, other)))
    strength, offset, angle, support = bilateral_symmetry(both)[:4]
    # Half a turn on, an axis lies on the other side.
    ways = [(offset, angle), (-offset, angle + 1), (-offset, angle - 1)]
    off = min(max(abs(a - r / DIAGONAL) * 64, abs(b - theta / pi) * 60) for a, b in ways)
    assert off <= 2 or inside.sum() < 4
    assert 0 <= strength < 1
    assert 0 <= support <= 2


@settings(max_examples=30, deadline=None)
@given(st.floats(60, 160), st.floats(60, 160), st.integers(0, 99))
def test_the_centre_of_turned_keypoints_is_found(x: float, y: float, seed: int) -> None:
    start = scattered(12, seed)
    way = (start.places - 111.5) * 0.4
    third = 2 * pi / 3
    flower = [
        start._replace(
            places=[x, y] + way @ [[cos(turn), sin(turn)], [-sin(turn), cos(turn)]],
            angles=start.angles + turn,
        )
        for turn in (0, third, 2 * third)
    ]
    radius, at_x, at_y, _ = rotational_symmetry(joined(joined(*flower[:2]), flower[2]))[:4]
    assert abs(at_x - (x + 0.5) / 224) <= 1.5 / 32
    assert abs(at_y - (y + 0.5) / 224) <= 1.5 / 32
    assert radius == pytest.approx(np.hypot(*way.T).mean() / DIAGONAL, rel=0.3)


@seeds
def test_a_quarter_turn_turns_axes_and_centres(seed: int) -> None:
    points = scattered(60, seed)
    axes = bilateral_symmetry(points).reshape(3, 4)
    again = bilateral_symmetry(turned(points)).reshape(3, 4)
    np.testing.assert_allclose(again[:, [0, 3]], axes[:, [0, 3]])
    is_over = axes[:, 2] >= 0.5
    np.testing.assert_allclose(again[:, 2], axes[:, 2] + np.where(is_over, -0.5, 0.5), atol=1e-9)
    np.testing.assert_allclose(again[:, 1], np.where(is_over, -1, 1) * axes[:, 1], atol=1e-9)
    centres = rotational_symmetry(points).reshape(3, 4)
    found = rotational_symmetry(turned(points)).reshape(3, 4)
    np.testing.assert_allclose(found[:, [0, 3]], centres[:, [0, 3]])
    np.testing.assert_allclose(found[:, 1], 1 - centres[:, 2])
    np.testing.assert_allclose(found[:, 2], centres[:, 1])


@pytest.mark.parametrize("name", ["astronaut", "coffee", "chelsea"])
def test_the_strongest_axis_of_a_picture_beside_its_mirror_is_vertical(name: str) -> None:
    """11.2 of the specification: less than 2 % of the diagonal from the middle."""
    half = getattr(skimage.data, name)()[::2, ::2]
    both = np.concatenate([half, half[:, ::-1]], axis=1)
    first, second = bilateral_symmetry(View(both).keypoints).reshape(3, 4)[:2]
    assert abs(first[1]) < 0.02
    assert first[2] == 0.0
    assert first[0] > 5 * second[0]


def test_a_windmill_turns_about_its_middle() -> None:
    dots = np.where(noise(100, 100)[..., 0] > 250, 255, 0).astype(np.uint8)
    quarter = cv2.GaussianBlur(cv2.dilate(dots, np.ones((7, 7), np.uint8)), (0, 0), 2)
    top = np.concatenate([quarter, np.rot90(quarter, -1)], axis=1)
    wheel = np.concatenate([top, np.rot90(top, 2)], axis=0)
    picture = np.repeat(wheel[..., None], 3, axis=2)
    _, x, y, _ = rotational_symmetry(View(picture).keypoints)[:4]
    assert (x, y) == pytest.approx((0.5, 0.5), abs=1 / 32)


def test_mirrored_descriptors_are_those_of_a_mirrored_picture() -> None:
    copy = View(skimage.data.chelsea()).square
    there = np.ascontiguousarray(copy[:, ::-1])
    sift = cv2.SIFT.create(enable_precise_upscale=True)
    found, descriptors = sift.detectAndCompute(copy, None)
    beyond = [
        cv2.KeyPoint(223 - one.pt[0], one.pt[1], one.size, (180 - one.angle) % 360, 1.0, one.octave)
        for one in found
    ]
    _, seen = sift.compute(there, beyond)
    same = np.abs(seen - mirrored(descriptors)).max(axis=1)
    assert np.median(same) == 0
    assert np.median(np.abs(seen - descriptors).max(axis=1)) > 20
    np.testing.assert_array_equal(mirrored(mirrored(descriptors)), descriptors)


def test_keypoints_of_one_place_are_not_paired() -> None:
    points = scattered(3, 1)
    points.places[1] = points.places[0]
    found = pairs(points, points.descriptors)
    assert sorted(zip(found.first, found.second, strict=True)) == [(0, 2), (1, 2), (2, 0), (2, 1)]
    assert (found.length > 0).all()


@pytest.mark.parametrize("n_points", [0, 1])
def test_without_a_pair_there_is_no_symmetry(n_points: int) -> None:
    points = scattered(n_points, 1)
    assert not bilateral_symmetry(points).any()
    assert not rotational_symmetry(points).any()


def test_keypoints_that_only_shift_have_no_centre() -> None:
    points = scattered(20, 1)._replace(angles=np.ones(20))
    assert not rotational_symmetry(points).any()


def test_a_picture_of_one_colour_has_no_keypoints() -> None:
    assert len(keypoints(square_copy(View(plain(30, 40, 9, 200, 30)).grey)).places) == 0


def test_of_equal_summits_the_first_row_and_column_is_taken() -> None:
    votes = np.zeros((40, 40))
    votes[[5, 5, 20, 30], [5, 30, 5, 30]] = 1.0
    found = summits(votes, is_round=False, columns=40)
    assert list(zip(found.rows, found.columns, strict=True)) == [(5, 5), (5, 30), (20, 5)]


@pytest.mark.parametrize(("apart", "n_summits"), [(5, 1), (6, 2)])
def test_a_summit_hides_lesser_ones_within_five_bins(apart: int, n_summits: int) -> None:
    votes = np.zeros((40, 40))
    votes[20, [10, 10 + apart]] = 1.0, 0.9
    assert len(summits(votes, is_round=False, columns=40).rows) == n_summits


def test_a_pair_that_faces_the_wrong_way_supports_no_axis() -> None:
    """Two pairs about one axis, the keypoints of the second turned to the same side."""
    alike = np.repeat(scattered(2, 1).descriptors, 2, axis=0)
    points = Keypoints(
        np.array([[50, 100], [173, 100], [80, 100], [143, 100]], float),
        np.array([pi / 2, pi / 2, 0, 0]),
        np.ones(4),
        np.where(np.arange(4)[:, None] % 2, mirrored(alike), alike),
    )
    _, offset, angle, support = bilateral_symmetry(points)[:4]
    assert (abs(offset) * 64, angle, support) == (0.5, 0.0, 2 / 4)


def test_votes_beside_each_other_are_one_summit() -> None:
    votes = np.zeros((40, 40))
    votes[20, [20, 21]] = 1.0
    found = summits(votes, is_round=False, columns=40)
    assert (found.rows.tolist(), found.columns.tolist()) == ([20], [20])


@pytest.mark.parametrize("picture", [noise(60, 90), painted(90, 60), checker(64, 64, 16)])
def test_the_square_copy_of_a_mirrored_picture_is_mirrored(picture: np.ndarray) -> None:
    here = square_copy(View(picture).grey)
    there = square_copy(View(np.ascontiguousarray(picture[::-1, ::-1])).grey)
    np.testing.assert_array_equal(there, here[::-1, ::-1])
