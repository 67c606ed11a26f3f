"""One colour, marker and hatch for each emotion, and the scale of heat maps; never colour alone.

The light set is that of the project's figures for Mikels' eight emotions. The dark set and the four
further colours come from the same search: the smallest distance between any two, in CAM02-UCS, seen
normally and with each dichromacy, made as large as possible while every colour keeps its contrast
to the ground. Reached: 17.7 and 21.6 for the eight, 12.9 and 13.4 for all twelve.
``tests/report/test_colours.py`` computes it again.
"""

from typing import NamedTuple

from affekt.taxonomy import MIKELS8

PAPER = "#ffffff"
INK = "#1a1c1f"
DARK_PAPER = "#14171b"
DARK_INK = "#e8eaed"


class Look(NamedTuple):
    """How one emotion is drawn. ``slot`` is its place in `LOOKS`; -1 is the plain look."""

    slot: int
    colour: str
    dark: str
    marker: str
    hatch: str


LOOKS = tuple(
    Look(slot, *row.split())
    for slot, row in enumerate(
        (
            "#b28a24 #f8e098 circle none",
            "#3b6b8d #70b0f0 square rising",
            "#3c9fa1 #c8e8f0 diamond falling",
            "#6f2047 #e08898 plus upright",
            "#b84a5b #c03848 x level",
            "#454f0c #98b000 triangle crossed",
            "#a56cfb #a008f8 star dotted",
            "#5202bf #686888 hexagon squared",
            "#183818 #60f000 pentagon rising-dense",
            "#886810 #a0b8c8 triangle-down falling-dense",
            "#e07078 #e80018 triangle-left upright-dense",
            "#500068 #7880c8 triangle-right level-dense",
        )
    )
)
PLAIN = Look(-1, "#5f6670", "#a3abb5", "circle", "none")
# Emotions outside Mikels' eight take the free looks in this order: calm against warm first, because
# two-sided taxonomies are the commonest.
FREE = (2, 4, 1, 0, 6, 7, 3, 5, 8, 9, 10, 11)

# Paper to the darkest blue, and its counterpart for the dark style, in equal steps of CAM02-UCS
# (5.84 and 5.99); index 0 is share 0, the last is share 1.
HEAT = [
    "#ffffff",
    "#eaf0f4",
    "#d4e1eb",
    "#bfd3e4",
    "#a9c6dd",
    "#93bad9",
    "#7dacd2",
    "#6a9dc8",
    "#588ebd",
    "#4680b3",
    "#3571a8",
    "#2a6398",
    "#235486",
    "#1c4675",
    "#143863",
    "#0b2a52",
]
DARK_HEAT = [
    "#1b1f25",
    "#222b37",
    "#283849",
    "#2c445e",
    "#2d5073",
    "#325e88",
    "#3b6d99",
    "#477ca9",
    "#538bb9",
    "#609bca",
    "#73abd6",
    "#8ab9dd",
    "#a2c7e2",
    "#b9d5e9",
    "#cfe3f1",
    "#e6f3fb",
]


def looks(emotions: tuple[str, ...]) -> dict[str, Look]:
    """Give the look of each emotion; Mikels' eight always look the same.

    Above twelve emotions colour no longer tells them apart: all are plain, and words do the work.
    """
    if len(emotions) > len(LOOKS):
        return dict.fromkeys(emotions, PLAIN)
    fixed = {name: slot for slot, name in enumerate(MIKELS8.names) if name in emotions}
    free = iter([slot for slot in FREE if slot not in fixed.values()])
    return {name: LOOKS[fixed[name] if name in fixed else next(free)] for name in emotions}


def heat(share: float) -> int:
    """Give the step of the heat scale for a share 0–1; zero and one are fixed."""
    return min(len(HEAT) - 1, max(0, round(share * (len(HEAT) - 1))))


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two ``#rrggbb`` colours, 1 to 21.

    References:
        Web Content Accessibility Guidelines 2.2 (2023), definitions of contrast ratio and relative
        luminance.
    """
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def ink_on(ground: str) -> str:
    """Give black or white, whichever is read better on a ground; one always reaches 4.58."""
    return max(("#000000", "#ffffff"), key=lambda ink: contrast(ink, ground))


def _luminance(colour: str) -> float:
    values = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in values)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
