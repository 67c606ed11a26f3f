"""Principles of art: the features of Zhao et al., principle by principle."""

from typing import Any, ClassVar

import numpy as np
from pydantic import Field, field_validator

from affekt.blocks.block import Block, Value, described, extracted
from affekt.blocks.sized import AREA_PX
from affekt.features import Feature, Picture, Vector
from affekt.features._colour_table import colour_table
from affekt.features._sets import Area, in_table_order, of_words, seen
from affekt.features.paef.rows import table
from affekt.parts import Place

WORDS = tuple(row.name for row in table())


class Paef(Feature):
    """165 values of six principles of art, from balance to movement.

    References:
        Zhao, Gao, Jiang, Yao, Chua and Sun (2014), Exploring principles-of-art features for image
        emotion recognition, ACM Multimedia.

    Differs:
        Saliency and scan path stand in for models that are not published with the paper; each block
        in `affekt.blocks` says what else was left open.
    """

    is_python: ClassVar[bool] = True
    idle: ClassVar[frozenset[str]] = frozenset({"colour_table"})  # its content counts, not its name

    blocks: tuple[str, ...] = Field(WORDS, description="rows of the paper's table to compute")
    area_px: Area = Field(AREA_PX, description="pixels to resize to; original: as it comes")
    is_cropped: bool = Field(False, description="leave out a frame of one colour")
    colour_table: Place | None = Field(
        None, description="file with probabilities of colour names; without it a rule names colours"
    )

    @classmethod
    def example(cls) -> "Paef":
        return cls(area_px=10_000)  # an exam of a second instead of a minute

    @field_validator("blocks", mode="before")
    @classmethod
    def _known(cls, chosen: Any) -> tuple[str, ...]:
        return in_table_order(chosen, WORDS)

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
        return of_words(table(read and read.table), self.blocks)
