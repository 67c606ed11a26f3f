"""What scikit-learn solves for the linear models.

Its import takes as long as all the rest of a command that only reads a plan, so that the models
import this file when they fit.
"""

import warnings
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

import numpy as np
from jaxtyping import Float, Int
from sklearn.decomposition import PCA
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.svm import SVC, LinearSVC

from affekt.models import Vectors

Solver = Literal["randomized", "covariance_eigh", "full"]  # as scikit-learn calls them
LARGEST_SEED = 2**32 - 1  # that scikit-learn accepts
CACHE_MB = 500  # of kernel values; less makes LIBSVM compute rows again and again
Weights = Float[np.ndarray, " image"]


class Components(NamedTuple):
    """Orthogonal directions of most variance, and the share of it that they hold together."""

    directions: Float[np.ndarray, "feature component"]
    share: float


class Planes(NamedTuple):
    """Normals and offsets of planes between codes; whether the solver was stopped before its end.

    Between two codes lies one plane, and its positive side is the second of them.
    """

    normals: Float[np.ndarray, "plane feature"]
    offsets: Float[np.ndarray, " plane"]
    codes: Int[np.ndarray, " code"]
    is_early: bool


def components(scaled: Vectors, kept: int, solver: Solver, *, seed: int) -> Components:
    """Give the principal components; all but the randomised solver are exact."""
    pca = PCA(kept, svd_solver=solver, random_state=seed % LARGEST_SEED).fit(scaled)
    return Components(pca.components_.T, float(pca.explained_variance_ratio_.sum()))


def svm(
    points: Vectors,
    codes: Int[np.ndarray, " image"],
    weights: Weights,
    *,
    penalty: float,
    most: int,
) -> Planes:
    """Separate two codes with squared hinge loss, in so many steps at most."""
    return _planes(LinearSVC(C=penalty, dual=False, max_iter=most), points, codes, weights)


class Machine(NamedTuple):
    """A kernel machine between two codes: rows that it leans on, their coefficients, its offset."""

    rows: Int[np.ndarray, " support"]
    coefficients: Float[np.ndarray, " support"]
    offset: float
    is_early: bool


def kernel_machine(
    points: Vectors,
    is_it: Int[np.ndarray, " image"],
    weights: Weights,
    *,
    penalty: float,
    gamma: float | None,
    most: int,
) -> Machine:
    """Separate 1 from 0 by LIBSVM; with ``gamma`` by a radial basis function, else linearly."""
    kernel = {"kernel": "linear"} if gamma is None else {"kernel": "rbf", "gamma": gamma}
    classifier = SVC(C=penalty, max_iter=most, cache_size=CACHE_MB, **kernel)
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always", ConvergenceWarning)
        classifier.fit(points, is_it, weights)
    offset = float(classifier.intercept_[0])
    return Machine(classifier.support_, classifier.dual_coef_[0], offset, bool(heard))


def logistic(
    points: Vectors,
    codes: Int[np.ndarray, " image"],
    weights: Weights,
    *,
    penalty: float,
    most: int,
) -> Planes:
    """Separate codes by multinomial logistic regression, in so many steps at most."""
    return _planes(LogisticRegression(C=penalty, max_iter=most), points, codes, weights)


def logistic_path(
    points: Vectors,
    codes: Int[np.ndarray, " image"],
    weights: Weights,
    *,
    penalties: Sequence[float],
    most: int,
) -> Iterator[Planes]:
    """Do as `logistic` for one penalty after the other, each from where the last one ended."""
    classifier = LogisticRegression(max_iter=most, warm_start=True)
    for penalty in penalties:
        yield _planes(classifier.set_params(C=penalty), points, codes, weights)


def _planes(
    classifier: LinearSVC | LogisticRegression,
    points: Vectors,
    codes: Int[np.ndarray, " image"],
    weights: Weights,
) -> Planes:
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always", ConvergenceWarning)
        classifier.fit(points, codes, weights)
    found = classifier.coef_.copy(), classifier.intercept_.copy()  # a warm start writes over them
    return Planes(*found, classifier.classes_, bool(heard))
