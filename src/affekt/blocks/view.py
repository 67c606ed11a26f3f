"""One picture as the blocks look at it: what several of them need is made once, when first asked.

A view is of one thread: it keeps what it makes, and is thrown away with its picture.
"""

from functools import cached_property

import numpy as np

from affekt.blocks.balance import Copy, Keypoints, keypoints, square_copy
from affekt.blocks.colour_names import Shares, colour_names
from affekt.blocks.colours import Hsy, Picture, Plane, Planes, hsy, lab
from affekt.blocks.lines import Lines, Mask, edges, lines
from affekt.blocks.saliency import Map, saliency
from affekt.blocks.segments import COARSE, FINE, Segments, facts, segmented

COARSER_PX, FINER_PX = 2.0, 1.0  # blur before edges: of straight lines, of texture


class View:
    """A picture at the size of its set.

    Attributes:
        picture: Upright 8-bit sRGB, row × column × 3.
    """

    def __init__(self, picture: Picture) -> None:
        self.picture = picture

    @cached_property
    def colours(self) -> Hsy:
        """Hue (rad), saturation and brightness (0–1)."""
        return hsy(self.picture)

    @cached_property
    def grey(self) -> Plane:
        """Brightness as whole numbers, 0–255."""
        grey: Plane = np.rint(255 * self.colours.brightness)
        return grey

    @cached_property
    def lab(self) -> Planes:
        """CIELAB."""
        return lab(self.picture)

    @cached_property
    def names(self) -> Shares:
        """Share of each of the eleven names of colours, by the rule."""
        return colour_names(self.lab)

    @cached_property
    def fine_segments(self) -> Segments:
        """Segments of Machajdik and Hanbury."""
        return facts(segmented(self.grey, FINE), self.colours)

    @cached_property
    def coarse_segments(self) -> Segments:
        """Segments of Zhao et al."""
        return facts(segmented(self.grey, COARSE), self.colours)

    @cached_property
    def saliency(self) -> Map:
        """Where the eye is drawn, 64 × 64, 0–1."""
        return saliency(self.colours.brightness)

    @cached_property
    def coarse_edges(self) -> Mask:
        """Edges of a picture blurred by 2 px."""
        return edges(self.colours.brightness, COARSER_PX)

    @cached_property
    def lines(self) -> Lines:
        """Straight lines among the coarse edges."""
        return lines(self.coarse_edges)

    @cached_property
    def fine_edges(self) -> Mask:
        """Edges of a picture blurred by 1 px."""
        return edges(self.colours.brightness, FINER_PX)

    @cached_property
    def square(self) -> Copy:
        """Grey values squashed to 224 × 224."""
        return square_copy(self.grey)

    @cached_property
    def keypoints(self) -> Keypoints:
        """Keypoints of that square."""
        return keypoints(self.square)
