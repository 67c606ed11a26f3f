"""The search of a penalty inside the training rows, in folds that keep groups together."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float, Int

from affekt.models import Samples
from affekt.rank import dealt


class Inner(NamedTuple):
    """One inner fold: rows to learn from, and numbers of the rows that are asked about."""

    train: Samples
    asked: Int[np.ndarray, " row"]


def inner_folds(train: Samples, folds: int, *, seed: int) -> list[Inner]:
    """Deal the training rows; groups stay whole, emotions are spread evenly.

    Returns:
        None of them when there is only one group, so that nothing can be searched.
    """
    folds = min(folds, len(set(train.groups)))
    if folds < 2:
        return []
    words = [train.emotions[code] for code in train.codes]
    hand = np.array(dealt(train.groups, words, folds, seed=seed, purpose="penalty"))
    return [Inner(train.of(hand != fold), np.flatnonzero(hand == fold)) for fold in np.unique(hand)]


def best(
    penalties: Sequence[float], losses: Float[np.ndarray, " penalty"]
) -> tuple[float, dict[str, Any]]:
    """Give the penalty of the smallest loss, the first of ties, and what is told of the search."""
    chosen = penalties[int(np.argmin(losses))]
    tried = {
        str(penalty): round(float(loss), 6) for penalty, loss in zip(penalties, losses, strict=True)
    }
    return chosen, {"penalty": chosen, "penalty_search": tried}
