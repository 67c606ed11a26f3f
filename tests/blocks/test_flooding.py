"""Reconstruction and watershed, against a library and against a heap of pixels."""

import heapq

import numpy as np
import pytest
import scipy.ndimage
import skimage.morphology
import skimage.segmentation
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from skimage import data

from affekt.blocks.colours import hsy
from affekt.blocks.flooding import dilated_under, eroded_over, watershed
from affekt.blocks.segments import COARSE, FINE, Grain, segmented
from affekt.blocks.view import View
from tests.blocks.pictures import Picture, checker, noise, painted

Levels = np.ndarray
sides = st.tuples(st.integers(1, 20), st.integers(1, 20))


@st.composite
def two_pictures(draw: st.DrawFn) -> tuple[Levels, Levels]:
    """Grey pictures of one size, of few levels so that there are plateaus."""
    shape = draw(sides)
    one, other = (draw(arrays(np.uint8, shape, elements=st.integers(0, 6))) for _ in range(2))
    return one * 40, other * 40


def by_library(marker: Levels, mask: Levels, method: str) -> Levels:
    found = skimage.morphology.reconstruction(marker, mask, method)
    return np.asarray(found).astype(np.uint8)


@settings(max_examples=40, deadline=None)
@given(two_pictures())
def test_reconstruction_is_that_of_a_library(pair: tuple[Levels, Levels]) -> None:
    low, high = np.minimum(*pair), np.maximum(*pair)
    np.testing.assert_array_equal(dilated_under(low, high), by_library(low, high, "dilation"))
    np.testing.assert_array_equal(eroded_over(high, low), by_library(high, low, "erosion"))


def test_reconstruction_of_a_photograph_is_that_of_a_library() -> None:
    grey = View(data.coffee()[::3, ::3].copy()).grey.astype(np.uint8)
    marker = scipy.ndimage.grey_erosion(grey, (7, 7))
    wanted = by_library(marker, grey, "dilation")
    np.testing.assert_array_equal(dilated_under(marker, grey), wanted)


def test_a_light_creeps_through_a_maze() -> None:
    """Two sweeps do not reach its end; what they leave goes from pixel to pixel."""
    maze = np.full((41, 41), 200, np.uint8)
    maze[1::4, :-1] = 0
    maze[3::4, 1:] = 0
    spark = np.zeros_like(maze)
    spark[40, 0] = 200
    np.testing.assert_array_equal(dilated_under(spark, maze), maze)
    np.testing.assert_array_equal(dilated_under(spark.T.copy(), maze.T.copy()), maze.T)


def slow_watershed(height: np.ndarray, markers: np.ndarray) -> np.ndarray:
    """A heap of (level, when it came, where)."""
    basins = markers.copy()
    springs = zip(*np.nonzero(markers), strict=True)
    heap = [(height[at], when, at) for when, at in enumerate(springs)]
    heapq.heapify(heap)
    steps = [(-1, 0), (0, -1), (0, 1), (1, 0), (-1, -1), (-1, 1), (1, -1), (1, 1)]
    age = len(heap)
    while heap:
        _, _, (row, column) = heapq.heappop(heap)
        for down, along in steps:
            there = (row + down, column + along)
            inside = 0 <= there[0] < height.shape[0] and 0 <= there[1] < height.shape[1]
            if inside and not basins[there]:
                basins[there] = basins[row, column]
                heapq.heappush(heap, (height[there], age, there))
                age += 1
    return basins


@st.composite
def springs(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    shape = draw(sides)
    height = draw(arrays(np.int32, shape, elements=st.integers(0, 5)))
    markers = draw(arrays(np.int32, shape, elements=st.sampled_from([0, 0, 0, 0, 1, 2, 3])))
    markers[0, 0] = 1
    return height, markers


@settings(max_examples=40, deadline=None)
@given(springs())
def test_watershed_is_that_of_a_heap(pair: tuple[np.ndarray, np.ndarray]) -> None:
    np.testing.assert_array_equal(watershed(*pair), slow_watershed(*pair))


def test_watershed_of_a_photograph_mostly_is_that_of_a_library() -> None:
    """They part where several markers reach a pixel at one level."""
    colours = hsy(data.astronaut()[::4, ::4].copy())
    height = np.rint(1000 * scipy.ndimage.sobel(colours.brightness)).astype(np.int32)
    height = np.abs(height)
    markers = np.zeros(height.shape, np.int32)
    markers[8::16, 8::16] = np.arange(64).reshape(8, 8) + 1
    wanted = skimage.segmentation.watershed(height, markers, connectivity=2)
    assert (watershed(height, markers) == wanted).mean() > 0.95


def test_a_ridge_parts_two_waters() -> None:
    height = np.zeros((9, 11), np.int32)
    height[:, 5] = 7
    markers = np.zeros_like(height)
    markers[4, 0], markers[0, 10] = 1, 2
    found = watershed(height, markers)
    assert (found[:, :5] == 1).all()
    assert (found[:, 6:] == 2).all()


@pytest.mark.parametrize("grain", [FINE, COARSE], ids=["fine", "coarse"])
@pytest.mark.parametrize(
    "picture", [painted(90, 120), noise(64, 70), checker(96, 128, 24), data.chelsea()[::4, ::4]]
)
def test_each_segment_holds_together(grain: Grain, picture: Picture) -> None:
    labels = segmented(View(np.ascontiguousarray(picture)).grey, grain)
    parts = skimage.measure.label(labels, background=-1, connectivity=2)
    assert parts.max() == labels.max() + 1


@pytest.mark.parametrize("grain", [FINE, COARSE], ids=["fine", "coarse"])
def test_a_turned_picture_has_about_as_many_segments(grain: Grain) -> None:
    grey = View(data.chelsea()[::2, ::2].copy()).grey
    upright, turned, flipped = (
        segmented(np.ascontiguousarray(one), grain).max() + 1
        for one in (grey, np.rot90(grey), grey[:, ::-1])
    )
    assert turned == pytest.approx(upright, rel=0.1, abs=1)
    assert flipped == pytest.approx(upright, rel=0.1, abs=1)
