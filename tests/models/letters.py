"""A half that reads without a net: how often each letter stands in a text."""

from collections.abc import Mapping, Sequence
from string import ascii_lowercase
from typing import Any

import numpy as np

from affekt.nets.text import TextEncoder

LENGTH = len(ascii_lowercase)


class Letters(TextEncoder):
    """Counts of letters; keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def identity(self) -> Mapping[str, Any]:
        return {"kind": "letters"}

    @property
    def scale(self) -> float:
        return 10.0

    def read(self, texts: Sequence[str]) -> np.ndarray:
        self.asked += texts
        counts = [[text.count(letter) for letter in ascii_lowercase] for text in texts]
        return np.array(counts, np.float32)
