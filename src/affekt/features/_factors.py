"""The three factors of Wang, Yu and Jiang (2006): a set, and a row of another set's table."""

from functools import cache

from affekt.blocks.block import Block, Item
from affekt.blocks.view import View
from affekt.blocks.wang2006 import (
    Histograms,
    area_statistics,
    histograms,
    luminance_contrast,
    luminance_warm_cool,
    saturation_warm_cool,
)

LIGHT = ("very_dark", "dark", "middle", "light", "very_light")
STRONG = ("high_saturation", "middle_saturation", "low_saturation")
WARM_COOL = ("warm", "cool")


def factors() -> tuple[Block, ...]:
    """Give the three factors, and as a fourth block the area statistics made of the same.

    Call it once a picture: the histograms are made once, and kept as long as the blocks.
    """

    @cache
    def found(view: View) -> Histograms:
        return histograms(view.colours)

    return (
        Block(
            "luminance_warm_cool",
            tuple(Item(f"{level}_{side}", "share", 0, 1) for level in LIGHT for side in WARM_COOL),
            "Wang, Yu and Jiang 2006, luminance-warm-cool fuzzy histogram",
            lambda view: luminance_warm_cool(found(view)),
        ),
        Block(
            "saturation_warm_cool",
            (
                *(Item(f"{level}_{side}", "share", 0, 1) for level in STRONG for side in WARM_COOL),
                Item("colour_contrast", "CIELAB", 0, 130),
            ),
            "Wang, Yu and Jiang 2006, saturation-warm-cool fuzzy histogram, color contrast",
            lambda view: saturation_warm_cool(found(view), view.lab),
        ),
        Block(
            "luminance_contrast",
            (Item("brightness_variance", "", 0, 0.25), Item("edge_sharpness", "", 0, 4.5)),
            "Wang, Yu and Jiang 2006, luminance contrast, edge sharpness",
            lambda view: luminance_contrast(view.colours.brightness),
        ),
        Block(
            "area_statistics",
            tuple(Item(name, "share", 0, 1) for name in (*LIGHT, *WARM_COOL, *STRONG)),
            "Machajdik and Hanbury 2010, area statistics of the memberships of Wang et al.",
            lambda view: area_statistics(found(view)),
        ),
    )
