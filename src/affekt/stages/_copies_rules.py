"""What counts as a copy, which of several stays, and what belongs together."""

from typing import Literal, Self

from pydantic import BaseModel, Field, field_validator, model_validator

from affekt.features import Feature
from affekt.pictures.phash import MOST_BITS, WIDTH

AUTO = "auto"


class CopyRules(BaseModel, frozen=True):
    """The settings of `affekt.stages.dedupe.Dedupe`, which says how they are read."""

    max_hamming_bits: int | str = Field(
        4,
        description='bits in which one hash of near copies differs at most; "auto": 8, from five '
        "million pictures 5, from fifty million 4; 0: equal bytes only",
    )
    confirm_bits: int | None = Field(
        None,
        ge=0,
        le=WIDTH,
        description="bits in which the other hash differs at most; twice as many if absent",
    )
    embedding: Feature | None = Field(
        None, description="feature whose vectors confirm what the other hash does not"
    )
    min_cosine: float = Field(
        0.85, ge=-1, le=1, description="cosine of two vectors of `embedding` that confirms"
    )
    keep: Literal["best", "first"] = Field(
        "best",
        description="which copy stays: freest licence, most pixels, most bytes, earliest upload, "
        "smallest image_id (best); or first by source and source_id",
    )
    disagree: Literal["drop", "majority", "keep-first", "keep"] = Field(
        "drop",
        description="copies found for different emotions: drop all; keep one, with the emotion of "
        "most of them, none at a tie (majority) or with its own (keep-first); or keep one of each "
        "emotion, where bytes differ (keep)",
    )
    across_sources: bool = Field(True, description="a near copy may come from another source")
    group_bits: int | str = Field(
        AUTO, description='bits a step inside a group; "auto" as above; 0: no near copies'
    )
    series_seconds: float = Field(
        0.0,
        ge=0,
        description="seconds between two pictures of one owner's series, which is one group; two "
        "with consecutive numbers at the source are too; 0: no series",
    )
    max_group: int = Field(
        1_000, ge=1, description="pictures in a group; a longer chain of near copies is cut"
    )
    workers: int = Field(2, ge=1, le=256, description="pictures described by `embedding` at a time")

    @field_validator("embedding")
    @classmethod
    def _gives_vectors(cls, given: Feature | None) -> Feature | None:
        if given is not None and given.is_learned:
            raise ValueError(
                f"{given.kind()!r} learns from training pictures, so it describes no picture by "
                "itself; take one that learns nothing, such as 'backbone'"
            )
        return given

    @field_validator("max_hamming_bits", "group_bits")
    @classmethod
    def _is_radius(cls, given: int | str) -> int | str:
        if given != AUTO and not (isinstance(given, int) and 0 <= given <= MOST_BITS):
            raise ValueError(f'is {given!r}; a number of bits from 0 to {MOST_BITS} or "auto"')
        return given

    @model_validator(mode="after")
    def _fit_together(self) -> Self:
        copies, groups = self.max_hamming_bits, self.group_bits
        if isinstance(copies, int) and isinstance(groups, int) and groups < copies:
            raise ValueError(
                f"group_bits is {groups} and max_hamming_bits is {copies}; "
                "group_bits must not be smaller, because what nearly is a copy belongs together"
            )
        if isinstance(copies, int) and self.confirm_bits is not None and self.confirm_bits < copies:
            raise ValueError(
                f"confirm_bits is {self.confirm_bits} and max_hamming_bits is {copies}; "
                "confirm_bits must not be smaller, because it is for the hash that differs more"
            )
        if copies == 0 and self.embedding is not None:
            raise ValueError(
                "embedding is set and max_hamming_bits is 0, so there is nothing to confirm; "
                "raise max_hamming_bits or leave embedding out"
            )
        return self
