"""Picture → vector, hand-made or from a net.

To add one, write ``features/<kind>.py`` with one final subclass of `Feature`; a set too big for
one file is a folder of that name whose ``__init__.py`` is the part. The exam in
``tests/exams/test_features.py`` finds it. What a picture is to the hand-made sets, and their blocks
as plain functions on arrays: `affekt.blocks`.

A feature may have a learned half, such as a vocabulary: `extract` then gives a raw vector, and what
`learn` was shown of training pictures turns it into values. `affekt.stages.predict` learns anew in
every fold, from its training rows alone.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

import numpy as np
from jaxtyping import Float, UInt8

from affekt.blocks.value import Value
from affekt.errors import PartError
from affekt.nets.text import TextEncoder
from affekt.parts import Part

Picture = UInt8[np.ndarray, "row column 3"]
Vector = Float[np.ndarray, " feature"]
Raw = Float[np.ndarray, " _"]  # what is kept of a picture until something was learned


@dataclass(frozen=True)
class Encoder(ABC):
    """What a feature learned from training pictures: arrays, never a pickled object."""

    facts: Mapping[str, Any] = field(default_factory=dict, kw_only=True)  # JSON values

    @abstractmethod
    def encode(self, raw: Raw) -> Vector:
        """Give the values (float32, finite, as many as names) of a raw vector."""


class Trained(NamedTuple):
    """A net that was trained in this project.

    Attributes:
        address: Of the product that holds it.
        graph: Its ONNX file, checked.
        emotions: Names of its logits, in order.
    """

    address: str
    graph: Path
    emotions: tuple[str, ...]


class Feature(Part):
    """Picture → vector of fixed length; thread-safe and deterministic.

    ``is_python`` is True for a feature that holds Python's lock much of the time: each of several
    workers is then a process of its own instead of a thread. ``of_learning`` names the settings
    that only `learn` reads, so that raw vectors are not made anew when they change.
    """

    family = "features"
    is_python: ClassVar[bool] = False
    of_learning: ClassVar[frozenset[str]] = frozenset()

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
    def is_learned(self) -> bool:
        """Whether `extract` gives raw vectors, which `learn` tells how to turn into values."""
        return False

    @property
    def needs(self) -> str | None:
        """Name of the trained net of the plan that it looks through; None where it needs none."""
        return None

    def with_net(self, net: Trained) -> "Feature":
        """Give the same feature looking through the net it needs.

        Raises:
            PartError: It looks through none.
        """
        raise PartError(
            f"feature {self.kind()!r} was handed a trained net and has no `with_net`; write it, or "
            "let `needs` be None"
        )

    @property
    def texts(self) -> TextEncoder | None:
        """The half of its net that reads, where its vectors lie beside those of texts."""
        return None

    @property
    def longest(self) -> int:
        """Most numbers that `extract` gives; raw vectors may be shorter."""
        return self.length

    def raw_identity(self) -> dict[str, Any]:
        """Give all that can change what `extract` gives."""
        known = self.identity()
        return {name: value for name, value in known.items() if name not in self.of_learning}

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
        """Give the vector (float32, finite) of an upright sRGB picture of any size.

        Raises:
            PictureError: A set of blocks calls a picture too small.
        """

    def learn(self, image_ids: Sequence[str], raws: Iterable[Raw]) -> Encoder:
        """Learn from the raw vectors of training pictures, in the order of their identifiers.

        They may be looked at once, one after the other: all of them need not fit in memory.

        Raises:
            PartError: It has no learned half.
        """
        raise PartError(
            f"feature {self.kind()!r} was shown training pictures and has no `learn`; write it, or "
            "let `is_learned` be False"
        )
