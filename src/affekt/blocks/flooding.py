"""Water that rises over a picture: reconstruction by dilation, and the watershed from markers.

Both give what scikit-image gives, on whole levels, in a tenth of its time; the watershed may differ
where several markers reach a pixel at one level, which scikit-image leaves to the order of a heap.

References:
    Vincent (1993), Morphological grayscale reconstruction in image analysis, IEEE Transactions on
    Image Processing 2: the hybrid algorithm.
    Meyer (1994), Topographic distance and watershed lines, Signal Processing 38: flooding from
    markers with a queue for each level.
"""

from typing import Any, no_type_check

import numpy as np
from jaxtyping import Int, UInt8
from numba import njit

Levels = UInt8[np.ndarray, "row column"]
Labels = Int[np.ndarray, "row column"]
NOBODY, OUTSIDE = 0, -1


def dilated_under(marker: Levels, mask: Levels) -> Levels:
    """Give the marker, grown until it stops at the mask: its reconstruction by dilation.

    Args:
        marker: From where; no higher than the mask anywhere.
        mask: What cannot be passed. Pixels that touch by a corner are neighbours.
    """
    grown, limit = np.pad(marker, 1), np.pad(mask, 1)  # a frame of zeros is never passed
    _grow(grown.ravel(), limit.ravel(), grown.shape[1])
    return np.ascontiguousarray(grown[1:-1, 1:-1])


def eroded_over(marker: Levels, mask: Levels) -> Levels:
    """Give the reconstruction by erosion, the same upside down; no lower than the mask."""
    return 255 - dilated_under(255 - marker, 255 - mask)


def watershed(height: Labels, markers: Labels) -> Labels:
    """Give to each pixel the marker whose water reaches it first, as its number.

    Water rises level by level, at one level in the order in which it came, to the sides first and
    then to the corners.

    Args:
        height: Whole numbers from 0.
        markers: Numbers from 1 where water springs, 0 elsewhere; at least one.
    """
    levels = np.pad(height.astype(np.int32), 1)
    basins = np.pad(markers.astype(np.int32), 1, constant_values=OUTSIDE)
    _flood(levels.ravel(), basins.ravel(), levels.shape[1])
    return np.ascontiguousarray(basins[1:-1, 1:-1])


# The compiler cannot read functions that tests have wrapped to check types, so these are exempt.


@njit(cache=True, nogil=True)
@no_type_check
def _grow(grown: Any, limit: Any, width: int) -> None:  # pragma: no cover  (compiled)
    """Grow in two sweeps, then from pixel to pixel what the sweeps could not reach."""
    steps = np.array([-width - 1, -width, -width + 1, -1])
    for at in range(width + 1, grown.size - width - 1):
        for step in steps:
            grown[at] = max(grown[at], min(grown[at + step], limit[at]))
    queue = np.empty(grown.size, np.int32)
    is_queued = np.zeros(grown.size, np.bool_)
    count = 0
    for at in range(grown.size - width - 2, width, -1):
        for step in steps:
            grown[at] = max(grown[at], min(grown[at - step], limit[at]))
        for step in steps:
            is_queued[at] |= grown[at - step] < min(grown[at], limit[at - step])
        if is_queued[at]:
            queue[count] = at
            count += 1
    _creep(grown, limit, steps, (queue, is_queued), count)


@njit(cache=True, nogil=True)
@no_type_check
def _creep(  # pragma: no cover  (compiled)
    grown: Any, limit: Any, steps: Any, queued: Any, count: int
) -> None:
    """Pass on what pixels hold until nobody around can take more."""
    queue, is_queued = queued
    first, size = 0, grown.size
    while count:
        at = queue[first]
        first, count = (first + 1) % size, count - 1
        is_queued[at] = False
        for side in range(8):
            other = at + (steps[side] if side < 4 else -steps[side - 4])
            reached = min(grown[at], limit[other])
            if grown[other] < reached:
                grown[other] = reached
                if not is_queued[other]:
                    is_queued[other] = True
                    queue[(first + count) % size] = other
                    count += 1


@njit(cache=True, nogil=True)
@no_type_check
def _flood(levels: Any, basins: Any, width: int) -> None:  # pragma: no cover  (compiled)
    """Flood from one queue a level, each a chain of pixels; every pixel is queued once."""
    steps = np.array([-width, -1, 1, width, -width - 1, -width + 1, width - 1, width + 1])
    head = np.full(levels.max() + 1, -1, np.int32)
    tail = head.copy()
    after = np.full(levels.size, -1, np.int32)
    for at in range(levels.size):
        if basins[at] > NOBODY:
            _append(head, tail, after, levels[at], at)
    level = 0
    while level < head.size:
        at = head[level]
        if at < 0:
            level += 1
            continue
        head[level] = after[at]
        for step in steps:
            other = at + step
            if basins[other] == NOBODY:
                basins[other] = basins[at]
                _append(head, tail, after, levels[other], other)
                level = min(level, levels[other])


@njit(cache=True, nogil=True)
@no_type_check
def _append(  # pragma: no cover  (compiled)
    head: Any, tail: Any, after: Any, level: int, at: int
) -> None:
    if head[level] < 0:
        head[level] = at
    else:
        after[tail[level]] = at
    tail[level] = at
