"""Emotions named without training: pictures are held against texts that speak of each emotion."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from jaxtyping import Float
from pydantic import PrivateAttr

from affekt.errors import AffektError
from affekt.models import Fitted, Model, Probabilities, Samples, Vectors
from affekt.models._linear import softmax
from affekt.nets.text import TextEncoder
from affekt.taxonomy import MIKELS8, Taxonomy


@dataclass(frozen=True)
class FittedZeroShot(Fitted):
    """Softmax of the cosines between a picture and the texts of each emotion.

    Attributes:
        texts: One row an emotion, of length 1.
        scale: What cosines are multiplied by; of shape ().
    """

    texts: Float[np.ndarray, "emotion feature"]
    scale: Float[np.ndarray, ""]

    def probabilities(self, vectors: Vectors) -> Probabilities:
        return softmax(
            self.scale * (unit_length(vectors) @ self.texts.T), np.ones(len(self.texts), bool)
        )


class ZeroShot(Model):
    """Say the emotion whose texts lie nearest to the picture; no training row is looked at.

    Each phrase of an emotion is put into each template. The vectors of these texts are brought to
    length 1, averaged, and brought to length 1 again; so are those of pictures. Their cosines,
    times what the net itself learned to multiply them by, go through a softmax. Nothing is chosen
    by labels. An emotion that training has no picture of is named like the others.

    References:
        Radford et al. (2021), Learning Transferable Visual Models From Natural Language
        Supervision, ICML, section 3.1.4: prompts, and ensembles of them.

    Differs:
        SigLIP was trained to judge each text by itself; here its cosines share one softmax.
    """

    idle: ClassVar[frozenset[str]] = frozenset({"taxonomy"})  # its prompts count
    learns: ClassVar[bool] = False
    reads: ClassVar[bool] = True

    taxonomy: Taxonomy

    _texts: TextEncoder | None = PrivateAttr(None)
    _asked: Taxonomy | None = PrivateAttr(None)

    @classmethod
    def example(cls) -> "ZeroShot":
        return cls(taxonomy=MIKELS8)

    def with_texts(self, texts: TextEncoder, taxonomy: Taxonomy) -> "ZeroShot":
        copy = self.model_copy()
        copy._texts, copy._asked = texts, taxonomy
        return copy

    def identity(self) -> dict[str, Any]:
        """Give kind and version, the prompts, and what the net that reads them comes from."""
        told = super().identity() | {"templates": list(self.taxonomy.templates)}
        told["phrases"] = {name: list(phrases) for name, phrases in self._phrases.items()}
        return told | ({"texts": dict(self._texts.identity())} if self._texts else {})

    def fit(self, train: Samples) -> FittedZeroShot:
        if self._texts is None:
            raise AffektError(
                "model 'zero_shot': holds pictures against texts, and nothing reads them; give the "
                'entry a feature that does, { kind = "clip", net = "folder of a CLIP or SigLIP" }'
            )
        phrases = {name: self._phrases_of(name) for name in train.emotions}
        rows = [self._row(self._texts, phrases[name]) for name in train.emotions]
        if train.vectors.shape[1] != len(rows[0]):
            raise AffektError(
                f"model 'zero_shot': pictures have {train.vectors.shape[1]:,} values and texts "
                f'{len(rows[0]):,}; leave the feature\'s `views` at ["plain"]'
            )
        facts = {
            "learned from": "no picture",
            "templates": list(self.taxonomy.templates),
            "phrases": {name: ", ".join(said) for name, said in phrases.items()},
        }
        return FittedZeroShot(np.stack(rows), np.array(self._texts.scale), facts=facts)

    def _row(self, texts: TextEncoder, phrases: Sequence[str]) -> Float[np.ndarray, " feature"]:
        prompts = [
            template.replace("{}", one) for one in phrases for template in self.taxonomy.templates
        ]
        mean = unit_length(texts.read(prompts)).mean(axis=0)
        row: Float[np.ndarray, " feature"] = unit_length(mean[None])[0]
        return row

    @property
    def _phrases(self) -> dict[str, tuple[str, ...]]:
        """Phrases of the data set's emotions; where the plan has some for a name, those."""
        return (self._asked.phrases if self._asked else {}) | self.taxonomy.phrases

    def _phrases_of(self, emotion: str) -> tuple[str, ...]:
        known = self._phrases
        if emotion not in known:
            raise AffektError(
                f"model 'zero_shot': the emotion {emotion!r} has no phrase that a net could be "
                f"asked by; write some in the section [taxonomy] of the plan: emotions = "
                f'[{{ name = {emotion!r}, phrases = ["…"] }}, …]'
            )
        return known[emotion]


def unit_length(vectors: Float[np.ndarray, "row feature"]) -> Float[np.ndarray, "row feature"]:
    """Give vectors of length 1; one of length 0 stays as it is, as far from every text."""
    lengths = np.linalg.norm(vectors.astype(float), axis=1, keepdims=True)
    rows: Float[np.ndarray, "row feature"] = vectors / np.where(lengths > 0, lengths, 1)
    return rows
