"""A net's last layer, trained on kept features as a net is trained: by small steps."""

from math import cos, pi
from typing import NamedTuple

import numpy as np
from jaxtyping import Float
from pydantic import Field

from affekt.models import Model, Samples
from affekt.models._linear import FittedLinear, balanced, on_one_thread, scaling
from affekt.training.chance import Rows, batches, generator

BETAS, TINY = (0.9, 0.999), 1e-8  # of AdamW, as its authors set them
Weights = Float[np.ndarray, "feature emotion"]


class Head(Model):
    """Standardise, then a softmax layer by AdamW along a cosine, with label smoothing.

    What the mode ``head`` of `[[bench.nets]]` does with pictures, on vectors and in every fold: it
    sees training rows alone, and needs no PyTorch.

    References:
        Loshchilov and Hutter (2019), Decoupled Weight Decay Regularization, ICLR.
    """

    epochs: int = Field(30, ge=1, description="times every training row is shown")
    batch: int = Field(64, ge=1, description="rows a step")
    rate: float = Field(0.01, gt=0, description="highest learning rate")
    weight_decay: float = Field(0.01, ge=0, description="of the weights; never of biases")
    label_smoothing: float = Field(0.1, ge=0, lt=1, description="share of a target given to all")
    balance: bool = Field(False, description="errors on rare emotions cost more, by 1 / share")
    seed: int

    def fit(self, train: Samples) -> FittedLinear:
        known = np.unique(train.codes)
        is_known = np.isin(np.arange(len(train.emotions)), known)
        scale = scaling(train.vectors, standardise=True)
        points = scale.of(train.vectors).astype(np.float32)
        targets = self._targets(np.searchsorted(known, train.codes), len(known))
        counts = balanced(train.codes, balance=self.balance).astype(np.float32)
        with on_one_thread():
            layer, losses = self._learned(points, targets, counts)
        weights = np.zeros((points.shape[1], len(is_known)))
        biases = np.zeros(len(is_known))
        weights[:, known] = layer.weights / scale.deviation[:, None]
        biases[known] = layer.biases - scale.mean @ weights[:, known]
        facts = {"steps": layer.step, "first_loss": losses[0], "last_loss": losses[-1]}
        return FittedLinear(weights, biases, is_known, facts=facts)

    def _targets(self, codes: Rows, emotions: int) -> Float[np.ndarray, "row emotion"]:
        targets = np.full((len(codes), emotions), self.label_smoothing / emotions, np.float32)
        targets[np.arange(len(codes)), codes] += 1 - self.label_smoothing
        return targets

    def _learned(
        self,
        points: Float[np.ndarray, "row feature"],
        targets: Float[np.ndarray, "row emotion"],
        counts: Float[np.ndarray, " row"],
    ) -> "tuple[_Layer, list[float]]":
        """Give the layer, and the mean loss of each epoch."""
        layer = _Layer.empty(points.shape[1], targets.shape[1])
        steps = self.epochs * -(-len(points) // self.batch)
        losses = []
        for epoch in range(self.epochs):
            order = generator(self.seed, "order", epoch).permutation(len(points))
            lost = 0.0
            for rows in batches(order, self.batch):
                logs = _log_softmax(points[rows] @ layer.weights + layer.biases)
                error = (np.exp(logs) - targets[rows]) * counts[rows, None] / len(rows)
                lost -= float((targets[rows] * logs).sum())
                rate = self.rate * (1 + cos(pi * layer.step / steps)) / 2
                slope = points[rows].T @ error, error.sum(axis=0)
                layer = layer.moved(slope, rate, self.weight_decay)
            losses.append(lost / len(points))
        return layer, losses


class _Moments(NamedTuple):
    """Running mean of the slope, and of its square."""

    first: np.ndarray
    second: np.ndarray


class _Layer(NamedTuple):
    """Weights, biases, and what AdamW remembers of both."""

    weights: Weights
    biases: Float[np.ndarray, " emotion"]
    memory: tuple[_Moments, _Moments]
    step: int

    @classmethod
    def empty(cls, features: int, emotions: int) -> "_Layer":
        weights = np.zeros((features, emotions), np.float32)
        biases = np.zeros(emotions, np.float32)
        weight, bias = (
            _Moments(np.zeros_like(one), np.zeros_like(one)) for one in (weights, biases)
        )
        return cls(weights, biases, (weight, bias), 0)

    def moved(self, slope: tuple[np.ndarray, np.ndarray], rate: float, decay: float) -> "_Layer":
        """Give the layer after one step of AdamW."""
        step = self.step + 1
        memory = tuple(
            _Moments(
                BETAS[0] * known.first + (1 - BETAS[0]) * one,
                BETAS[1] * known.second + (1 - BETAS[1]) * np.square(one),
            )
            for known, one in zip(self.memory, slope, strict=True)
        )
        moves = [
            (one.first / (1 - BETAS[0] ** step))
            / (np.sqrt(one.second / (1 - BETAS[1] ** step)) + TINY)
            for one in memory
        ]
        weights = self.weights * np.float32(1 - rate * decay) - np.float32(rate) * moves[0]
        biases = self.biases - np.float32(rate) * moves[1]
        return _Layer(weights, biases, (memory[0], memory[1]), step)


def _log_softmax(scores: Float[np.ndarray, "row emotion"]) -> Float[np.ndarray, "row emotion"]:
    shifted = scores - scores.max(axis=1, keepdims=True)
    logs: Float[np.ndarray, "row emotion"] = shifted - np.log(
        np.exp(shifted).sum(axis=1, keepdims=True)
    )
    return logs
