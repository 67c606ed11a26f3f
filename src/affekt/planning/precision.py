"""How many of the kept pictures are likely right, from nothing but the share that is kept."""

from typing import NamedTuple

from affekt.planning.chances import Rates, at_least
from affekt.policies.fixed import threshold

FLOOR = 0.8  # below, a user is warned
MOST_VOTES = 99  # more are never advised


class Likely(NamedTuple):
    """What a share of kept pictures says about the truth."""

    prevalence: float  # share of the questions truly felt, 0-1
    precision: float  # share of the kept that is felt; NaN where nothing is kept
    is_possible: bool  # whether workers of these rates could keep that share at all


class Remedy(NamedTuple):
    """The fewest votes that reach a precision, and what they reach."""

    votes: int
    precision: float


def likely(kept: float, rates: Rates, *, votes: int = 5, keep_at: int | None = None) -> Likely:
    r"""Give prevalence and precision behind a share kept at ``keep_at`` of ``votes``.

    With :math:`A` and :math:`B` the chances that a picture is kept if it is felt and if it is not,
    and :math:`K` the share kept, the prevalence is :math:`\pi = (K - B) / (A - B)` and the
    precision :math:`\pi A / K`. A share under :math:`B`, or over :math:`A`, cannot come from such
    workers; the nearest prevalence, 0 or 1, is given and said to be impossible.

    Args:
        kept: Share kept, 0-1.
        rates: How every worker answers.
        votes: Votes a question.
        keep_at: YES that keep it; by default more than half.

    Raises:
        ValueError: Workers who are no better than coins tell nothing.
    """
    if_felt, if_not = _kept(rates, votes, threshold(votes, keep_at))
    if if_felt <= if_not:
        raise ValueError(f"{rates} say YES no more often where it is felt than where it is not")
    raw = (kept - if_not) / (if_felt - if_not)
    prevalence = min(1.0, max(0.0, raw))
    precision = min(1.0, prevalence * if_felt / kept) if kept else float("nan")
    return Likely(prevalence, precision, raw == prevalence)


def votes_to_reach(floor: float, prevalence: float, rates: Rates) -> Remedy | None:
    """Give the fewest votes, an odd number kept by more than half, that reach a precision.

    None where even 99 do not, as where nothing is felt.
    """
    for votes in range(1, MOST_VOTES + 1, 2):
        if_felt, if_not = _kept(rates, votes, threshold(votes, None))
        kept = prevalence * if_felt + (1 - prevalence) * if_not
        if kept and prevalence * if_felt / kept >= floor:
            return Remedy(votes, prevalence * if_felt / kept)
    return None


def _kept(rates: Rates, votes: int, keep_at: int) -> tuple[float, float]:
    """Give the chance to be kept if it is felt, and if it is not."""
    return (
        at_least(keep_at, votes, rates.sensitivity),
        at_least(keep_at, votes, 1 - rates.specificity),
    )
