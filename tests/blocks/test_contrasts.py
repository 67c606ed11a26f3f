"""Itten's contrasts between segments."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from affekt.blocks import contrasts
from affekt.blocks.contrasts import disharmony, hues, itten, over_pairs, weighted_deviation
from affekt.blocks.memberships import BRIGHTNESS, SATURATION, is_warm, partition, warmth
from affekt.blocks.segments import Segments

HIGH = [0.5, 0.5, 2, np.pi, 1, np.pi, 1, 1, 1, 1]


def made(seed: int, count: int) -> Segments:
    """Segments of random size and colour, the first of them grey."""
    draw = np.random.default_rng(seed)
    pixels = draw.integers(1, 900, count)
    colours = draw.random((4, count))
    colours[2, 0] = 0.01
    return Segments(pixels, pixels / pixels.sum(), 2 * np.pi * colours[0], *colours[1:])


def of(*colours: tuple[float, float]) -> Segments:
    """Segments of half-saturated colours, each a share and a hue in degrees."""
    share, degrees = np.array(colours, np.float64).T
    half = np.full(len(share), 0.5)
    return Segments(
        (1000 * share).astype(np.int64), share, np.deg2rad(degrees), 0 * half, half, half
    )


def slow(segments: Segments) -> np.ndarray:
    """One segment and one pair at a time."""
    found = [
        levels(segments.brightness, segments.share, BRIGHTNESS),
        levels(segments.saturation, segments.share, SATURATION),
    ]
    rows = [row for row in zip(*segments, strict=True) if row[4] >= 0.02]
    angles = [abs(one[2] - other[2]) for one, other in combinations(rows, 2)]
    angles = [min(angle, 2 * np.pi - angle) for angle in angles]
    vectors = [warmth(np.array([row[2]]))[0] for row in rows]
    found.append([2 * np.sin(angle / 2) for angle in angles])
    found.append(angles)
    found.append(
        [
            one @ other / (one @ one * (other @ other)) ** 0.5
            for one, other in combinations(vectors, 2)
        ]
    )
    means = [float(np.mean(items)) for items in found]
    most = [float(np.max(items)) for items in found]
    warm = [row[1] for row in rows if is_warm(np.array([row[2]]))[0]]
    cold = [row[1] for row in rows if not is_warm(np.array([row[2]]))[0]]
    spread = [row[1] * row[3] for row in zip(*segments, strict=True)]
    means += [float(np.sum(items)) for items in (spread, warm, cold)]
    most += [float(np.max(items)) for items in (segments.dispersion, warm, cold)]
    return np.array(means + most)


def levels(values: np.ndarray, share: np.ndarray, breakpoints: tuple[float, ...]) -> list[float]:
    degrees = partition(values, breakpoints).T
    means = [float(np.average(level, weights=share)) for level in degrees]
    return [
        float(np.average((level - mean) ** 2, weights=share)) ** 0.5
        for level, mean in zip(degrees, means, strict=True)
    ]


@pytest.mark.parametrize(("seed", "count"), [(1, 30), (2, 7), (3, 60)])
def test_contrasts_are_what_a_loop_over_pairs_finds(seed: int, count: int) -> None:
    segments = made(seed, count)
    without_polygon = [0, 1, 2, 3, 4, 7, 8, 9]
    found = itten(segments).reshape(2, 10)[:, without_polygon]
    np.testing.assert_allclose(found.ravel(), slow(segments), atol=1e-12)


def test_pairs_looked_at_in_blocks_are_all_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    segments = made(5, 41)
    at_once = itten(segments)
    monkeypatch.setattr(contrasts, "BLOCK", 100)
    np.testing.assert_allclose(itten(segments), at_once, atol=1e-12)


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**31), st.integers(1, 40))
def test_values_are_in_their_range(seed: int, count: int) -> None:
    found = itten(made(seed, count)).reshape(2, 10)
    assert (found >= 0).all()
    assert (found <= np.array(HIGH) + 1e-9).all()
    assert (found[1] >= found[0] - 1e-9)[:6].all()


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**31), st.integers(2, 20))
def test_the_order_of_segments_does_not_matter(seed: int, count: int) -> None:
    segments = made(seed, count)
    other = np.random.default_rng(seed).permutation(count)
    mixed = Segments(*(fact[other] for fact in segments))
    np.testing.assert_allclose(itten(mixed), itten(segments), atol=1e-9)


def test_one_segment_has_no_contrast_but_is_as_warm_as_itself() -> None:
    means, most = itten(of((1.0, 10.0))).reshape(2, 10)
    np.testing.assert_allclose(means, [0, 0, 0, 0, 1, 0, 1 / 12, 0, 1, 0])
    np.testing.assert_allclose(most, [0, 0, 0, 0, 1, 0, 1, 0, 1, 0])


def test_greys_have_no_hue_to_contrast() -> None:
    grey = of((0.5, 10.0), (0.5, 190.0))._replace(saturation=np.array([0.0, 0.019]))
    means = itten(grey)[:10]
    np.testing.assert_allclose(means[2:], [0, 0, 1, 0, 0, 0, 0, 0])


def test_opposites_differ_by_half_a_circle_in_harmony() -> None:
    means = itten(of((0.5, 0.0), (0.5, 180.0)))[:10]
    np.testing.assert_allclose(means[[2, 3, 5]], [2, np.pi, 0], atol=1e-12)


@pytest.mark.parametrize(
    ("degrees", "off"),
    [
        ((0, 120, 240), [0, 0, 0]),
        ((0, 90, 180, 270), [0, 0, 0, 0]),
        ((0, 30, 60), [np.pi / 4, np.pi / 2, np.pi / 4]),
        ((0, 90), [np.pi / 2]),
        ((330, 30), [2 * np.pi / 3]),
        ((120,), []),
    ],
)
def test_hues_are_corners_of_a_polygon(degrees: tuple[float, ...], off: list[float]) -> None:
    shares = hues(of(*((1 / len(degrees), float(angle)) for angle in degrees)))
    np.testing.assert_allclose(np.sort(disharmony(shares)), np.sort(off), atol=1e-12)


def inner_angles(degrees: list[int]) -> list[float]:
    """Angles of a polygon from the coordinates of its corners."""
    corners = np.exp(1j * np.deg2rad(degrees))
    before, after = np.roll(corners, 1) - corners, np.roll(corners, -1) - corners
    return list(np.abs(np.angle(before / after)))


@given(st.sets(st.integers(0, 11), min_size=3, max_size=12))
def test_inner_angles_are_those_of_the_drawn_polygon(bins: set[int]) -> None:
    shares = np.zeros(12)
    shares[list(bins)] = 1 / len(bins)
    regular = np.pi * (len(bins) - 2) / len(bins)
    wanted = [abs(angle - regular) for angle in inner_angles([30 * at for at in sorted(bins)])]
    np.testing.assert_allclose(disharmony(shares), wanted, atol=1e-9)


def test_a_hue_below_a_twentieth_does_not_count() -> None:
    segments = of((0.52, 350.0), (0.44, 100.0), (0.04, 200.0))
    found = itten(segments)
    assert found[6] == pytest.approx(2 / 12)
    assert found[16] == pytest.approx(0.52)
    np.testing.assert_allclose(hues(segments)[[0, 3, 7]], [0.52, 0.44, 0.04])


def test_a_deviation_is_half_where_two_halves_are_all_and_nothing() -> None:
    degrees = np.array([[1.0, 0.0], [0.0, 0.0]])
    np.testing.assert_allclose(weighted_deviation(degrees, np.array([0.5, 0.5])), [0.5, 0.0])


def test_mean_and_greatest_are_over_pairs_of_different_items() -> None:
    def distance(one: np.ndarray, other: np.ndarray) -> np.ndarray:
        return np.asarray(np.abs(one - other)[:, 0])

    found = over_pairs(np.array([[1.0], [4.0], [9.0]]), distance, alone=7.0)
    assert found == pytest.approx(((3 + 5 + 8) / 3, 8))
    assert over_pairs(np.array([[1.0]]), distance, alone=7.0) == (7.0, 7.0)
