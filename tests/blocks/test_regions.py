"""Overlapping rectangles made of cells."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from affekt.blocks.regions import REGIONS, SIZES, bounds, boxes, cell_of, summed

sides = st.integers(8, 600)


def test_nine_halves_and_121_sixths() -> None:
    places = boxes(120, 240)
    assert len(places) == REGIONS == 130
    assert [size.rows for size in SIZES] == [slice(0, 9), slice(9, 130)]
    assert places[0] == (slice(0, 60), slice(0, 120))
    assert places[1] == (slice(0, 60), slice(60, 180))
    assert places[8] == (slice(60, 120), slice(120, 240))
    assert places[9] == (slice(0, 20), slice(0, 40))
    assert places[10] == (slice(0, 20), slice(20, 60))
    assert places[129] == (slice(100, 120), slice(200, 240))


@given(sides, sides)
def test_no_region_is_empty_and_all_lie_inside(height: int, width: int) -> None:
    for rows, columns in boxes(height, width):
        assert 0 <= rows.start < rows.stop <= height
        assert 0 <= columns.start < columns.stop <= width


@given(sides)
def test_cells_go_from_end_to_end(side: int) -> None:
    edges = bounds(side)
    assert (edges[0], edges[-1]) == (0, side)
    assert (np.diff(edges) >= 0).all()


@pytest.mark.parametrize("side", [12, 20, 40, 512])
def test_a_grid_that_cuts_no_pixel_in_half_is_its_own_mirror(side: int) -> None:
    np.testing.assert_array_equal(bounds(side), side - bounds(side)[::-1])


@given(sides, sides)
@settings(max_examples=10, deadline=None)
def test_sums_over_cells_are_counts_of_regions(height: int, width: int) -> None:
    values = np.random.default_rng(height).integers(0, 5, (height, width))
    cells = cell_of(height, width)
    counts = np.array([np.bincount(values[cells == cell], minlength=5) for cell in range(144)])
    expected = [np.bincount(values[box].ravel(), minlength=5) for box in boxes(height, width)]
    np.testing.assert_array_equal(summed(counts), expected)
