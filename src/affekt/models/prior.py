"""What can be said without looking: the levels every other model has to beat."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Float
from pydantic import Field

from affekt.models import Fitted, Model, Probabilities, Samples, Vectors


@dataclass(frozen=True)
class FittedPrior(Fitted):
    """The same row for every picture."""

    row: Float[np.ndarray, " emotion"]

    def probabilities(self, vectors: Vectors) -> Probabilities:
        return np.tile(self.row, (len(vectors), 1))


class Prior(Model):
    """Probabilities that are the same for every picture.

    ``majority`` says the share of each emotion in training, so that the most frequent one is
    always chosen, the first in the taxonomy of ties. ``chance`` says the same for all emotions
    seen in training: right with probability 1 / emotions, whatever the test part holds.
    """

    looks = False

    strategy: Literal["majority", "chance"] = Field(
        "majority", description="shares seen in training, or the same for every emotion seen"
    )

    def fit(self, train: Samples) -> FittedPrior:
        counts = np.bincount(train.codes, minlength=len(train.emotions)).astype(float)
        shares = counts if self.strategy == "majority" else (counts > 0).astype(float)
        return FittedPrior(shares / shares.sum(), facts={"rows": len(train.codes)})
