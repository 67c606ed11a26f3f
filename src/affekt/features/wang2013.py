"""The features of Wang et al. of 2013: what a person can tell of a picture in words."""

from typing import Annotated, Any, ClassVar

import numpy as np
from pydantic import Field, field_validator

from affekt.blocks.block import Block, Item, Value, Values, described, extracted
from affekt.blocks.colour_pattern import COOL, N_COLOURS, colour_pattern
from affekt.blocks.figure_ground import figure, figure_ground
from affekt.blocks.figure_place import composition
from affekt.blocks.shape import shape
from affekt.blocks.sized import AREA_PX
from affekt.blocks.view import View
from affekt.features import Feature, Picture, Vector
from affekt.features._sets import Area, in_table_order, of_words, seen

Degrees = Annotated[float, Field(ge=0, lt=360)]
WORDS = ("colour_pattern", "figure_ground", "shape", "composition")
SOURCE = "Wang, Jia, Yin and Cai 2013, {}; formulas are our choice"


class Wang2013(Feature):
    """31 values in the four groups of the paper: colour pattern, figure-ground, shape, composition.

    References:
        Wang, Jia, Yin and Cai (2013), Interpretable aesthetic features for affective image
        classification, ICIP.

    Differs:
        Only the groups are the paper's; its formulas and the number of its values could not be
        read. Figure and ground are told apart by spectral residual saliency.
    """

    is_python: ClassVar[bool] = True

    blocks: tuple[str, ...] = Field(WORDS, description="groups of the paper to compute")
    area_px: Area = Field(AREA_PX, description="pixels to resize to; original: as it comes")
    is_cropped: bool = Field(False, description="leave out a frame of one colour")
    cool_degrees: tuple[Degrees, Degrees] = Field(
        COOL,
        description="hues between which a colour is cool, going up and round, degrees",
    )

    @field_validator("blocks", mode="before")
    @classmethod
    def _known(cls, chosen: Any) -> tuple[str, ...]:
        return in_table_order(chosen, WORDS)

    @property
    def values(self) -> tuple[Value, ...]:
        return described(self.kind(), self._rows)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(value.name for value in self.values)

    def extract(self, picture: Picture) -> Vector:
        view = seen(picture, area_px=self.area_px, is_cropped=self.is_cropped)
        return extracted(view, self._rows).astype(np.float32)

    @property
    def _rows(self) -> tuple[Block, ...]:
        return of_words(_table(self.cool_degrees), self.blocks)


def _table(cool_degrees: tuple[float, float]) -> tuple[Block, ...]:
    """Give all rows of the paper, in its order."""
    return (
        Block(
            "colour_pattern",
            (
                Item("saturation_mean", "", 0, 1),
                Item("saturation_deviation", "", 0, 0.5),
                Item("value_mean", "", 0, 1),
                Item("value_deviation", "", 0, 0.5),
                Item("cool_share", "share", 0, 1),
                Item("clear_share", "share", 0, 1),
                *_colour_items(),
            ),
            SOURCE.format("colour pattern"),
            lambda view: colour_pattern(view.picture, cool_degrees=cool_degrees),
        ),
        Block(
            "figure_ground",
            (
                Item("figure_share", "share", 0, 1),
                Item("colour_distance", "100 CIELAB units"),
                Item("figure_edges", "share", 0, 1),
                Item("ground_edges", "share", 0, 1),
            ),
            SOURCE.format("figure-ground relationship"),
            _figure_ground,
        ),
        Block(
            "shape",
            (
                Item("lines", "100 lines"),
                Item("line_length", "share of the diagonal", 0, 1),
                Item("curved_share", "share", 0, 1),
            ),
            SOURCE.format("shape"),
            lambda view: shape(view.lines, view.coarse_edges),
        ),
        Block(
            "composition",
            (
                Item("power_point_distance", "share of the diagonal", 0, 1 / 3),
                Item("left_right_similarity", "", 0, 1),
                Item("wideness", "share", 0, 1),
            ),
            SOURCE.format("composition"),
            _composition,
        ),
    )


def _figure_ground(view: View) -> Values:
    is_figure = figure(view.saliency, view.picture.shape[:2])
    return figure_ground(is_figure, view.lab, view.fine_edges)


def _composition(view: View) -> Values:
    is_figure = figure(view.saliency, view.picture.shape[:2])
    return composition(view.colours.brightness, is_figure)


def _colour_items() -> tuple[Item, ...]:
    """Give hue, saturation and value of each dominant colour, the commonest first."""
    return tuple(
        Item(f"colour_{rank}_{name}", unit, 0, 1)
        for rank in range(1, N_COLOURS + 1)
        for name, unit in (("hue", "turn"), ("saturation", ""), ("value", ""))
    )
