"""What several blocks share: angles, colours, sizes, memberships, segments, saliency, lines."""

import colorsys

import cv2
import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from affekt.blocks import circular, memberships, sized
from affekt.blocks.colours import hsy
from affekt.blocks.lines import edges, lines
from affekt.blocks.saliency import saliency
from affekt.blocks.segments import COARSE, FINE, Grain, facts, segmented
from affekt.blocks.threads import opencv_on_one_thread
from affekt.blocks.view import View
from affekt.errors import PictureError
from tests.blocks.pictures import Picture, checker, noise, painted, plain, ramp

angles = st.lists(st.floats(0, 6.28), min_size=2, max_size=20)
grains = pytest.mark.parametrize("grain", [FINE, COARSE], ids=["fine", "coarse"])


def grey_of(picture: Picture) -> np.ndarray:
    return View(picture).grey


@given(angles)
def test_mean_and_dispersion_are_those_of_a_library(some: list[float]) -> None:
    given_angles = np.array(some)
    found = circular.spread(given_angles)
    assert found.dispersion == pytest.approx(scipy.stats.circvar(given_angles), abs=1e-9)
    there = scipy.stats.circmean(given_angles)
    weight = 1 - found.dispersion  # an undirected sum has no mean to compare
    assert weight * circular.apart(np.array(found.mean), np.array(there)) < 1e-9


def test_angles_across_zero_have_their_mean_at_zero() -> None:
    """Defect of earlier code: an arithmetic mean would be half a turn away."""
    found = circular.spread(np.deg2rad([350.0, 10.0]))
    assert circular.apart(np.array(found.mean), np.array(0.0)) < 1e-12


def test_angles_without_weight_or_direction_have_mean_zero() -> None:
    assert circular.spread(np.ones(3), np.zeros(3)) == (0.0, 0.0)
    assert circular.spread(np.array([0.5, 0.5 + np.pi])) == pytest.approx((0.0, 1.0))


@given(st.integers(0, 255), st.integers(0, 255), st.integers(0, 255))
def test_colours_are_hanburys(red: int, green: int, blue: int) -> None:
    colour = hsy(plain(1, 1, red, green, blue))
    share = np.array([red, green, blue]) / 255
    assert colour.saturation[0, 0] == pytest.approx(share.max() - share.min())
    assert colour.brightness[0, 0] == pytest.approx(share @ [0.299, 0.587, 0.114])
    sector = colorsys.rgb_to_hsv(*share)[0]  # the hexagon and the circle agree to about 1.1 degrees
    assert circular.apart(colour.hue[0], np.array([2 * np.pi * sector])) < np.deg2rad(1.2)


def test_a_grey_has_hue_zero() -> None:
    assert not hsy(ramp(4, 256)).hue.any()


@given(st.integers(20, 3000), st.integers(20, 3000))
def test_the_size_is_the_nearest_to_200_000_pixels(height: int, width: int) -> None:
    shape = sized.at_area(np.zeros((height, width, 3), np.uint8)).shape
    scale = (200_000 / (height * width)) ** 0.5
    off = abs(shape[0] * shape[1] - 200_000)
    sizes = [
        abs((round(height * scale) + up) * (round(width * scale) + along) - 200_000)
        for up in (-1, 0, 1)
        for along in (-1, 0, 1)
    ]
    assert off == min(sizes)


def test_a_picture_of_the_best_size_is_not_touched() -> None:
    picture = noise(400, 500)
    assert sized.at_area(picture) is picture


def test_a_small_picture_grows_for_one_set_and_stays_for_another() -> None:
    small = noise(20, 30)
    assert sized.at_area(small).shape == (365, 548, 3)
    assert sized.at_most(small, 512) is small
    assert sized.at_most(noise(100, 1024), 512).shape == (50, 512, 3)


@pytest.mark.parametrize(
    "resize", [lambda one: sized.at_most(one, 512), sized.as_it_is, sized.at_area]
)
def test_a_side_below_8_pixels_is_refused(resize: object) -> None:
    assert callable(resize)
    with pytest.raises(PictureError, match="at least 8 × 8 are needed"):
        resize(np.zeros((1, 4000, 3), np.uint8))


def test_a_frame_is_left_out_and_its_picture_kept() -> None:
    picture = painted(100, 140)
    framed = np.zeros((120, 160, 3), np.uint8)
    framed[10:110, 10:150] = picture
    np.testing.assert_array_equal(sized.without_frame(framed), picture)
    assert sized.without_frame(noise(50, 60)).shape == (50, 60, 3)


def test_a_frame_takes_a_fifth_at_most() -> None:
    framed = np.zeros((100, 100, 3), np.uint8)
    framed[30:70, 30:70] = 200
    assert sized.without_frame(framed).shape == (60, 60, 3)


def test_a_picture_of_one_colour_has_no_frame() -> None:
    assert sized.without_frame(plain(40, 40, 9, 9, 9)).shape == (40, 40, 3)


@given(st.floats(-1, 2), st.sampled_from([memberships.BRIGHTNESS, memberships.SATURATION]))
def test_memberships_sum_to_one(value: float, breakpoints: tuple[float, ...]) -> None:
    degrees = memberships.partition(np.array([value]), breakpoints)[0]
    assert degrees.sum() == pytest.approx(1.0)
    assert (degrees >= 0).all()
    assert np.count_nonzero(degrees) <= 2


@given(st.floats(0, 6.283))
def test_warmth_sums_to_one_and_nothing_is_warm_and_cold(hue: float) -> None:
    warm, neutral, cold = memberships.warmth(np.array([hue]))[0]
    assert warm + neutral + cold == pytest.approx(1.0)
    assert min(warm, cold) == 0.0
    assert min(warm, neutral, cold) >= -1e-12


def test_the_warmest_hue_is_orange_and_the_coldest_blue() -> None:
    degrees = memberships.warmth(np.deg2rad([50.0, 230.0, 140.0]))
    np.testing.assert_allclose(degrees, [[1, 0, 0], [0, 0, 1], [0, 1, 0]], atol=1e-9)


@grains
def test_a_picture_of_one_colour_is_one_segment(grain: Grain) -> None:
    assert not segmented(grey_of(plain(40, 60, 255, 0, 0)), grain).any()


@grains
@pytest.mark.parametrize("picture", [painted(90, 120), noise(64, 70), checker(96, 128, 32)])
def test_segments_are_numbered_without_gaps_and_cover_the_picture(
    grain: Grain, picture: Picture
) -> None:
    labels = segmented(grey_of(picture), grain)
    assert labels.shape == picture.shape[:2]
    assert set(np.unique(labels)) == set(range(labels.max() + 1))
    found = facts(labels, hsy(picture))
    assert found.share.sum() == pytest.approx(1.0)
    assert found.pixels.sum() == labels.size


def test_two_discs_on_black_are_cut_from_each_other() -> None:
    canvas = np.zeros((120, 240, 3), np.uint8)
    for column, colour in ((60, (255, 40, 40)), (180, (40, 40, 255))):
        cv2.circle(canvas, (column, 60), 35, colour, -1)
    labels = segmented(grey_of(canvas), FINE)
    assert labels[60, 60] != labels[60, 180]


def test_what_a_segment_is_like_is_what_a_loop_finds() -> None:
    picture = painted(60, 80)
    colours = hsy(picture)
    labels = segmented(grey_of(picture), FINE)
    found = facts(labels, colours)
    number = int(found.share.argmax())
    inside = labels == number
    hue = circular.spread(colours.hue[inside])
    assert found.hue[number] == pytest.approx(hue.mean)
    assert found.dispersion[number] == pytest.approx(hue.dispersion)
    assert found.saturation[number] == pytest.approx(colours.saturation[inside].mean())
    assert found.brightness[number] == pytest.approx(colours.brightness[inside].mean())


def test_saliency_is_highest_at_the_one_odd_spot() -> None:
    canvas = noise(128, 128) // 3
    canvas[30:42, 90:102] = 255
    found = saliency(hsy(canvas).brightness)
    row, column = np.unravel_index(found.argmax(), found.shape)
    assert abs(row - 18) <= 4
    assert abs(column - 48) <= 4
    assert (found.min(), found.max()) == (0.0, 1.0)


def test_a_picture_of_one_brightness_draws_the_eye_everywhere() -> None:
    assert (saliency(np.full((50, 70), 0.3)) == 1).all()


def test_a_drawn_line_is_found_with_its_length_and_slant() -> None:
    canvas = np.zeros((200, 300))
    canvas[:, :] = 0.0
    cv2.line(canvas, (40, 100), (260, 100), 1.0, 9)
    found = lines(edges(canvas, 2.0))
    assert found.lengths.max() == pytest.approx(220, rel=0.1)
    flat = np.minimum(found.slants, 180 - found.slants)
    assert flat[found.lengths.argmax()] < 2


def test_no_edge_gives_no_line() -> None:
    found = lines(edges(np.zeros((60, 60)), 2.0))
    assert (len(found.ends), len(found.lengths), len(found.slants)) == (0, 0, 0)


def test_the_same_edges_give_the_same_lines() -> None:
    is_edge = edges(hsy(painted(200, 200)).brightness, 2.0)
    np.testing.assert_array_equal(lines(is_edge).ends, lines(is_edge).ends)


def test_opencv_works_on_one_thread_for_a_while() -> None:
    before = cv2.getNumThreads()
    with opencv_on_one_thread():
        assert cv2.getNumThreads() == 1
    assert cv2.getNumThreads() == before
