"""Principles of art: the features of Zhao et al., principle by principle."""

from itertools import product
from typing import Any, ClassVar

import numpy as np
from pydantic import Field, field_validator

from affekt.blocks.bilateral import bilateral_symmetry
from affekt.blocks.block import Block, Item, Value, described, extracted
from affekt.blocks.colour_names import NAMES
from affekt.blocks.emphasis import colour_contrasts, focused_attention
from affekt.blocks.gradation import gradation
from affekt.blocks.harmony import harmony
from affekt.blocks.movement import movement
from affekt.blocks.radial import radial_symmetry
from affekt.blocks.rotational import rotational_symmetry
from affekt.blocks.sized import AREA_PX
from affekt.blocks.variety import colour_variety, gradient_variety
from affekt.features import Feature, Picture, Vector
from affekt.features._sets import in_table_order, of_words, seen

PAPER = "Zhao et al. 2014"
LEVELS = ("very_dark", "dark", "middle", "light", "very_light")
FROM_RIGHT_DOWN = (
    "right",
    "down_right",
    "down",
    "down_left",
    "left",
    "up_left",
    "up",
    "up_right",
)
FROM_RIGHT_UP = (FROM_RIGHT_DOWN[0], *FROM_RIGHT_DOWN[:0:-1])

BALANCE = (
    Block(
        "bilateral_symmetry",
        tuple(
            item
            for axis in (1, 2, 3)
            for item in (
                Item(f"strength_{axis}", "share", 0, 1),
                Item(f"offset_{axis}", "diagonals", -0.5, 0.5),
                Item(f"angle_{axis}", "half turns", 0, 1),
                Item(f"support_{axis}", "pairs a keypoint", 0, 2),
            )
        ),
        f"{PAPER}, balance; Loy and Eklundh 2006, equations 1–5",
        lambda view: bilateral_symmetry(view.keypoints),
    ),
    Block(
        "rotational_symmetry",
        tuple(
            item
            for centre in (1, 2, 3)
            for item in (
                Item(f"radius_{centre}", "diagonals", 0, 1),
                Item(f"x_{centre}", "widths", 0, 1),
                Item(f"y_{centre}", "heights", 0, 1),
                Item(f"strength_{centre}", "share", 0, 1),
            )
        ),
        f"{PAPER}, balance; Loy and Eklundh 2006, equations 6–8",
        lambda view: rotational_symmetry(view.keypoints),
    ),
    Block(
        "radial_symmetry",
        tuple(
            Item(f"row_{row}_column_{column}", "", -1, 1)
            for row, column in product(range(1, 7), repeat=2)
        ),
        f"{PAPER}, balance; Loy and Zelinsky 2003, equations 1–10",
        lambda view: radial_symmetry(view.square),
    ),
)
EMPHASIS = (
    Block(
        "itten",
        (
            Item("hue", "turns", 0, 0.5),
            *(Item(f"saturation_{level}", "", 0, 0.5) for level in ("low", "middle", "high")),
            *(Item(f"brightness_{level}", "", 0, 0.5) for level in LEVELS),
            Item("warmth", "", 0, 1),
            Item("complements", "count", 0, 6),
            Item("complements_mean", "", 0, 1),
            Item("complements_deviation", "", 0, 1),
            Item("simultaneous", "", 0, 1),
            Item("extension", "", 0, 0.289),
        ),
        f"{PAPER}, emphasis: Itten's contrasts of colour",
        lambda view: colour_contrasts(view.coarse_segments, view.names),
    ),
    Block(
        "focused_attention",
        tuple(Item(mask, "share", 0, 1) for mask in ("thirds", "main_diagonal", "other_diagonal")),
        f"{PAPER}, emphasis: rate of focused attention",
        lambda view: focused_attention(view.saliency),
    ),
)
HARMONY = (
    Block(
        "harmony",
        (Item("hue", "", 0.367, 1), Item("gradient", "", 0.367, 1)),
        f"{PAPER}, harmony",
        lambda view: harmony(view.colours),
    ),
)
VARIETY = (
    Block(
        "colour_variety",
        (Item("present", "share", 0, 1), *(Item(name, "share", 0, 1) for name in NAMES)),
        f"{PAPER}, variety; van de Weijer et al. 2009",
        lambda view: colour_variety(view.names),
    ),
    Block(
        "gradient_variety",
        tuple(
            Item(f"{direction}_from_{levels}", "share", 0, 1)
            for direction in FROM_RIGHT_DOWN
            for levels in (0, 2, 4, 8, 16, 32)
        ),
        f"{PAPER}, variety",
        lambda view: gradient_variety(view.grey),
    ),
)
GRADATION = (
    Block(
        "gradation",
        tuple(
            item
            for channel in ("red", "green", "blue")
            for item in (
                Item(f"relative_{channel}", "", 0, 2000),
                Item(f"absolute_x_{channel}", "", 0, 1),
                Item(f"absolute_y_{channel}", "", 0, 1),
            )
        ),
        f"{PAPER}, gradation; Xu et al. 2012, equations 3–5",
        lambda view: gradation(view.picture),
    ),
)
MOVEMENT = (
    Block(
        "movement",
        (
            *(Item(f"share_{direction}", "share", 0, 1) for direction in FROM_RIGHT_UP),
            *(Item(f"length_{direction}", "diagonals", 0, 1) for direction in FROM_RIGHT_UP),
        ),
        f"{PAPER}, movement",
        lambda view: movement(view.saliency),
    ),
)
TABLE = (*BALANCE, *EMPHASIS, *HARMONY, *VARIETY, *GRADATION, *MOVEMENT)
WORDS = tuple(block.name for block in TABLE)


class Paef(Feature):
    """165 values of six principles of art: what is done with colours, lines and shapes.

    References:
        Zhao, Gao, Jiang, Yao, Chua and Sun (2014), Exploring principles-of-art features for image
        emotion recognition, ACM Multimedia.

    Differs:
        Saliency and scan path stand in for models that are not published with the paper; each block
        says what else was left open.
    """

    is_python: ClassVar[bool] = True

    blocks: tuple[str, ...] = Field(WORDS, description="rows of the paper's table to compute")
    area_px: int | None = Field(
        AREA_PX, ge=64, le=4_000_000, description="pixels to resize to; null: as they are"
    )
    is_cropped: bool = Field(False, description="leave out a frame of one colour")

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
        return of_words(TABLE, self.blocks)
