"""The features of Machajdik and Hanbury: colour, texture, composition and content."""

from typing import Any, ClassVar, Literal

import numpy as np
import pywt
from pydantic import Field, field_validator

from affekt.blocks.block import Block, Value, described, extracted
from affekt.blocks.faces import Model
from affekt.blocks.sized import AREA_PX
from affekt.blocks.wavelets import PLAIN
from affekt.features import Feature, Picture, Vector
from affekt.features._colour_table import colour_table
from affekt.features._sets import Area, in_table_order, of_words, seen
from affekt.features.machajdik.rows import table
from affekt.parts import Place

WORDS = (
    "saturation_brightness",
    "pad",
    "hue",
    "colourfulness",
    "colour_names",
    "itten",
    "wang",
    "area_statistics",
    "tamura",
    "wavelets",
    "glcm",
    "level_of_detail",
    "depth_of_field",
    "dynamics",
    "rule_of_thirds",
    "faces",
    "skin",
)
OTHERWISE = ("hue_vector", "log_level_of_detail")  # outside the 114


class Machajdik(Feature):
    """114 values from 17 blocks, one a row of the paper's table.

    Two more blocks can be named: `hue_vector` gives the mean hues as points on the circle,
    `log_level_of_detail` the logarithm of the number of segments.

    References:
        Machajdik and Hanbury (2010), Affective image classification using features inspired by
        psychology and art theory, ACM Multimedia.

    Differs:
        Each block says in `affekt.blocks` where it departs from its source.
    """

    is_python: ClassVar[bool] = True
    idle: ClassVar[frozenset[str]] = frozenset({"colour_table"})  # its content counts, not its name

    blocks: tuple[str, ...] = Field(WORDS, description="rows of the paper's table to compute")
    area_px: Area = Field(AREA_PX, description="pixels to resize to; original: as it comes")
    is_cropped: bool = Field(False, description="leave out a frame of one colour")
    dominance_sign: Literal[1, -1] = Field(
        1, description="sign of brightness in dominance: 1 as in the paper, -1 as in its origin"
    )
    colour_table: Place | None = Field(
        None, description="file with probabilities of colour names; without it a rule names colours"
    )
    wavelet: str = Field(PLAIN, description="discrete wavelet, as PyWavelets names it")
    faces: Model = Field(
        "lbp", description="lbp: scikit-image's model; haar: OpenCV's; none: no face is looked for"
    )

    @field_validator("blocks", mode="before")
    @classmethod
    def _known(cls, chosen: Any) -> tuple[str, ...]:
        return in_table_order(chosen, (*WORDS, *OTHERWISE))

    @field_validator("wavelet")
    @classmethod
    def _discrete(cls, name: str) -> str:
        if name not in pywt.wavelist(kind="discrete"):
            raise ValueError(f"there is no discrete wavelet {name!r}; haar, db2 and sym4 are some")
        return name

    @classmethod
    def example(cls) -> "Machajdik":
        return cls(area_px=10_000)  # an exam of a second instead of a minute

    @property
    def values(self) -> tuple[Value, ...]:
        return described(self.kind(), self._rows())

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(value.name for value in self.values)

    def identity(self) -> dict[str, Any]:
        """Give kind, version and settings, and the content of the table of colour names."""
        read = None if self.colour_table is None else colour_table(self.colour_table.path)
        return super().identity() | {"colour_table_sha256": read and read.sha256}

    def extract(self, picture: Picture) -> Vector:
        view = seen(picture, area_px=self.area_px, is_cropped=self.is_cropped)
        return extracted(view, self._rows()).astype(np.float32)

    def _rows(self) -> tuple[Block, ...]:
        read = None if self.colour_table is None else colour_table(self.colour_table.path)
        rows = table(
            dominance_sign=self.dominance_sign,
            probabilities=read and read.table,
            model=self.faces,
            wavelet=self.wavelet,
        )
        return of_words(rows, self.blocks)
