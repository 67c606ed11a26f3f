"""How much of anything one foreign picture may take, in one place."""

from pydantic import BaseModel, Field


class Limits(BaseModel, frozen=True, extra="forbid"):
    """What one picture may take before it is given up."""

    max_bytes: int = Field(20_000_000, gt=0, description="size of the file, bytes")
    max_pixels: int = Field(50_000_000, gt=0, description="width times height, from the header")
    max_side_px: int = Field(20_000, gt=0, description="longer side, px, from the header")
    seconds: float = Field(20.0, gt=0, description="time on the clock for one picture, s")
    memory_mb: int = Field(
        1024, gt=0, description="memory for one picture, MB, besides the decoder itself"
    )
