"""What is true of a question, and what it looks like to everybody."""

from collections.abc import Mapping
from math import comb

from affekt.rank import share_of

SUBMITTED_KEPT: Mapping[str, tuple[int, int]] = {  # Table 2 of the paper
    "amusement": (11_000, 4_942),
    "anger": (11_000, 1_266),
    "awe": (11_000, 3_151),
    "contentment": (11_000, 5_374),
    "disgust": (11_000, 1_658),
    "excitement": (11_000, 2_963),
    "fear": (13_000, 1_032),
    "sadness": (11_000, 2_922),
}


def paper_acceptance(emotion: str) -> float:
    """Give the share of pictures the paper kept of an emotion; of all eight for another emotion.

    >>> round(paper_acceptance("fear"), 3), round(paper_acceptance("pride"), 3)
    (0.079, 0.259)

    References:
        You, Luo, Jin and Yang (2016), Building a Large Scale Dataset for Image Emotion
        Recognition, AAAI, Table 2.
    """
    submitted, kept = SUBMITTED_KEPT.get(emotion, _all_emotions())
    return kept / submitted


def prevalence(wanted: float, true_yes: float, false_yes: float, shared_mistakes: float) -> float:
    r"""Give the share of questions felt that makes three of five keep the share ``wanted``.

    With :math:`A` and :math:`B` the chance to be kept of what looks felt and of what does not, and
    :math:`m` the share of questions not felt that look so, :math:`B' = mA + (1-m)B` and
    :math:`\pi = (K - B')/(A - B')`, between 0 and 1; 0 where wrong YES alone keep more, and where
    nothing tells felt from not felt.

    Args:
        wanted: Share of questions to be kept, :math:`K`.
        true_yes: Mean P(YES) of what looks felt.
        false_yes: Mean P(YES) of what does not.
        shared_mistakes: :math:`m`.
    """
    kept_if_felt, kept_if_not = three_of_five(true_yes), three_of_five(false_yes)
    kept_if_not += shared_mistakes * (kept_if_felt - kept_if_not)
    gain = kept_if_felt - kept_if_not
    return min(1.0, max(0.0, (wanted - kept_if_not) / gain)) if gain > 0 else 0.0


def three_of_five(yes: float) -> float:
    """P(at least three YES among five votes that are YES with probability ``yes``)."""
    return sum(comb(5, n) * yes**n * (1 - yes) ** (5 - n) for n in (3, 4, 5))


def is_felt(question_id: str, seed: int, prevalence: float) -> bool:
    """Draw whether the emotion asked about is felt."""
    return share_of(question_id, seed, "felt") < prevalence


def looks_felt(question_id: str, is_felt: bool, seed: int, shared_mistakes: float) -> bool:
    """Tell whether everybody sees it as felt: it is, or it belongs to the shared mistakes (C32)."""
    if is_felt or shared_mistakes == 0:
        return is_felt
    return share_of(question_id, seed, "shared mistake") < shared_mistakes


def _all_emotions() -> tuple[int, int]:
    submitted, kept = zip(*SUBMITTED_KEPT.values(), strict=True)
    return sum(submitted), sum(kept)
