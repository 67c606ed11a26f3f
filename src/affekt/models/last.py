"""A net's last stage, trained in every fold on what enters it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from jaxtyping import Bool
from numpy.typing import NDArray
from pydantic import Field

from affekt.errors import AffektError
from affekt.models import Fitted, Model, Probabilities, Samples, Vectors
from affekt.models._linear import softmax
from affekt.nets.efficientnet_lite0 import NET
from affekt.training.extra import check_installed
from affekt.training.finetune import Finetune
from affekt.training.views import Kept

SHAPE = NET.shapes["stage6"]  # of what enters the last stage of EfficientNet-Lite0
LENGTH = NET.lengths["stage6"]


@dataclass(frozen=True)
class FittedLast(Fitted):
    """The end of a net: last stage, head convolution, classifier.

    Attributes:
        weights: All weights of the net by name; those before the last stage are the published ones.
        is_known: Emotions that had training rows; the others get probability 0.
    """

    weights: Mapping[str, NDArray[Any]]
    is_known: Bool[np.ndarray, " emotion"]

    def probabilities(self, vectors: Vectors) -> Probabilities:
        import torch

        from affekt.training.lite0 import Lite0

        net = Lite0(int(self.is_known.sum()))
        net.load_state_dict({name: torch.from_numpy(one) for name, one in self.weights.items()})
        net.eval()
        scores = np.zeros((len(vectors), len(self.is_known)))
        with torch.inference_mode():
            for row, entering in enumerate(_shaped(vectors)[:, :1]):  # the plain view alone
                logits = net.from_activation(torch.from_numpy(np.ascontiguousarray(entering)))
                scores[row, self.is_known] = logits.double().numpy()[0]
        return softmax(scores, self.is_known)


class Last(Model):
    """Train the last stage, the head convolution and a new classifier; needs PyTorch.

    The vectors are what enters the last stage, 9,408 values a picture: the layer ``stage6`` of the
    unchanged net. With mirrored ones behind the plain ones, steps are shown either.

    References:
        Yosinski et al. (2014), How transferable are features in deep neural networks?, NeurIPS.
    """

    takes: ClassVar[frozenset[int] | None] = frozenset({LENGTH, 2 * LENGTH})
    is_alone: ClassVar[bool] = True

    epochs: int = Field(10, ge=1, description="times every training picture is shown")
    batch: int = Field(32, ge=1, description="pictures a step")
    rate: float = Field(1e-4, gt=0, description="highest learning rate of layers that were there")
    new_rate_factor: float = Field(10.0, gt=0, description="rate of the classifier, times `rate`")
    label_smoothing: float = Field(0.1, ge=0, lt=1, description="share of a target given to all")
    averaging: float = Field(
        0.999, ge=0, lt=1, description="how much averaged weights keep at a step; 0: no averaging"
    )
    balance: bool = Field(False, description="errors on rare emotions cost more, by 1 / share")
    threads: int = Field(2, ge=1, le=256, description="processor threads of one step")
    seed: int

    def fit(self, train: Samples) -> FittedLast:
        check_installed()
        from affekt.training.loop import Lesson, Run
        from affekt.training.tuned import tuned

        if train.vectors.shape[1] not in (LENGTH, 2 * LENGTH):
            raise AffektError(
                f"model 'last': vectors of {train.vectors.shape[1]:,} values came, {LENGTH:,} or "
                f"twice as many are needed; give the entry the feature "
                '{ kind = "backbone", layer = "stage6" }'
            )
        known = np.unique(train.codes)
        targets = np.eye(len(known), dtype=np.float32)[np.searchsorted(known, train.codes)]
        recipe, values = self._recipe(train.vectors.shape[1]), _shaped(train.vectors)
        every = np.arange(len(targets))
        lesson = Lesson(Kept(values, recipe), targets, every, every[:0])
        learned = Run(tuned(recipe, len(known)), lesson, recipe).learn()
        facts = {"layers_moved": len(learned.moved), "last_loss": learned.history[-1].loss}
        weights = {name: one.numpy() for name, one in learned.weights.items()}
        is_known = np.isin(np.arange(len(train.emotions)), known)
        return FittedLast(weights, is_known, facts=facts)

    def _recipe(self, length: int) -> Finetune:
        same = ("epochs", "batch", "rate", "new_rate_factor", "label_smoothing", "averaging")
        return Finetune(
            mode="last",
            augment="mirror" if length > LENGTH else "none",
            balance="loss" if self.balance else "none",
            device="cpu",
            threads=self.threads,
            seed=self.seed,
            **{name: getattr(self, name) for name in same},
        )


def _shaped(vectors: Vectors) -> NDArray[Any]:
    """Give vectors as (row, view, channel, row, column)."""
    return vectors.astype(np.float32, copy=False).reshape(len(vectors), -1, *SHAPE)
