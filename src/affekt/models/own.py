"""What a trained net says itself: its own last layer, nothing fitted on top."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from affekt.errors import AffektError
from affekt.models import Fitted, Model, Probabilities, Samples, Vectors
from affekt.models._linear import softmax


@dataclass(frozen=True)
class FittedOwn(Fitted):
    """The softmax of logits, one an emotion in the order of the data set's."""

    def probabilities(self, vectors: Vectors) -> Probabilities:
        return softmax(vectors.astype(float), np.ones(vectors.shape[1], bool))


class Own(Model):
    """Take a trained net at its word: the softmax of its logits; no training row is looked at.

    The entry's feature is a net of the plan: `{ kind = "backbone", weights = "its name", layer =
    "logits" }`. It must have learned the emotions of the data set.

    References:
        You, Luo, Jin and Yang (2016), AAAI, Table 3: the two fine-tuned nets say the emotion
        themselves, the unchanged one needs a classifier.
    """

    learns: ClassVar[bool] = False

    def fit(self, train: Samples) -> FittedOwn:
        if train.vectors.shape[1] != len(train.emotions):
            raise AffektError(
                f"model 'own': vectors of {train.vectors.shape[1]} values came, one an emotion is "
                f"needed, {len(train.emotions)}; give the entry a feature with a trained net and "
                'its logits, { kind = "backbone", weights = "name of the net", layer = "logits" }'
            )
        return FittedOwn()
