"""What a net sees in one picture for one answer, beside what a shuffled one would see."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, UInt8

from affekt.measures.saliency import (
    Affine,
    Grid,
    cells_greyed,
    centred,
    class_activation_map,
    most_marked,
)
from affekt.models._linear import FittedLinear
from affekt.nets.session import Session
from affekt.nets.shuffled import LAYER, Weights, before_the_mean, shuffled
from affekt.rank import rank_of, shares_of

GREY = 128  # next to nothing for the net, which takes 127.5 from every value

Square = UInt8[np.ndarray, "side side 3"]
Channels = Float[np.ndarray, " channel"]
Mapper = Callable[[Square, Sequence[Channels]], list[Grid]]


class Seen(NamedTuple):
    """What is seen in one picture.

    Attributes:
        probability: Of the answer.
        map: What each cell adds to it.
        shuffled: The same, the classifier's weights of that answer in a drawn order.
        all_shuffled: The same, those of all layers before it, too.
        without_marked: Probability with the highest cells greyed out.
        without_random: Probability with as many cells by lot greyed out.
    """

    probability: float
    map: Grid
    shuffled: Grid
    all_shuffled: Grid
    without_marked: float
    without_random: float


class Eye:
    """A net and a linear map on its features.

    Args:
        weights: Of the net, published names.
        linear: From its features to an answer.
        layer: Whose cells are mapped.
        seed: Of what is shuffled, and of the cells by lot.
    """

    def __init__(self, weights: Weights, linear: FittedLinear, layer: str, seed: int) -> None:
        self._net = before_the_mean(weights)
        self._linear, self._seed = linear, seed
        self._scores = centred(Affine(linear.weights, linear.biases), linear.is_known)
        self._maps = _mapper(weights, layer, self._net)
        self._maps_shuffled = _mapper(shuffled(weights, seed), layer)

    def at(self, image_id: str, pixels: Square, answer: int, greyed: float) -> Seen:
        """Look at one picture; the classifier is shuffled anew for each."""
        channels = self._scores.weights[:, answer]
        lot = np.random.default_rng(rank_of(image_id, self._seed, "explain classifier"))
        drawn = lot.permutation(channels)
        grid, twin = self._maps(pixels, (channels, drawn))
        (other,) = self._maps_shuffled(pixels, (drawn,))
        cells = cells_greyed(greyed, grid.size)
        names = [f"{image_id} {cell}" for cell in range(grid.size)]
        by_lot = shares_of(names, self._seed, "explain cells").reshape(grid.shape)
        return Seen(
            self._probability(pixels, answer),
            grid,
            twin,
            other,
            self._probability(_without(pixels, most_marked(grid, cells)), answer),
            self._probability(_without(pixels, most_marked(by_lot, cells)), answer),
        )

    def _probability(self, pixels: Square, answer: int) -> float:
        features = self._net.run(pixels[None], LAYER).mean(axis=(2, 3), dtype=float)
        return float(self._linear.probabilities(features)[0, answer])


def _mapper(weights: Weights, layer: str, net: Session | None = None) -> Mapper:
    """Give what maps a picture for scores: without a gradient where there is no need of one."""
    if layer == LAYER:
        graph = net or before_the_mean(weights)

        def maps(pixels: Square, scores: Sequence[Channels]) -> list[Grid]:
            activations = graph.run(pixels[None], LAYER)[0]
            return [class_activation_map(activations, one) for one in scores]

        return maps
    from affekt.training import grad_cam  # needs PyTorch

    held = grad_cam.opened(weights)
    return lambda pixels, scores: [grad_cam.grad_cam(held, pixels, one, layer) for one in scores]


def _without(pixels: Square, cells: Bool[np.ndarray, "row column"]) -> Square:
    """Grey out some cells of a picture."""
    each = len(pixels) // len(cells)
    hidden = cells.repeat(each, axis=0).repeat(each, axis=1)
    greyed: Square = np.where(hidden[..., None], np.uint8(GREY), pixels)
    return greyed
