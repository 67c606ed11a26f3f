"""What the hand-made sets share: which of their blocks are computed, and at what size."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import Field

from affekt.blocks.block import Block
from affekt.blocks.colours import Picture
from affekt.blocks.sized import as_it_is, at_area, without_frame
from affekt.blocks.view import View

Original = Literal["original"]  # the size at which a picture comes
Area = Annotated[int, Field(ge=64, le=4_000_000)] | Original


def in_table_order(chosen: Any, known: tuple[str, ...]) -> tuple[str, ...]:
    """Give the chosen blocks in the order of the paper's table, so that one choice has one name.

    Raises:
        ValueError: None is chosen, one twice, or one that the set does not have.
    """
    words = [chosen] if isinstance(chosen, str) else list(chosen)
    strange = [word for word in words if word not in known]
    if strange:
        raise ValueError(f"there is no block {strange[0]!r}; known: {', '.join(known)}")
    if not words or len(set(words)) < len(words):
        raise ValueError("name at least one block, and each only once")
    return tuple(word for word in known if word in words)


def of_words(blocks: Sequence[Block], words: Sequence[str]) -> tuple[Block, ...]:
    """Give the blocks of those names, in their own order."""
    return tuple(block for block in blocks if block.name in words)


def seen(picture: Picture, *, area_px: Area, is_cropped: bool) -> View:
    """Give the picture as the sets of 200,000 pixels look at it.

    Raises:
        PictureError: One side would be shorter than 8 px.
    """
    inner = without_frame(picture) if is_cropped else picture
    return View(as_it_is(inner) if area_px == "original" else at_area(inner, area_px))
