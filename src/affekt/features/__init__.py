"""Picture → vector, hand-made or from a net.

To add one, write ``features/<kind>.py`` with one final subclass of `Feature`; a set too big for
one file is a folder of that name whose ``__init__.py`` is the part. The exam in
``tests/exams/test_features.py`` finds it. What a picture is to the hand-made sets, and their blocks
as plain functions on arrays: `affekt.blocks`.
"""

from abc import abstractmethod
from typing import ClassVar

import numpy as np
from jaxtyping import Float, UInt8

from affekt.blocks.block import Value
from affekt.parts import Part

Picture = UInt8[np.ndarray, "row column 3"]
Vector = Float[np.ndarray, " feature"]


class Feature(Part):
    """Picture → vector of fixed length; thread-safe and deterministic.

    ``is_python`` is True for a feature that holds Python's lock much of the time: each of several
    workers is then a process of its own instead of a thread.
    """

    family = "features"
    is_python: ClassVar[bool] = False

    @property
    @abstractmethod
    def names(self) -> tuple[str, ...]:
        """One stable name a value, ``set.block.item``."""

    @property
    def values(self) -> tuple[Value, ...]:
        """What each value means, its unit, range and source; empty where values have no meaning."""
        return ()

    @property
    def length(self) -> int:
        """Number of values."""
        return len(self.names)

    @property
    def enough_px(self) -> int | None:
        """Shorter side, px, that loses nothing for this feature; None when every pixel counts.

        The decoder may halve a larger JPEG as long as its shorter side stays at or above this.
        """
        return None

    @property
    def square_px(self) -> int | None:
        """Side, px, of the square that every picture is squashed to first; None when it is not.

        The decoder then squashes, and `extract` mostly gets squares; it must give the same for a
        picture and for its square, see `affekt.pictures.square`. `enough_px` is twice this.
        """
        return None

    @abstractmethod
    def extract(self, picture: Picture) -> Vector:
        """Give the vector (float32, finite) of an upright sRGB picture of any size."""
