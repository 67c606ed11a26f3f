"""The table of Zhao et al., row by row and principle by principle."""

from collections.abc import Callable, Sequence
from itertools import product

from affekt.blocks.bilateral import bilateral_symmetry
from affekt.blocks.block import Block, Item
from affekt.blocks.colour_names import NAMES, Shares, Table, looked_up, shares
from affekt.blocks.emphasis import colour_contrasts, focused_attention
from affekt.blocks.gradation import gradation
from affekt.blocks.harmony import harmony
from affekt.blocks.movement import movement
from affekt.blocks.radial import radial_symmetry
from affekt.blocks.rotational import rotational_symmetry
from affekt.blocks.variety import colour_variety, gradient_variety
from affekt.blocks.view import View

PAPER = "Zhao et al. 2014"
RANKS = ("1", "2", "3")
LEVELS = ("very_dark", "dark", "middle", "light", "very_light")
CLOCKWISE = (
    "right",
    "down_right",
    "down",
    "down_left",
    "left",
    "up_left",
    "up",
    "up_right",
)
ANTICLOCKWISE = (CLOCKWISE[0], *reversed(CLOCKWISE[1:]))

Names = Callable[[View], Shares]


def table(probabilities: Table | None = None) -> tuple[Block, ...]:
    """Give the ten rows of the paper.

    Args:
        probabilities: Of colour names; None: they are named by the rule.
    """

    def names(view: View) -> Shares:
        if probabilities is None:
            return view.names
        return shares(looked_up(view.picture, probabilities))

    return (
        *_balance(),
        *_emphasis(names),
        *_harmony(),
        *_variety(names),
        *_gradation(),
        *_movement(),
    )


def _balance() -> tuple[Block, ...]:
    axis = (
        Item("strength", "share", 0, 1),
        Item("offset", "diagonals", -0.5, 0.5),
        Item("angle", "half turns", 0, 1),
        Item("support", "pairs a keypoint", 0, 2),
    )
    centre = (
        Item("radius", "diagonals", 0, 1),
        Item("x", "widths", 0, 1),
        Item("y", "heights", 0, 1),
        Item("strength", "share", 0, 1),
    )
    parts = tuple(f"row_{row}_column_{column}" for row, column in product(range(1, 7), repeat=2))
    return (
        Block(
            "bilateral_symmetry",
            _of_each(RANKS, axis),
            f"{PAPER}, balance; Loy and Eklundh 2006, equations 1–5",
            lambda view: bilateral_symmetry(view.keypoints),
        ),
        Block(
            "rotational_symmetry",
            _of_each(RANKS, centre),
            f"{PAPER}, balance; Loy and Eklundh 2006, equations 6–8",
            lambda view: rotational_symmetry(view.keypoints),
        ),
        Block(
            "radial_symmetry",
            tuple(Item(part, "", -1, 1) for part in parts),
            f"{PAPER}, balance; Loy and Zelinsky 2003, equations 1–10",
            lambda view: radial_symmetry(view.square),
        ),
    )


def _emphasis(names: Names) -> tuple[Block, ...]:
    contrasts = (
        Item("hue", "turns", 0, 0.5),
        *(Item(f"saturation_{level}", "", 0, 0.5) for level in ("low", "middle", "high")),
        *(Item(f"brightness_{level}", "", 0, 0.5) for level in LEVELS),
        Item("warmth", "", 0, 1),
        Item("complements", "count", 0, 6),
        Item("complements_mean", "", 0, 1),
        Item("complements_deviation", "", 0, 0.71),
        Item("simultaneous", "", 0, 1),
        Item("extension", "", 0, 0.29),
    )
    masks = ("thirds", "main_diagonal", "other_diagonal")
    return (
        Block(
            "itten",
            contrasts,
            f"{PAPER}, emphasis: Itten's contrasts of colour",
            lambda view: colour_contrasts(view.coarse_segments, names(view)),
        ),
        Block(
            "focused_attention",
            tuple(Item(mask, "share", 0, 1) for mask in masks),
            f"{PAPER}, emphasis: rate of focused attention",
            lambda view: focused_attention(view.saliency),
        ),
    )


def _harmony() -> tuple[Block, ...]:
    return (
        Block(
            "harmony",
            (Item("hue", "", 0.367, 1), Item("gradient", "", 0.367, 1)),
            f"{PAPER}, harmony",
            lambda view: harmony(view.colours),
        ),
    )


def _variety(names: Names) -> tuple[Block, ...]:
    cells = (f"{way}_from_{levels}" for way, levels in product(CLOCKWISE, (0, 2, 4, 8, 16, 32)))
    return (
        Block(
            "colour_variety",
            tuple(Item(name, "share", 0, 1) for name in ("present", *NAMES)),
            f"{PAPER}, variety; van de Weijer et al. 2009",
            lambda view: colour_variety(names(view)),
        ),
        Block(
            "gradient_variety",
            tuple(Item(cell, "share", 0, 1) for cell in cells),
            f"{PAPER}, variety",
            lambda view: gradient_variety(view.grey),
        ),
    )


def _gradation() -> tuple[Block, ...]:
    channel = (
        Item("relative", "", 0, 2000),
        Item("absolute_x", "", 0, 1),
        Item("absolute_y", "", 0, 1),
    )
    return (
        Block(
            "gradation",
            _of_each(("red", "green", "blue"), channel),
            f"{PAPER}, gradation; Xu et al. 2012, equations 3–5",
            lambda view: gradation(view.picture),
        ),
    )


def _movement() -> tuple[Block, ...]:
    return (
        Block(
            "movement",
            (
                *(Item(f"share_{way}", "share", 0, 1) for way in ANTICLOCKWISE),
                *(Item(f"length_{way}", "diagonals", 0, 1) for way in ANTICLOCKWISE),
            ),
            f"{PAPER}, movement",
            lambda view: movement(view.saliency),
        ),
    )


def _of_each(things: Sequence[str], items: Sequence[Item]) -> tuple[Item, ...]:
    """Give the items of the first thing, then of the next."""
    return tuple(item._replace(name=f"{item.name}_{one}") for one in things for item in items)
