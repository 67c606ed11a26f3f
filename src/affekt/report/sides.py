"""The side of labels and of answers: pleasant, unpleasant, or neither.

An answer's side is the one whose emotions are most probable together, as somebody has it who asks
for the side alone. It need not be the side of the most probable emotion.
"""

from functools import partial
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from affekt.measures import scores as measures
from affekt.report import resample
from affekt.report.scores import Cell, Score

SIDES = np.array([1, -1, 0])
PLEASANT, UNPLEASANT = 0, 1  # their numbers among the sides
DIGITS = 12  # sums of equal probabilities differ behind them, and a tie must stay one

Counts = Float[np.ndarray, "*round side side"]


class Sided(NamedTuple):
    """What one entry knows of the side of pictures whose label has one.

    Attributes:
        n: Such pictures.
        right: Share of them whose answer lies on the side of the label.
        recalls: The same of pleasant and of unpleasant ones; NaN where there is none.
        mean: Of both recalls.
        stayed: Of the wrong answers among all emotions, share on the side of the label.
        level: What always naming the more frequent side gets right; NaN without pictures.
    """

    n: float
    right: Score
    recalls: tuple[Score, Score]
    mean: Score
    stayed: Score
    level: float


def has_both(cell: Cell) -> bool:
    """Whether some emotions are pleasant and some unpleasant."""
    return {1, -1} <= set(cell.about.signs)


def sided(cell: Cell) -> Sided:
    """Give what an entry knows of the side."""
    whole, drawn = _counts(cell)
    of_side = whole.sum(axis=1)[:2]
    values, rounds = (measures.recalls(one)[..., :2] for one in (whole, drawn))
    n = float(of_side.sum())
    mean = Score(float(measures.macro(values)), resample.ends(measures.macro(rounds)), n)
    recalls = [
        Score(
            float(values[at]),
            cell.share(float(whole[at, at]), float(of_side[at]), rounds[:, at]),
            float(of_side[at]),
        )
        for at in (PLEASANT, UNPLEASANT)
    ]
    level = float(of_side.max() / n) if n else float("nan")
    return Sided(n, right(cell), (recalls[0], recalls[1]), mean, stayed(cell), level)


def right(cell: Cell) -> Score:
    """Give the share of pictures whose answer lies on the side of their label."""
    whole, drawn = _counts(cell)
    n, hits = float(whole[:2].sum()), float(whole[PLEASANT, 0] + whole[UNPLEASANT, 1])
    measure = partial(measures.polarity, signs=SIDES)
    return Score(float(measure(whole)), cell.share(hits, n, measure(drawn)), n)


def stayed(cell: Cell) -> Score:
    """Give the share of wrong answers among all emotions that are on the side of the label."""
    signs, is_wrong = np.array(cell.about.signs), 1 - np.eye(len(cell.emotions))
    wrong, drawn = cell.matrix * is_wrong, cell.drawn * is_wrong
    n = float(wrong[signs != 0].sum())
    value = float(measures.polarity(wrong, signs))
    hits = value * n if n else 0.0
    return Score(value, cell.share(hits, n, measures.polarity(drawn, signs)), n)


def evenly(cell: Cell) -> float:
    """What `stayed` would be if wrong answers fell evenly on the other emotions; NaN if none can.

    Mean over the pictures whose label has a side.
    """
    signs, n = np.array(cell.about.signs), cell.matrix.sum(axis=1)
    others = (signs[:, None] == signs).sum(axis=1) - 1
    has_side = signs != 0
    total = float(n[has_side].sum())
    return float((n * others)[has_side].sum() / total / (signs.size - 1)) if total else float("nan")


def _counts(cell: Cell) -> tuple[Counts, Counts]:
    """Give counts by side of label (row) and of answer (column): of all, and of each round."""
    is_of = (np.array(cell.about.signs)[:, None] == SIDES).astype(float)
    said = np.round(cell.tested.probabilities @ is_of, DIGITS)
    by_group = np.zeros((cell.n_groups, 3, 3))
    at = (cell.tested.group, is_of.argmax(axis=1)[cell.tested.truth])
    np.add.at(by_group, at, measures.choices(said) * cell.tested.weight[:, None])
    drawn = cell.draws.sums(by_group.reshape(cell.n_groups, 9)).reshape(-1, 3, 3)
    return by_group.sum(axis=0), drawn
