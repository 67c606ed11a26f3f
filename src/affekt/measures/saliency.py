"""Where in a picture the score of an answer comes from, and whether that is more than chance."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float

Activations = Float[np.ndarray, "channel row column"]
Grid = Float[np.ndarray, "row column"]


class Affine(NamedTuple):
    """Scores of emotions from the channels' means: ``means @ weights + biases``."""

    weights: Float[np.ndarray, "channel emotion"]
    biases: Float[np.ndarray, " emotion"]


def class_activation_map(activations: Activations, weights: Float[np.ndarray, " channel"]) -> Grid:
    r"""What each place adds to a score that is linear in the channels' means.

    :math:`M(x, y) = \sum_k w_k f_k(x, y)`; the mean of the map plus the bias is the score. Below 0
    where a place speaks against it.

    References:
        Zhou, Khosla, Lapedriza, Oliva and Torralba (2016), Learning Deep Features for
        Discriminative Localization, CVPR, equation 2.
    """
    found: Grid = np.tensordot(weights, activations.astype(float), axes=1)
    return found


def centred(scores: Affine, is_known: Bool[np.ndarray, " emotion"]) -> Affine:
    """Take the mean of the known emotions from each of them; the others become 0.

    A softmax answers the same when all scores are moved by as much, so a map of one score alone
    would depend on what the answer does not: what is left speaks for one emotion against the mean
    of all. Without a known emotion all is 0.
    """
    if not is_known.any():
        return Affine(np.zeros_like(scores.weights), np.zeros_like(scores.biases))
    weights = scores.weights - scores.weights[:, is_known].mean(axis=1, keepdims=True)
    biases = scores.biases - scores.biases[is_known].mean()
    return Affine(np.where(is_known, weights, 0.0), np.where(is_known, biases, 0.0))


def rank_correlation(one: Float[np.ndarray, "..."], other: Float[np.ndarray, "..."]) -> float:
    """Spearman's correlation of two maps, cell by cell: 1 same order, 0 none, -1 reversed.

    NaN where one of them is the same everywhere, or has fewer than two cells. Ties share the mean
    of their ranks.

    >>> rank_correlation(np.array([1.0, 2.0, 9.0]), np.array([0.0, 5.0, 6.0]))
    1.0

    References:
        Spearman (1904), The Proof and Measurement of Association between Two Things, American
        Journal of Psychology 15; of maps as in Adebayo et al. (2018), Sanity Checks for Saliency
        Maps, NeurIPS.
    """
    a, b = (_ranks(each) for each in (one, other))
    spread = float(np.sqrt((a @ a) * (b @ b)))
    return float(a @ b) / spread if spread > 0 else float("nan")


def _ranks(values: Float[np.ndarray, "..."]) -> Float[np.ndarray, " cell"]:
    """Give ranks less their mean."""
    _, place, counts = np.unique(values.ravel(), return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    ranks: Float[np.ndarray, " cell"] = (last - (counts - 1) / 2)[place.ravel()]
    return ranks - ranks.mean() if ranks.size else ranks


def cells_greyed(share: float, size: int) -> int:
    """Give how many cells of a map are a share of them; at least one."""
    return max(1, round(share * size))


def most_marked(grid: Grid, cells: int) -> Bool[np.ndarray, "row column"]:
    """Choose that many cells of a map, the highest; of equal ones the first by row and column."""
    order = np.argsort(-grid.ravel(), kind="stable")
    chosen = np.zeros(grid.size, dtype=bool)
    chosen[order[:cells]] = True
    return chosen.reshape(grid.shape)
