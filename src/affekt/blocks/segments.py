"""A picture cut into segments, and what each of them is like.

Marker-controlled watershed on the gradient of the grey values, as both public codes of the papers
do it. The lines of the watershed belong to the segments beside them. Where exactly photographs are
cut depends on the library; that two versions of one library agree is not promised.

Differs:
    The gradient is rounded to whole numbers, and markers of the background are lines two pixels
    wide where the nearest bright spot changes: the watershed of the distance without its search.
"""

from typing import Literal, NamedTuple

import cv2
import numpy as np
from jaxtyping import Bool, Float, Int
from skimage.filters import threshold_otsu
from skimage.measure import label
from skimage.morphology import disk, local_maxima

from affekt.blocks.circular import TURN
from affekt.blocks.colours import Hsy, Plane
from affekt.blocks.flooding import dilated_under, eroded_over, watershed

Labels = Int[np.ndarray, "row column"]
Mask = Bool[np.ndarray, "row column"]
PerSegment = Float[np.ndarray, " segment"]
EIGHT = 2  # pixels that touch by a corner are connected


class Grain(NamedTuple):
    """How finely a set cuts.

    Attributes:
        footprint: Neighbourhood over which the picture is smoothed, a disk or a square.
        markers_px: Side of the square that closes and thins the markers.
        least_px: A marker of fewer pixels is dropped.
    """

    footprint: Literal["disk", "square"]
    markers_px: int
    least_px: int


FINE = Grain("disk", 3, 3)  # Machajdik and Hanbury (2010)
COARSE = Grain("square", 5, 20)  # Zhao et al. (2014)
FOOTPRINTS = {"disk": disk(3), "square": np.ones((10, 10), np.uint8)}


class Segments(NamedTuple):
    """What the segments of a picture are like; one entry a segment in each array.

    Attributes:
        pixels: Number of pixels.
        share: Share of the picture; sums to 1.
        hue: Circular mean, rad, 0 ≤ hue < 2 pi.
        dispersion: Of the hue inside the segment, 0–1.
        saturation: Mean, 0–1.
        brightness: Mean, 0–1.
    """

    pixels: Int[np.ndarray, " segment"]
    share: PerSegment
    hue: PerSegment
    dispersion: PerSegment
    saturation: PerSegment
    brightness: PerSegment


def segmented(grey: Plane, grain: Grain) -> Labels:
    """Give the number of the segment of each pixel, from 0 without gaps.

    Args:
        grey: 0–255, whole numbers; a picture of one grey is one segment.
        grain: How finely to cut.
    """
    levels = grey.astype(np.uint8)
    if levels.min() == levels.max():
        return np.zeros(levels.shape, np.int32)
    smooth = _smoothed(levels, FOOTPRINTS[grain.footprint])
    is_marker = _foreground(smooth, grain) | _background(smooth)
    if not is_marker.any():
        return np.zeros(levels.shape, np.int32)
    markers = label(is_marker, connectivity=EIGHT)
    return watershed(_steepness(levels), markers) - 1


def facts(labels: Labels, colours: Hsy) -> Segments:
    """Give what each segment is like."""
    where = labels.ravel()
    pixels = np.bincount(where)

    def mean(plane: Plane) -> PerSegment:
        return np.bincount(where, plane.ravel()) / pixels

    along, across = mean(np.cos(colours.hue)), mean(np.sin(colours.hue))
    hue = np.arctan2(across, along) % TURN
    hue[hue >= TURN] = 0.0
    return Segments(
        pixels,
        pixels / pixels.sum(),
        hue,
        (1 - np.hypot(along, across)).clip(0, 1),
        mean(colours.saturation),
        mean(colours.brightness),
    )


def _smoothed(levels: np.ndarray, footprint: np.ndarray) -> np.ndarray:
    """Give the opening, then the closing, each by reconstruction."""
    opened = dilated_under(cv2.erode(levels, footprint), levels)
    return eroded_over(cv2.dilate(opened, footprint), opened)


def _foreground(smooth: np.ndarray, grain: Grain) -> Mask:
    """Give markers inside of what is brighter than all around it."""
    square = np.ones((grain.markers_px, grain.markers_px), np.uint8)
    is_top = local_maxima(smooth, connectivity=EIGHT).astype(np.uint8)
    thinned = cv2.erode(cv2.morphologyEx(is_top, cv2.MORPH_CLOSE, square), square)
    parts = label(thinned, connectivity=EIGHT)
    is_large = np.bincount(parts.ravel()) >= grain.least_px
    is_large[0] = False
    inside: Mask = is_large[parts]
    return inside


def _background(smooth: np.ndarray) -> Mask:
    """Give the lines halfway between what is bright: the watershed of the distance to it."""
    if smooth.min() == smooth.max():
        return np.zeros(smooth.shape, bool)
    is_dark = smooth <= threshold_otsu(smooth)
    _, zones = cv2.distanceTransformWithLabels(
        is_dark.astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_CCOMP
    )
    is_line = np.zeros(smooth.shape, bool)
    for before, after in (np.s_[:, :-1], np.s_[:, 1:]), (np.s_[:-1], np.s_[1:]):
        differs = zones[before] != zones[after]
        is_line[before] |= differs
        is_line[after] |= differs
    lines: Mask = is_line & is_dark
    return lines


def _steepness(levels: np.ndarray) -> Int[np.ndarray, "row column"]:
    """Give the gradient in whole numbers, 0 to 1140: the watershed has a queue for each."""
    along = cv2.Sobel(levels, cv2.CV_16S, 1, 0, borderType=cv2.BORDER_REPLICATE)
    across = cv2.Sobel(levels, cv2.CV_16S, 0, 1, borderType=cv2.BORDER_REPLICATE)
    return np.rint(np.hypot(along.astype(np.float32), across)).astype(np.int32)
