"""The three factors of emotion of Wang, Yu and Jiang: warm and cool, contrast, sharpness."""

from typing import Any, ClassVar

import numpy as np
from pydantic import Field, field_validator

from affekt.blocks.block import Value, described, extracted
from affekt.blocks.sized import AREA_PX
from affekt.features import Feature, Picture, Vector
from affekt.features._factors import factors
from affekt.features._sets import Area, in_table_order, of_words, seen

WORDS = ("luminance_warm_cool", "saturation_warm_cool", "luminance_contrast")


class Wang2006(Feature):
    """19 values, three factors: how warm and cool are light and saturation, contrast, sharpness.

    References:
        Wang, Yu and Jiang (2006), Image retrieval by emotional semantics: a study of emotional
        space and feature extraction, IEEE SMC.

    Differs:
        Machajdik and Hanbury (2010) hold these values as one row of their table; at which size the
        original looks at pictures could not be found out, so it is theirs.
    """

    is_python: ClassVar[bool] = True

    blocks: tuple[str, ...] = Field(WORDS, description="factors to compute")
    area_px: Area = Field(AREA_PX, description="pixels to resize to; original: as it comes")
    is_cropped: bool = Field(False, description="leave out a frame of one colour")

    @field_validator("blocks", mode="before")
    @classmethod
    def _known(cls, chosen: Any) -> tuple[str, ...]:
        return in_table_order(chosen, WORDS)

    @classmethod
    def example(cls) -> "Wang2006":
        return cls(area_px=10_000)  # an exam of a second instead of a minute

    @property
    def values(self) -> tuple[Value, ...]:
        return described(self.kind(), of_words(factors(), self.blocks))

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(value.name for value in self.values)

    def extract(self, picture: Picture) -> Vector:
        view = seen(picture, area_px=self.area_px, is_cropped=self.is_cropped)
        return extracted(view, of_words(factors(), self.blocks)).astype(np.float32)
