"""What affekt knows of a net before it runs: its input, its outputs, what it is made of."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import prod


@dataclass(frozen=True)
class Net:
    """A net that can be turned into an ONNX graph with uint8 RGB pictures as input.

    Attributes:
        name: Word that names it in plans, file names and feature names.
        side_px: Height and width of its input.
        shapes: Shape of what each layer gives for a picture, by the layer's name.
        weights_sha256: SHA-256 of the file its weights are read from, checked before use.
        builder: Version of the code that makes the graph; raise it when the graph answers
            differently.
        build: Makes the graph, as the bytes of an ONNX file.
    """

    name: str
    side_px: int
    shapes: Mapping[str, tuple[int, ...]]
    weights_sha256: str
    builder: int
    build: Callable[[], bytes]

    @property
    def lengths(self) -> dict[str, int]:
        """Number of values a picture at each layer."""
        return {name: prod(shape) for name, shape in self.shapes.items()}

    @property
    def digest(self) -> str:
        """SHA-256 of name, weights and builder: the graph is filed under it."""
        return hashlib.sha256(
            f"{self.name}\n{self.weights_sha256}\n{self.builder}".encode()
        ).hexdigest()
