"""What a few questions of known answer can tell of a worker, and how often they mislead."""

import math
from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from affekt.measures.chance import at_least, at_most

FIRST_JUDGEMENT = 10  # gold answered before anything is said
GOOD = 0.85  # accuracy of somebody who looks and answers with care
GUESS = 0.5  # accuracy of a coin


class GoldErrors(NamedTuple):
    """How often a pass mark misleads, for so many gold questions."""

    n: int
    pass_at: int
    good_fail: float  # share of workers of accuracy `good` below the mark
    spammers_pass: float  # share of coins at or above it


def gold_errors(n: int, good: float = GOOD, guess: float = GUESS) -> GoldErrors:
    """Give the pass mark for n gold questions and both its error rates, exactly.

    >>> one = gold_errors(10)
    >>> one.pass_at, round(one.good_fail, 2), round(one.spammers_pass, 2)
    (7, 0.05, 0.17)
    """
    mark = pass_mark(n, good, guess)
    return GoldErrors(n, mark, at_most(mark - 1, n, good), at_least(mark, n, guess))


def pass_mark(n: int, good: float = GOOD, guess: float = GUESS) -> int:
    r"""Give the fewest right of n that speak more for care than for a coin.

    The likelihood ratio is even at :math:`n\,\log\frac{1-g}{1-a} / \log\frac{a(1-g)}{g(1-a)}`
    right, with accuracy a and guess g; a tie is no pass.

    References:
        Neyman and Pearson (1933), On the problem of the most efficient tests of statistical
        hypotheses, Philosophical Transactions of the Royal Society A 231.
    """
    if not 0 < guess < good < 1:
        raise ValueError(f"gold: good = {good!r} and guess = {guess!r}; 0 < guess < good < 1")
    slope = math.log(good * (1 - guess) / (guess * (1 - good)))
    return math.floor(n * math.log((1 - guess) / (1 - good)) / slope) + 1


def error_table(sizes: Sequence[int] = (10, 20, 40)) -> list[GoldErrors]:
    """Give the error rates for several numbers of gold questions, to be shown beside a result."""
    return [gold_errors(n) for n in sizes]


class Standing(StrEnum):
    """What gold says of a worker."""

    TOO_EARLY = "too early"  # under ten gold questions
    LOPSIDED = "lopsided"  # always giving the commoner answer would pass
    PASSES = "passes"
    FAILS = "fails"


def standing(yes_right: int, n_yes: int, no_right: int, n_no: int) -> Standing:
    """Give what known-YES and known-NO gold together say; a statement, not a verdict (C28).

    >>> str(standing(5, 5, 1, 5)), str(standing(9, 9, 0, 1))
    ('fails', 'lopsided')
    """
    n = n_yes + n_no
    if n < FIRST_JUDGEMENT:
        return Standing.TOO_EARLY
    mark = pass_mark(n)
    if max(n_yes, n_no) >= mark:
        return Standing.LOPSIDED
    return Standing.PASSES if yes_right + no_right >= mark else Standing.FAILS
