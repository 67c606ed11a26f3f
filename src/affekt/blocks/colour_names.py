"""Which of eleven basic colours each pixel would be called, and the share of each.

References:
    Berlin and Kay (1969), Basic color terms: the eleven.
    van de Weijer, Schmid, Verbeek and Larlus (2009), Learning color names for real-world
    applications, IEEE Transactions on Image Processing 18: the table of probabilities.

Differs:
    Their table is research data that comes with no package, so names are given by a rule on
    lightness, chroma and hue unless a table is handed over. The rule agrees with the table in 89 %
    of its 32,768 cells and was fitted to it. A pixel counts for its most probable name alone, not
    for all by their probabilities.
"""

import numpy as np
from jaxtyping import Bool, Float, Int

from affekt.blocks.colours import Picture, Plane, Planes

NAMES = (
    "black",
    "blue",
    "brown",
    "grey",
    "green",
    "orange",
    "pink",
    "purple",
    "red",
    "white",
    "yellow",
)
BLACK, BLUE, BROWN, GREY, GREEN, ORANGE, PINK, PURPLE, RED, WHITE, YELLOW = range(11)
CELLS = 32_768  # of a table: 32 levels a channel, red fastest

Names = Int[np.ndarray, "row column"]
Shares = Float[np.ndarray, "11"]
Table = Float[np.ndarray, "32768 11"]


def colour_names(lab: Planes) -> Shares:
    """Give the share of the pixels with each of `NAMES`, by the rule; they sum to 1.

    Args:
        lab: CIELAB, L* 0–100.
    """
    return shares(named(lab))


def named(lab: Planes) -> Names:
    """Give the name of each pixel by the rule, as its place in `NAMES`.

    Lightness, chroma and hue (degrees) are held against a list; the first line that fits names the
    pixel. Pure red has a hue of 39.999°.
    """
    lightness, chroma = lab[..., 0], np.hypot(lab[..., 1], lab[..., 2])
    hue = np.rad2deg(np.arctan2(lab[..., 2], lab[..., 1])) % 360
    lines = _of_greys(lightness, chroma) + _of_hues(lightness, chroma, hue)
    names: Names = np.select(
        [fits for fits, _ in lines], [np.int64(name) for _, name in lines], np.int64(BLUE)
    )
    return names


def looked_up(picture: Picture, table: Table) -> Names:
    """Give the name of each pixel by a table of probabilities, as its place in `NAMES`.

    Args:
        picture: 8-bit sRGB.
        table: One line for each cell ``R // 8 + 32 (G // 8) + 1024 (B // 8)``, one column a name.
            On ties the first name.
    """
    levels = picture.astype(np.int64) // 8
    cells = levels[..., 0] + 32 * levels[..., 1] + 1024 * levels[..., 2]
    names: Names = table.argmax(axis=1)[cells]
    return names


def shares(names: Names) -> Shares:
    """Give the share of each name; they sum to 1."""
    return np.bincount(names.ravel(), minlength=len(NAMES)) / names.size


Lines = list[tuple[Bool[np.ndarray, "row column"], int]]


def _of_greys(lightness: Plane, chroma: Plane) -> Lines:
    is_grey = chroma <= 13
    return [
        ((lightness <= 5) | (is_grey & (lightness <= 36)), BLACK),
        (is_grey & (lightness > 78), WHITE),
        (is_grey, GREY),
    ]


def _of_hues(lightness: Plane, chroma: Plane, hue: Plane) -> Lines:
    is_rose = (hue >= 348) | (hue < 16)
    return [
        ((hue >= 303) & (hue < 330), PURPLE),
        ((hue >= 330) & (hue < 348) & (lightness <= 56), PURPLE),
        ((hue >= 330) & (hue < 348), PINK),
        (is_rose & (lightness <= 34), RED),
        (is_rose, PINK),
        ((hue < 42) & (chroma <= 25), BROWN),
        ((hue < 42) & (lightness <= 64), RED),
        (hue < 42, PINK),
        ((hue < 75) & (chroma <= 40), BROWN),
        (hue < 75, ORANGE),
        ((hue < 99) & (chroma <= 32), BROWN),
        ((hue < 118) & (chroma <= 32), YELLOW),
        ((hue < 110) | ((hue < 118) & (lightness > 71)), YELLOW),
        (hue < 191, GREEN),
    ]
