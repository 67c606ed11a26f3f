"""What affekt knows of a net before it runs: its input, its layers, what it is made of."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from math import prod
from pathlib import Path
from typing import NamedTuple

USUAL_CROP = 224 / 256  # as most nets trained on ImageNet are tested
UNKNOWN = "unknown"  # a user's weights that are no file known by its hash


@dataclass(frozen=True)
class Net:
    """A net with its weights that can be turned into an ONNX graph of uint8 RGB pictures.

    Attributes:
        name: Word that names it in plans, file names and feature names.
        side_px: Height and width of its input.
        shapes: Shape of what each layer of the graph gives for a picture, by the layer's name.
        weights_sha256: SHA-256 of the file its weights are read from.
        builder: Version of the code that makes the graph; raise it when the graph answers
            differently.
        build: Makes the graph, as the bytes of an ONNX file.
        crop_share: Side of the central square that the framing ``crop`` takes, as a share of the
            picture's shorter side.
        facts: What else its answers come from, and what is known of the weights; plain words.
        is_kept: The graph is worth keeping in the user's cache, as one made of a user's own large
            file is not: reading that file again takes no longer.
    """

    name: str
    side_px: int
    shapes: Mapping[str, tuple[int, ...]]
    weights_sha256: str
    builder: int
    build: Callable[[], bytes]
    crop_share: float = USUAL_CROP
    facts: Mapping[str, str] = field(default_factory=dict)
    is_kept: bool = True

    @property
    def lengths(self) -> dict[str, int]:
        """Number of values a picture at each layer."""
        return {name: prod(shape) for name, shape in self.shapes.items()}

    @cached_property
    def digest(self) -> str:
        """SHA-256 of all that the graph is made of: it is filed under it."""
        facts = [f"{name}={fact}" for name, fact in sorted(self.facts.items())]
        made_of = [self.name, self.weights_sha256, str(self.builder), *self.shapes, *facts]
        return hashlib.sha256("\n".join(made_of).encode()).hexdigest()


class Given(NamedTuple):
    """Files that a user brings: weights, and what is subtracted from a picture."""

    weights: Path | None = None
    mean: Path | None = None


@dataclass(frozen=True)
class Design:
    """A net's shape, and how its weights are found.

    Attributes:
        name: Word that names it in plans.
        layers: Its named layers, from the picture to the classes.
        aliases: Names that every net has, and the layers they stand for here: ``features`` is what
            enters the classifier, ``logits`` what leaves it.
        takes: Which of `Given` it has a use for; weights that it takes it needs.
        open: Gives the net, with at least one layer, out of the user's files.
    """

    name: str
    layers: tuple[str, ...]
    aliases: Mapping[str, str]
    takes: frozenset[str]
    open: Callable[[Given, str], Net]

    def layer(self, name: str) -> str:
        """Give the layer that a name stands for.

        Raises:
            ValueError: This net has none of that name.
        """
        layer = self.aliases.get(name, name)
        if layer not in self.layers:
            known = ", ".join([*self.layers, *self.aliases])
            raise ValueError(f"{self.name} has no layer {name!r}; it has {known}")
        return layer
