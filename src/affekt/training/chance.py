"""Where chance comes from in training: generators named by what they are for."""

from collections.abc import Sequence
from hashlib import sha256

import numpy as np
from jaxtyping import Int

from affekt.training.finetune import Finetune

Rows = Int[np.ndarray, " _"]


def generator(*words: object) -> np.random.Generator:
    """Give a generator of its own for these words, the same on every run.

    >>> generator(1, "order", 0).random() == generator(1, "order", 0).random()
    True
    """
    digest = sha256("\n".join(map(str, words)).encode()).digest()
    return np.random.Generator(np.random.Philox(key=int.from_bytes(digest[:16], "big")))


def order(train: Rows, codes: Rows, recipe: Finetune, epoch: int) -> Rows:
    """Give the training rows in the order of an epoch; balanced, some twice and others not.

    Args:
        train: Row numbers to learn from.
        codes: Class of every row, trained on or not.
        recipe: Says whether rare classes are drawn more often.
        epoch: From 0.
    """
    draw = generator(recipe.seed, "order", epoch)
    if recipe.balance != "sampling":
        shuffled: Rows = draw.permutation(train)
        return shuffled
    counts = np.bincount(codes[train])
    chances = 1 / counts[codes[train]]
    drawn: Rows = draw.choice(train, size=len(train), p=chances / chances.sum())
    return drawn


def batches(rows: Rows, size: int) -> Sequence[Rows]:
    """Cut an order into batches; the last one may be smaller."""
    return [rows[start : start + size] for start in range(0, len(rows), size)]
