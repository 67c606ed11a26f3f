"""Vocabularies learned from regions of training pictures, and pictures told by them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

from affekt.blocks.regions import REGIONS
from affekt.blocks.vocabulary import (
    Descriptors,
    Items,
    Similarities,
    apart,
    histogram_similarity,
    medoids,
    occurrence,
    wiccest_similarity,
)
from affekt.features import Encoder, Raw, Vector
from affekt.features.yanulevskaya.raw import Layout
from affekt.rank import ranks_of

Some = Float[np.ndarray, "_ _"]  # items of one vocabulary beside those of another


class Kind(NamedTuple):
    """Descriptors that are compared with one vocabulary.

    Attributes:
        block: Wiccest or Gabor.
        name: What the names of its values begin with.
        similarity: Of descriptors to items.
        scale: Number of the Wiccest scale.
    """

    block: str
    name: str
    similarity: Callable[[Descriptors, Items], Similarities]
    scale: int = 0

    def descriptors(self, layout: Layout, raw: Raw) -> Descriptors:
        """Give those of all regions of a picture."""
        return layout.gabor(raw) if self.block == "gabor" else layout.wiccest(raw, self.scale)


KINDS = (
    Kind("wiccest", "scale1_", wiccest_similarity, 0),
    Kind("wiccest", "scale3_", wiccest_similarity, 1),
    Kind("gabor", "", histogram_similarity),
)


@dataclass(frozen=True)
class Vocabularies(Encoder):
    """One vocabulary a kind of descriptors.

    Attributes:
        layout: Of the raw vectors.
        kinds: What each vocabulary is of.
        items: Descriptors of its items.
    """

    layout: Layout
    kinds: tuple[Kind, ...]
    items: tuple[Some, ...]

    def encode(self, raw: Raw) -> Vector:
        told = [
            occurrence(kind.similarity(kind.descriptors(self.layout, raw), items))
            for kind, items in zip(self.kinds, self.items, strict=True)
        ]
        return np.concatenate(told).astype(np.float32)


@dataclass(frozen=True)
class School:
    """How vocabularies are learned.

    Attributes:
        layout: Of the raw vectors.
        kinds: What they are of.
        items: Items of each.
        most: Regions it is learned from, at most.
        seed: Of the draw of regions.
    """

    layout: Layout
    kinds: tuple[Kind, ...]
    items: int
    most: int
    seed: int

    def learn(self, image_ids: Sequence[str], raws: Iterable[Raw]) -> Vocabularies:
        """Learn from pictures, looked at one by one."""
        chosen = drawn(image_ids, self.most, self.seed)
        kept: list[list[np.ndarray]] = [[] for _ in self.kinds]
        for regions, raw in zip(chosen, raws, strict=True):
            if regions.size:
                for found, kind in zip(kept, self.kinds, strict=True):
                    found.append(kind.descriptors(self.layout, raw)[regions])
        items = tuple(
            self._items(kind, np.concatenate(found))
            for kind, found in zip(self.kinds, kept, strict=True)
        )
        facts = {"items": self.items, "regions": sum(map(len, chosen))}
        return Vocabularies(self.layout, self.kinds, items, facts=facts)

    def _items(self, kind: Kind, descriptors: Descriptors) -> Items:
        items: Items = descriptors[medoids(apart(descriptors, kind.similarity), self.items)]
        return items


def drawn(image_ids: Sequence[str], most: int, seed: int) -> list[Int[np.ndarray, " _"]]:
    """Give the regions drawn from each picture: as many from each, or one more, ``most`` in all.

    Where pictures are more than that, one each is drawn from some.
    """
    order = np.argsort(ranks_of(image_ids, seed, "vocabulary"), kind="stable")
    each, more = divmod(min(most, REGIONS * len(image_ids)), max(len(image_ids), 1))
    chosen = [np.empty(0, int) for _ in image_ids]
    for place, picture in enumerate(order[: None if each else more]):
        names = [f"{image_ids[picture]}/{region}" for region in range(REGIONS)]
        by_rank = np.argsort(ranks_of(names, seed, "vocabulary"), kind="stable")
        chosen[picture] = np.sort(by_rank[: each + (place < more)])
    return chosen
