"""The grid of overlapping rectangles whose statistics are compared with a vocabulary.

All rectangles are made of the same 12 × 12 cells, so what can be counted is counted once a cell.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Int

CELLS = 12  # along each side; the coarsest grid that all rectangles are made of


class Size(NamedTuple):
    """Rectangles of one size, all over the picture.

    Attributes:
        name: Share of the picture's width and height that one has.
        cells: That many cells on each side.
        step: Cells from one to the next, half a rectangle.
        rows: Which rows of a table of regions are theirs.
    """

    name: str
    cells: int
    step: int
    rows: slice

    def starts(self) -> range:
        """Give the first cell of each rectangle along a side."""
        return range(0, CELLS - self.cells + 1, self.step)


SIZES = (Size("half", 6, 3, slice(0, 9)), Size("sixth", 2, 1, slice(9, 130)))
REGIONS = 130

Bounds = Int[np.ndarray, "13"]


def bounds(side_px: int) -> Bounds:
    """Give the pixel at which each cell of a side begins, and the end; cells may be empty.

    A rectangle never is, from 8 px on.
    """
    return np.floor(np.arange(CELLS + 1) * side_px / CELLS + 0.5).astype(np.int64)


def boxes(height: int, width: int) -> list[tuple[slice, slice]]:
    """Give rows and columns of the 130 regions: 3 × 3 of size 1/2, then 11 × 11 of size 1/6.

    Each grid goes from the top, in each row from the left.
    """
    down, right = bounds(height), bounds(width)
    return [
        (slice(down[top], down[top + size.cells]), slice(right[left], right[left + size.cells]))
        for size in SIZES
        for top in size.starts()
        for left in size.starts()
    ]


def cell_of(height: int, width: int) -> Int[np.ndarray, "row column"]:
    """Give the number of the cell that each pixel lies in, 0 … 143, from the top left by rows."""
    down, right = (np.repeat(np.arange(CELLS), np.diff(bounds(side))) for side in (height, width))
    return down[:, None] * CELLS + right


def summed(cells: Int[np.ndarray, "144 value"]) -> Int[np.ndarray, "130 value"]:
    """Give the sum over the cells of each region, exactly."""
    corner = np.zeros((CELLS + 1, CELLS + 1, cells.shape[1]), cells.dtype)
    grid = cells.reshape(CELLS, CELLS, -1)
    np.cumsum(np.cumsum(grid, axis=0, out=grid.copy()), axis=1, out=corner[1:, 1:])
    sums = [_windows(corner, size) for size in SIZES]
    return np.concatenate(sums)


def _windows(corner: Int[np.ndarray, "13 13 value"], size: Size) -> Int[np.ndarray, "box value"]:
    low = np.array(size.starts())
    high = low + size.cells
    down = corner[high] - corner[low]
    windows: Int[np.ndarray, "box value"] = (down[:, high] - down[:, low]).reshape(
        -1, corner.shape[2]
    )
    return windows
