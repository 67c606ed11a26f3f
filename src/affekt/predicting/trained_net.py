"""A trained net in Python: a folder in, probabilities of pictures out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float

from affekt import engine
from affekt.predicting.folder import NetFolder, opened
from affekt.predicting.given import Picture, pictures
from affekt.predicting.work import BATCH, Workers


@dataclass(frozen=True)
class Predicted:
    """What a net says of pictures, in their order.

    Attributes:
        emotions: Names of the columns, in the order of the net's taxonomy.
        probabilities: float64, each row sums to 1; not-a-number where a picture has no answer.
        labels: The likeliest emotion of each picture, of equal ones the first; None without answer.
        reasons: Why a picture has no answer, one word of ``docs/reasons.md``; else None.
        details: More on the reason, for people.
    """

    emotions: tuple[str, ...]
    probabilities: Float[np.ndarray, "picture emotion"]
    labels: tuple[str | None, ...]
    reasons: tuple[str | None, ...]
    details: tuple[str | None, ...]


class TrainedNet:
    """A net that was trained by affekt; `load` gives it.

    Attributes:
        emotions: Names of what it tells apart, in the order of its taxonomy.
        taxonomy: Name of that taxonomy.
        temperature: By which its probabilities are softened or sharpened; None where none was
            fitted, as of all nets that training leaves: they are the softmax of its logits then.
        config: All that its ``config.json`` says: architecture, data, settings, metrics.
    """

    def __init__(self, folder: NetFolder) -> None:
        self._folder = folder
        self.emotions: tuple[str, ...] = folder.emotions
        self.taxonomy: str = folder.taxonomy
        self.temperature: float | None = folder.temperature
        self.config: Mapping[str, Any] = folder.config

    def __repr__(self) -> str:
        return f"TrainedNet({str(self._folder.path)!r}, taxonomy={self.taxonomy!r})"

    def predict(
        self, given: Iterable[Picture], *, jobs: int | None = None, batch: int = BATCH
    ) -> Predicted:
        """Give probabilities, label or reason of each picture; the bad ones stop no other.

        Args:
            given: Paths of files, bytes of files, open Pillow pictures, or uint8 arrays of upright
                sRGB pixels (row, column, 3), with alpha as a fourth channel, or grey without
                channels, mixed as you like. Files are decoded in children with limits.
            jobs: Nets that run at once; by default one a processor.
            batch: Pictures of one run of the net.

        Raises:
            UsageError: One picture came where a list is needed, or a number is below 1.
            AffektError: The decoder died five times in a row.
        """
        with Workers(self._folder, engine.places() if jobs is None else jobs, batch) as workers:
            answers = list(workers.answers(pictures(given)))
        width = len(self.emotions)
        none = np.full(width, np.nan)
        rows = [none if one.probabilities is None else one.probabilities for one in answers]
        return Predicted(
            self.emotions,
            np.array(rows, dtype=float).reshape(len(rows), width),
            tuple(label(self.emotions, one.probabilities) for one in answers),
            tuple(one.reason for one in answers),
            tuple(one.detail for one in answers),
        )


def load(folder: str | PathLike[str]) -> TrainedNet:
    """Give the trained net in a folder, after a look at all its checksums; needs no PyTorch.

    Raises:
        UsageError: It is no such folder, or one in a newer format.
        Refused: A file of it was changed, or they do not fit together.
    """
    return TrainedNet(opened(Path(folder)))


def label(
    emotions: tuple[str, ...], probabilities: Float[np.ndarray, " emotion"] | None
) -> str | None:
    """Give the likeliest emotion, of equal ones the first; None without probabilities."""
    return None if probabilities is None else emotions[int(probabilities.argmax())]
