"""The table of Machajdik and Hanbury, row by row: colour, texture, composition, content."""

from collections.abc import Callable
from functools import cache
from math import inf, pi

import numpy as np

from affekt.blocks.block import Block, Item, extracted
from affekt.blocks.circular import TURN
from affekt.blocks.colour_names import NAMES, Table, colour_names, looked_up, shares
from affekt.blocks.colourfulness import colourfulness
from affekt.blocks.contrasts import itten
from affekt.blocks.depth_of_field import depth_of_field
from affekt.blocks.dynamics import dynamics
from affekt.blocks.faces import Box, Model, detected, faces
from affekt.blocks.glcm import glcm
from affekt.blocks.hue import hue, hue_vector
from affekt.blocks.mean_colour import pad, saturation_brightness
from affekt.blocks.skin import skin
from affekt.blocks.tamura import tamura
from affekt.blocks.thirds import rule_of_thirds
from affekt.blocks.view import View
from affekt.blocks.wavelets import PLAIN, Pyramids, pyramids, wavelets
from affekt.features._factors import factors

PAPER = "Machajdik and Hanbury 2010"
DATTA = "Datta et al. 2006"
CHANNELS = ("hue", "saturation", "brightness")
CONTRASTS = (
    ("brightness", "", 0.5),
    ("saturation", "", 0.5),
    ("hue", "", 2.0),
    ("complements", "rad", pi),
    ("warmth", "", 1.0),
    ("harmony", "rad", pi),
    ("hue_count", "share", 1.0),
    ("hue_spread", "", 1.0),
    ("warm_area", "share", 1.0),
    ("cold_area", "share", 1.0),
)
CO_OCCURRENCE = (
    ("contrast", 0, 49),
    ("correlation", -1, 1),
    ("energy", 0, 1),
    ("homogeneity", 0, 1),
)
HAAR_MOST = (0.5, 1.0, 2.0)  # mean detail of a level, of values from 0 to 1


def table(
    *,
    dominance_sign: int = 1,
    probabilities: Table | None = None,
    model: Model = "lbp",
    wavelet: str = PLAIN,
) -> tuple[Block, ...]:
    """Give the 17 rows of the paper, then two that say the same in another way.

    Call it once a picture: what several rows need is made once, and kept as long as the rows.

    Args:
        dominance_sign: Of brightness in dominance.
        probabilities: Of colour names; None: they are named by the rule.
        model: By which faces are found.
        wavelet: Name that PyWavelets knows.
    """

    @cache
    def details(view: View) -> Pyramids:
        return pyramids(view.colours, wavelet)

    @cache
    def boxes(view: View) -> tuple[Box, ...]:
        return detected(view.grey, model)

    return (
        *_mean_colour(dominance_sign),
        *_colours(probabilities),
        *_wang(),
        *_texture(wavelet, details),
        *_composition(details),
        *_content(boxes),
        *_otherwise(),
    )


def _mean_colour(dominance_sign: int) -> tuple[Block, ...]:
    return (
        Block(
            "saturation_brightness",
            (Item("saturation", "", 0, 1), Item("brightness", "", 0, 1)),
            f"{PAPER}, saturation and brightness",
            lambda view: saturation_brightness(view.colours),
        ),
        Block(
            "pad",
            (
                Item("pleasure", "", 0, 0.91),
                Item("arousal", "", -0.31, 0.6),
                Item("dominance", "", *((0, 1.08) if dominance_sign > 0 else (-0.76, 0.32))),
            ),
            "Valdez and Mehrabian 1994",
            lambda view: pad(view.colours, dominance_sign=dominance_sign),
        ),
        Block(
            "hue",
            tuple(
                item
                for weight in ("", "weighted_")
                for item in (
                    Item(f"{weight}mean", "rad", 0, TURN),
                    Item(f"{weight}dispersion", "", 0, 1),
                )
            ),
            f"{PAPER}, hue; Hanbury 2003",
            lambda view: hue(view.colours),
        ),
    )


def _colours(probabilities: Table | None) -> tuple[Block, ...]:
    return (
        Block(
            "colourfulness",
            (Item("distance", "CIELUV", 0, 190),),
            f"{DATTA}, feature 2",
            lambda view: np.array([colourfulness(view.picture)]),
        ),
        Block(
            "colour_names",
            tuple(Item(name, "share", 0, 1) for name in NAMES),
            "van de Weijer et al. 2009",
            lambda view: (
                colour_names(view.lab)
                if probabilities is None
                else shares(looked_up(view.picture, probabilities))
            ),
        ),
        Block(
            "itten",
            tuple(
                Item(f"{name}_{form}", unit, 0, most)
                for form in ("mean", "max")
                for name, unit, most in CONTRASTS
            ),
            f"{PAPER}, Itten contrasts",
            lambda view: itten(view.fine_segments),
        ),
    )


def _wang() -> tuple[Block, Block]:
    *three, areas = factors()
    whole = Block(
        "wang",
        tuple(item for factor in three for item in factor.items),
        "Wang, Yu and Jiang 2006",
        lambda view: extracted(view, three),
    )
    return whole, areas


def _texture(wavelet: str, details: Callable[[View], Pyramids]) -> tuple[Block, ...]:
    most = HAAR_MOST if wavelet == PLAIN else (inf, inf, inf)
    return (
        Block(
            "tamura",
            (
                Item("coarseness", "px", 2, 32),
                Item("contrast", "", 0, 127.5),
                Item("directionality", "", 0, 1),
            ),
            "Tamura, Mori and Yamawaki 1978, section III",
            lambda view: tamura(view.grey),
        ),
        Block(
            "wavelets",
            (
                *(
                    Item(f"{channel}_{level}", "", 0, most[level - 1])
                    for level in (1, 2, 3)
                    for channel in CHANNELS
                ),
                *(Item(f"{channel}_sum", "", 0, sum(most)) for channel in CHANNELS),
            ),
            f"{DATTA}, features 10 to 21",
            lambda view: wavelets(details(view)),
        ),
        Block(
            "glcm",
            tuple(
                Item(f"{channel}_{name}", "", least, greatest)
                for name, least, greatest in CO_OCCURRENCE
                for channel in CHANNELS
            ),
            "Haralick, Shanmugam and Dinstein 1973",
            lambda view: glcm(view.colours),
        ),
    )


def _composition(details: Callable[[View], Pyramids]) -> tuple[Block, ...]:
    return (
        Block(
            "level_of_detail",
            (Item("segments", "count", 1, inf),),
            f"{PAPER}, level of detail",
            lambda view: np.array([len(view.fine_segments.share)], np.float64),
        ),
        Block(
            "depth_of_field",
            tuple(Item(channel, "share", 0, 1) for channel in CHANNELS),
            f"{DATTA}, features 54 to 56",
            lambda view: depth_of_field(details(view)),
        ),
        Block(
            "dynamics",
            tuple(
                Item(f"{kind}_{what}", unit, 0, most)
                for what, unit, most in (
                    ("count", "count", inf),
                    ("share", "share", 1.0),
                    ("length", "diagonals", inf),
                )
                for kind in ("static", "slant")
            ),
            f"{PAPER}, dynamics",
            lambda view: dynamics(view.lines, float(np.hypot(*view.grey.shape))),
        ),
        Block(
            "rule_of_thirds",
            (
                Item("hue", "rad", 0, TURN),
                Item("saturation", "", 0, 1),
                Item("brightness", "", 0, 1),
            ),
            f"{DATTA}, features 5 to 7",
            lambda view: rule_of_thirds(view.colours),
        ),
    )


def _content(boxes: Callable[[View], tuple[Box, ...]]) -> tuple[Block, Block]:
    return (
        Block(
            "faces",
            (Item("count", "count", 0, inf), Item("largest", "share", 0, 1)),
            f"{PAPER}, human faces; Viola and Jones 2004",
            lambda view: faces(boxes(view), view.grey.shape),
        ),
        Block(
            "skin",
            (Item("area", "share", 0, 1), Item("to_faces", "", 0, 10)),
            f"{PAPER}, skin",
            lambda view: skin(view.picture, boxes(view)),
        ),
    )


def _otherwise() -> tuple[Block, Block]:
    """Give what a linear model can read more easily than hue and level of detail."""
    return (
        Block(
            "hue_vector",
            tuple(
                Item(f"{weight}{axis}", "", -1, 1)
                for weight in ("", "weighted_")
                for axis in ("cosine", "sine")
            ),
            "not of the paper: hue as a point on the circle",
            lambda view: hue_vector(view.colours),
        ),
        Block(
            "log_level_of_detail",
            (Item("segments", "log count", 0, inf),),
            "not of the paper: logarithm of 1 + level of detail",
            lambda view: np.log1p([float(len(view.fine_segments.share))]),
        ),
    )
