"""What a net that reads is to those who only want vectors of texts."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from jaxtyping import Float32


class TextEncoder(ABC):
    """The half of a net that reads: texts → vectors that lie beside those of pictures."""

    @abstractmethod
    def identity(self) -> Mapping[str, Any]:
        """Give all that its vectors come from, as JSON values.

        Raises:
            AffektError: The net is not on this machine, or cannot read.
        """

    @property
    @abstractmethod
    def scale(self) -> float:
        """What the net learned to multiply cosines by before a softmax, above 0."""

    @abstractmethod
    def read(self, texts: Sequence[str]) -> Float32[np.ndarray, "text feature"]:
        """Give a vector a text, of any length but 0.

        Raises:
            AffektError: A text is too long for the net, or it cannot read.
        """
