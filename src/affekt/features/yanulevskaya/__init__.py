"""The features of Yanulevskaya et al.: edges as integrated Weibull densities, and Gabor filters."""

from collections.abc import Iterable, Sequence
from itertools import product
from math import inf
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from pydantic import Field, field_validator

from affekt.blocks.block import Block, Item, Value, Values, described, extracted
from affekt.blocks.colours import Resized
from affekt.blocks.gabor import FILTERS, gabor, gabor_energies
from affekt.blocks.gaussian_colour import gaussian_colour
from affekt.blocks.regions import REGIONS, SIZES
from affekt.blocks.sized import at_most, without_frame
from affekt.blocks.view import View
from affekt.blocks.weibull import GREATEST_SHAPE, LEAST_SHAPE
from affekt.blocks.wiccest import ITEMS, SCALES, edges, wiccest
from affekt.features import Feature, Picture, Raw, Vector
from affekt.features._sets import Original, in_table_order, of_words
from affekt.features.yanulevskaya.raw import Layout
from affekt.features.yanulevskaya.vocabularies import KINDS, Kind, School, Vocabularies

WORDS = ("wiccest", "gabor")
LONGER_PX = 512
SOURCES = {
    "wiccest": "Geusebroek and Smeulders 2005; van Gemert et al. 2006",
    "gabor": "Hoang et al. 2005; Yanulevskaya et al. 2008",
}


class Yanulevskaya(Feature):
    """192 values: how like the items of a vocabulary, fitted on training rows, the regions are.

    130 overlapping rectangles are told by the integrated Weibull densities of their edges
    (``wiccest``, at two scales) and by histograms of Gabor filters (``gabor``). Of each of three
    vocabularies, for each of both sizes of rectangles, each item gives the mean and the greatest
    similarity. The vocabularies are learned in every fold from its training pictures alone.

    ``variant = "holistic"`` learns nothing: 72 values of the picture as a whole.

    References:
        Yanulevskaya, van Gemert, Roth, Herbold, Sebe and Geusebroek (2008), Emotional valence
        categorization using holistic image features, ICIP; van Gemert, Geusebroek, Veenman, Snoek
        and Smeulders (2006), Robust scene categorization by learning image statistics in context,
        CVPR workshop.

    Differs:
        Their vocabulary of patches drawn by hand is not public; ours is made of regions of training
        pictures by k-medoids. Size of the picture, grid and the frequencies of the Gabor filters
        are our choices too, and so is the holistic variant.
    """

    is_python: ClassVar[bool] = True
    of_learning = frozenset({"vocabulary", "most_regions", "seed"})

    variant: Literal["vocabulary", "holistic"] = Field(
        "vocabulary",
        description="vocabulary: regions told by items learned from training pictures; holistic: "
        "the whole picture, nothing learned",
    )
    blocks: tuple[str, ...] = Field(WORDS, description="kinds of statistics to compute")
    longer_px: Annotated[int, Field(ge=8, le=4096)] | Original = Field(
        LONGER_PX, description="longer side to shrink to, px; original: as it comes"
    )
    is_cropped: bool = Field(False, description="leave out a frame of one colour")
    vocabulary: int = Field(16, ge=1, le=REGIONS, description="items of each vocabulary")
    most_regions: int = Field(
        5_000, ge=REGIONS, le=20_000, description="training regions a vocabulary is learned from"
    )
    seed: int = Field(description="draws the training regions")

    @field_validator("blocks", mode="before")
    @classmethod
    def _known(cls, chosen: Any) -> tuple[str, ...]:
        return in_table_order(chosen, WORDS)

    @property
    def values(self) -> tuple[Value, ...]:
        if not self.is_learned:
            return described(self.kind(), self._rows)
        return tuple(
            Value(f"{self.kind()}.{kind.block}.{item}", "share", 0.0, 1.0, SOURCES[kind.block])
            for kind in self._kinds
            for item in self._items_of(kind)
        )

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(value.name for value in self.values)

    @property
    def is_learned(self) -> bool:
        return self.variant == "vocabulary"

    @property
    def longest(self) -> int:
        return self._layout.longest if self.is_learned else self.length

    def extract(self, picture: Picture) -> Vector:
        sized = self._sized(picture)
        if self.is_learned:
            return self._layout.of(sized)
        return extracted(View(sized), self._rows).astype(np.float32)

    def learn(self, image_ids: Sequence[str], raws: Iterable[Raw]) -> Vocabularies:
        school = School(self._layout, self._kinds, self.vocabulary, self.most_regions, self.seed)
        return school.learn(image_ids, raws)

    def _sized(self, picture: Picture) -> Resized:
        inner = without_frame(picture) if self.is_cropped else picture
        longer_px = max(inner.shape) if self.longer_px == "original" else self.longer_px
        return at_most(inner, longer_px)

    def _items_of(self, kind: Kind) -> list[str]:
        return [
            f"{kind.name}{size.name}_{item:0{len(str(self.vocabulary - 1))}}_{told}"
            for size, item, told in product(SIZES, range(self.vocabulary), ("mean", "max"))
        ]

    @property
    def _layout(self) -> Layout:
        return Layout("wiccest" in self.blocks, "gabor" in self.blocks)

    @property
    def _kinds(self) -> tuple[Kind, ...]:
        return tuple(kind for kind in KINDS if kind.block in self.blocks)

    @property
    def _rows(self) -> tuple[Block, ...]:
        return of_words((_wiccest_row(), _gabor_row()), self.blocks)


def _wiccest_row() -> Block:
    items = tuple(
        Item(f"scale{scale:g}_{name}", "", *_ends(name)) for scale in SCALES for name in ITEMS
    )
    return Block("wiccest", items, SOURCES["wiccest"], _whole_wiccest)


def _gabor_row() -> Block:
    items = tuple(Item(f"{name}_{told}") for told in ("mean", "deviation") for name in FILTERS)
    return Block("gabor", items, SOURCES["gabor"], _whole_gabor)


def _ends(name: str) -> tuple[float, float]:
    return (LEAST_SHAPE, GREATEST_SHAPE) if name.endswith("gamma") else (0.0, inf)


def _whole_wiccest(view: View) -> Values:
    planes = gaussian_colour(view.picture)
    return np.concatenate([wiccest(edges(planes, scale)) for scale in SCALES])


def _whole_gabor(view: View) -> Values:
    return gabor_energies(gabor(gaussian_colour(view.picture)))
