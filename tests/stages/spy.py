"""A model outside the package that writes down everything it is given."""

from dataclasses import dataclass, field

import numpy as np

from affekt.models import Claims, Fitted, Model, Probabilities, Samples, Vectors

LABELS = ["positive", "negative", "positive", "positive", "negative", "negative"]
PARTS: list[str | None] = ["train", "train", "train", "train", "test", "test"]
SEEN: list[tuple[Samples, list[Vectors]]] = []  # training rows and what was asked; tests clear it


@dataclass(frozen=True)
class FittedSpy(Fitted):
    """Answers with the row it was told to."""

    row: Probabilities
    claimed: tuple[bool, ...] = ()
    asked: list[Vectors] = field(default_factory=list)

    def probabilities(self, vectors: Vectors) -> Probabilities:
        self.asked.append(vectors)
        return np.tile(self.row, (len(vectors), 1))

    def claims(self, vectors: Vectors) -> Claims | None:
        return np.tile(np.array(self.claimed), (len(vectors), 1)) if self.claimed else None


class Spy(Model):
    """Learns nothing; ``row`` is what it says of every picture."""

    row: tuple[float, ...] = (0.25, 0.75)
    claims: tuple[bool, ...] = ()

    def fit(self, train: Samples) -> FittedSpy:
        fitted = FittedSpy(np.array(self.row), self.claims, facts={"rows": len(train.codes)})
        SEEN.append((train, fitted.asked))
        return fitted
