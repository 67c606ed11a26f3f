"""Emphasis: contrasts between segments, and the share of the saliency on three masks."""

from itertools import combinations
from math import pi

import numpy as np
import pytest
import skimage.data
from hypothesis import given
from hypothesis import strategies as st

from affekt.blocks.colour_names import colour_names
from affekt.blocks.emphasis import colour_contrasts, focused_attention, n_present
from affekt.blocks.memberships import BRIGHTNESS, SATURATION, partition, warmth
from affekt.blocks.segments import Segments
from affekt.blocks.view import View
from tests.blocks.pictures import noise, plain, ramp

NO_NAMES = np.eye(11)[3]
segment = st.tuples(
    st.integers(1, 5000), st.floats(0, 6.28), st.floats(0, 1), st.floats(0, 1)
)  # pixels, hue, saturation, brightness


def of(*parts: tuple[float, float, float, float]) -> Segments:
    pixels, hue, saturation, brightness = (
        np.array(each, float) for each in zip(*parts, strict=True)
    )
    return Segments(
        pixels.astype(int), pixels / pixels.sum(), hue, np.zeros(len(hue)), saturation, brightness
    )


def deviation(degrees: list[float], shares: list[float]) -> float:
    mean = sum(a * m for a, m in zip(shares, degrees, strict=True))
    return float(sum(a * (m - mean) ** 2 for a, m in zip(shares, degrees, strict=True)) ** 0.5)


def cosine(one: np.ndarray, other: np.ndarray) -> float:
    return float(one @ other / (one @ one) ** 0.5 / (other @ other) ** 0.5)


def slowly(parts: list[tuple[float, float, float, float]], names: np.ndarray) -> list[float]:
    """The list of the specification, value by value."""
    turns = [hue / (2 * pi) for _, hue, _, _ in parts]
    total = sum(pixels for pixels, _, _, _ in parts)
    shares = [pixels / total for pixels, _, _, _ in parts]
    hues = [min(abs(a - b), 1 - abs(a - b)) for a, b in combinations(turns, 2)]
    warm = [warmth(np.array([hue]))[0] for _, hue, _, _ in parts]
    alike = [cosine(a, b) for a, b in combinations(warm, 2)]
    pale = [partition(np.array([saturation]), SATURATION)[0] for _, _, saturation, _ in parts]
    light = [partition(np.array([brightness]), BRIGHTNESS)[0] for _, _, _, brightness in parts]
    held = [sum(int(turn * 12) == sector for turn in turns) for sector in range(12)]
    both = [(held[k], held[k + 6]) for k in range(6) if held[k] and held[k + 6]]
    even = [min(pair) / max(pair) for pair in both]
    numbers = [float((names >= 0.005).sum()), *(names * total)]
    return [
        float(np.mean(hues)) if hues else 0.0,
        *(deviation([float(one[level]) for one in pale], shares) for level in range(3)),
        *(deviation([float(one[level]) for one in light], shares) for level in range(5)),
        float(np.mean(alike)) if alike else 1.0,
        len(both),
        float(np.mean(even)) if even else 0.0,
        float(np.std(even, ddof=1)) if len(even) > 1 else 0.0,
        0.0 if both else 1.0,
        float(np.std(numbers, ddof=1)) / sum(numbers),
    ]


@given(st.lists(segment, min_size=1, max_size=12), st.integers(0, 9))
def test_contrasts_are_those_of_the_list(
    parts: list[tuple[float, float, float, float]], seed: int
) -> None:
    names = np.random.default_rng(seed).dirichlet(np.full(11, 0.2))
    found = colour_contrasts(of(*parts), names)
    np.testing.assert_allclose(found, slowly(parts, names), atol=1e-7)


def test_reds_on_both_sides_of_zero_hardly_differ() -> None:
    """Defect of earlier code: hue as a number between 0 and 1 would differ by 0.98."""
    both = of((10, 0.01 * 2 * pi, 1, 0.5), (10, 0.99 * 2 * pi, 1, 0.5))
    assert colour_contrasts(both, NO_NAMES)[0] == pytest.approx(0.02)


def test_one_segment_has_no_contrast_and_is_like_itself() -> None:
    found = colour_contrasts(of((64, 1.0, 0.4, 0.4)), NO_NAMES)
    np.testing.assert_allclose(found[:14], [0, *[0] * 8, 1, 0, 0, 0, 1], atol=1e-12)


def test_red_beside_cyan_is_one_complementary_pair() -> None:
    found = colour_contrasts(
        of((9, 0.1, 1, 0.3), (9, 0.2, 1, 0.3), (9, 0.1 + pi, 1, 0.7)), NO_NAMES
    )
    assert found[10:14].tolist() == [1, 0.5, 0, 0]


def test_extension_is_largest_when_one_colour_covers_all() -> None:
    one = colour_contrasts(of((1000, 0, 0, 0)), np.eye(11)[0])[14]
    even = colour_contrasts(of((1000, 0, 0, 0)), np.full(11, 1 / 11))[14]
    assert one == pytest.approx(np.std([1, 1000, *[0] * 10], ddof=1) / 1001)
    assert even < one < 12**-0.5


def test_a_colour_is_present_with_half_a_percent() -> None:
    names = np.array([0.99, 0.005, 0.0049, 0.0001, *[0] * 7])
    assert n_present(names) == 2


@pytest.mark.parametrize("picture", [plain(20, 30, 255, 0, 0), ramp(20, 300), noise(40, 40)])
def test_segments_of_a_picture_give_contrasts_in_their_ranges(picture: np.ndarray) -> None:
    view = View(picture)
    found = colour_contrasts(view.coarse_segments, colour_names(view.lab))
    assert (found >= 0).all()
    assert (found <= [0.5, *[0.5] * 8, 1, 6, 1, 1, 1, 12**-0.5]).all()


@pytest.mark.parametrize("level", [1.0, 0.0])
def test_attention_everywhere_or_nowhere_is_that_of_the_masks(level: float) -> None:
    """7.3 of the specification."""
    found = focused_attention(np.full((64, 64), level))
    np.testing.assert_allclose(found, [0.3506, 0.3013, 0.3013], atol=5e-5)


@pytest.mark.parametrize(
    ("row", "column", "on"),
    [
        (21, 21, [1, 1, 0]),
        (21, 42, [1, 0, 1]),
        (1, 1, [0, 1, 0]),
        (62, 1, [0, 0, 1]),
        (31, 31, [0, 1, 1]),
        (3, 31, [0, 0, 0]),
    ],
)
def test_one_place_lies_on_its_masks(row: int, column: int, on: list[int]) -> None:
    spot = np.zeros((64, 64))
    spot[row, column] = 0.3
    assert focused_attention(spot).tolist() == on


def test_the_diagonals_change_places_in_a_mirror() -> None:
    """11.2 of the specification."""
    here = focused_attention(View(skimage.data.coffee()[::4, ::4]).saliency)
    there = focused_attention(View(skimage.data.coffee()[::4, ::4][:, ::-1].copy()).saliency)
    np.testing.assert_allclose(there, here[[0, 2, 1]], atol=1e-9)


def test_the_diagonals_of_a_self_mirrored_picture_are_equal() -> None:
    """11.2 of the specification."""
    half = skimage.data.chelsea()[::4, ::4]
    found = focused_attention(View(np.concatenate([half, half[:, ::-1]], axis=1)).saliency)
    assert found[1] == pytest.approx(found[2], abs=1e-9)
