"""What a step makes smaller."""

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from affekt.training.finetune import Finetune


def loss(
    logits: Tensor, targets: Tensor, weights: Tensor, recipe: Finetune, whole: Tensor | None = None
) -> Tensor:
    r"""Give the mean loss of a batch, or what one process's part of it adds to that.

    Cross entropy is :math:`-\sum_k t_k \log p_k`; the generalised one
    :math:`\sum_k t_k (1 - p_k^q) / q`, which is bounded and so lets go of labels that never fit.

    Args:
        logits: One row a picture.
        targets: Shares that sum to 1, one row a picture.
        weights: What each class counts; a picture counts as its targets do together.
        recipe: Says which loss, and how targets are smoothed.
        whole: Targets of the batch of which these rows are a part; None: they are all.

    References:
        Zhang and Sabuncu (2018), NeurIPS, equation 6; Szegedy et al. (2016), CVPR, section 7, on
        smoothing.
    """
    smoothed = targets * (1 - recipe.label_smoothing) + recipe.label_smoothing / targets.shape[1]
    logs = torch.log_softmax(logits.float(), dim=1)
    if recipe.loss == "generalised":
        losses = (smoothed * (1 - torch.exp(recipe.q * logs)) / recipe.q).sum(1)
    else:
        losses = -(smoothed * logs).sum(1)
    counts = (targets if whole is None else whole) @ weights
    return (losses * (targets @ weights)).sum() / counts.sum()


def class_weights(
    targets: Float[np.ndarray, "row class"], recipe: Finetune
) -> Float[np.ndarray, " class"]:
    """Give what each class counts in the loss: all 1, or inverse to how much there is of it."""
    mass = targets.sum(axis=0)
    if recipe.balance != "loss":
        return np.ones(len(mass), np.float32)
    present = mass > 0
    counted = np.where(present, mass.sum() / (present.sum() * np.where(present, mass, 1)), 0)
    return counted.astype(np.float32)
