"""How often a judgement on gold questions is wrong."""

from math import ceil, log
from typing import NamedTuple

from affekt.planning.chances import at_least

GOOD, SPAMMER = 0.85, 0.5  # chances to be right: a good worker, a tossed coin
ROUNDING = 1e-9  # a mark that is met exactly is met, whatever the logarithms round to


class GoldErrors(NamedTuple):
    """A pass mark on gold questions, and how often it is wrong."""

    pass_at: int
    good_failed: float  # share of good workers who fail, 0-1
    spammers_passed: float  # share of spammers who pass, 0-1


def gold_errors(gold: int, *, good: float = GOOD, spammer: float = SPAMMER) -> GoldErrors:
    r"""Give the mark from which on a good worker explains the answers better, and its errors.

    With :math:`x` right of :math:`n`, a worker passes where
    :math:`x \log\frac{g}{s} + (n - x) \log\frac{1 - g}{1 - s} \ge 0`; for 0.85 and 0.5 that is
    from 69.4 % on.

    Args:
        gold: Gold questions answered, one at least.
        good: Chance of a good worker to be right, less than 1.
        spammer: Chance of a spammer to be right; less than ``good``.

    References:
        Neyman and Pearson (1933), On the problem of the most efficient tests of statistical
        hypotheses, Philosophical Transactions A 231: the likelihood ratio, here against 1.
    """
    per_wrong = log((1 - spammer) / (1 - good))
    share = per_wrong / (per_wrong + log(good / spammer))
    pass_at = ceil(share * gold - ROUNDING)
    return GoldErrors(pass_at, 1 - at_least(pass_at, gold, good), at_least(pass_at, gold, spammer))
