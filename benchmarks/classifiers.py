"""Linear classifiers on the features of nets: every solver at hand, its cost and its accuracy.

Run: ``python -m benchmarks.classifiers [--columns 1280 4096] [--slow]`` in the folder above. Rows
are made, not extracted: 64 hidden causes with eight overlapping classes, mixed into as many columns
as asked by a random matrix whose spectrum falls like that of a net's last layer, and cut at zero.
Each line is one fit on 20,000 rows, standardised, with one thread; accuracy is that on 5,000 more
rows. CPU seconds count the fit alone, with its principal components where it has some.

The first lines are models of affekt by their own interface; the others are what scikit-learn
offers, among it LIBLINEAR and LIBSVM. ``--slow`` adds what takes minutes.
"""

import argparse
import time
import warnings
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float, Int
from sklearn.decomposition import PCA
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression, RidgeClassifier, SGDClassifier
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC, LinearSVC
from threadpoolctl import threadpool_limits

from affekt.models import Fitted, Model, Samples
from affekt.models.linear_svm import LinearSvm
from affekt.models.logistic import Logistic
from affekt.taxonomy import MIKELS8
from benchmarks._turns import tell

ROWS, ASKED = 20_000, 5_000
CAUSES, DECAY = 64, 0.7  # of the hidden spectrum: the n-th cause weighs n ** -DECAY
SHARES = np.array([0.21, 0.13, 0.23, 0.12, 0.05, 0.07, 0.05, 0.14])  # of the classes, uneven
SEED = 2016
Rows = Float[np.ndarray, "row column"]


class Made(NamedTuple):
    """Rows to learn from, and others to be asked about."""

    rows: Rows
    codes: Int[np.ndarray, " row"]
    asked: Rows
    truth: Int[np.ndarray, " asked"]


class Contender(NamedTuple):
    """A way to fit, and how it answers."""

    name: str
    fit: Callable[[Made], Callable[[Rows], Int[np.ndarray, " row"]]]


def made(columns: int) -> Made:
    """Draw the rows."""
    draw = np.random.default_rng(SEED)
    codes = draw.choice(len(SHARES), ROWS + ASKED, p=SHARES / SHARES.sum())
    weight = np.arange(1, CAUSES + 1) ** -DECAY
    centres = draw.normal(size=(len(SHARES), CAUSES)) * weight * 0.2
    causes = centres[codes] + draw.normal(size=(len(codes), CAUSES)) * weight
    mixed = causes @ draw.normal(size=(CAUSES, columns)) / np.linalg.norm(weight)
    mixed += draw.normal(0.0, 0.6, mixed.shape)
    rows = np.maximum(mixed, 0.0)
    rows -= rows[:ROWS].mean(axis=0)
    rows /= rows[:ROWS].std(axis=0)
    rows = rows.astype(np.float32)
    return Made(rows[:ROWS], codes[:ROWS], rows[ROWS:], codes[ROWS:])


def by_affekt(name: str, model: Model) -> Contender:
    """Fit by the interface of affekt."""

    def fit(on: Made) -> Callable[[Rows], Int[np.ndarray, " row"]]:
        groups = tuple(map(str, range(len(on.codes))))
        fitted = model.fit(Samples(on.rows, on.codes, MIKELS8.names, groups))
        assert isinstance(fitted, Fitted)
        return lambda asked: fitted.probabilities(asked).argmax(axis=1)

    return Contender(name, fit)


def by_sklearn(name: str, estimator: Any) -> Contender:
    """Fit an estimator of scikit-learn."""

    def fit(on: Made) -> Callable[[Rows], Int[np.ndarray, " row"]]:
        fitted = estimator.fit(on.rows, on.codes)
        return lambda asked: np.asarray(fitted.predict(asked))

    return Contender(name, fit)


def reduced(components: int, estimator: Any, solver: str = "randomized") -> Any:
    """Put principal components before an estimator."""
    return make_pipeline(PCA(components, svd_solver=solver, random_state=SEED), estimator)


def contenders(*, slow: bool) -> Iterator[Contender]:
    """Give every way, those of affekt first."""
    even = {"class_weight": "balanced"}
    yield by_affekt("affekt linear_svm, 20 components", LinearSvm(seed=SEED))
    yield by_affekt("affekt linear_svm, 100 components", LinearSvm(components=100, seed=SEED))
    yield by_affekt("affekt logistic", Logistic(penalty=1e-3, seed=SEED))
    for solver in ("randomized", "covariance_eigh", "arpack", "full"):
        yield by_sklearn(
            f"PCA {solver} 20, LinearSVC primal",
            reduced(20, LinearSVC(dual=False, **even), solver),
        )
    yield by_sklearn("PCA 100, LinearSVC primal", reduced(100, LinearSVC(dual=False, **even)))
    yield by_sklearn("PCA 20, LinearSVC dual", reduced(20, LinearSVC(dual=True, **even)))
    yield by_sklearn("PCA 20, RidgeClassifier", reduced(20, RidgeClassifier(**even)))
    yield by_sklearn("RidgeClassifier cholesky", RidgeClassifier(1e3, **even))
    yield by_sklearn("RidgeClassifier lsqr", RidgeClassifier(1e3, solver="lsqr", **even))
    for solver in ("lbfgs", "newton-cg"):
        yield by_sklearn(
            f"LogisticRegression {solver}",
            LogisticRegression(C=1e-3, solver=solver, **even),
        )
    if slow:
        yield from slow_ones()


def slow_ones() -> Iterator[Contender]:
    """Give those that take minutes."""
    even = {"class_weight": "balanced"}
    for loss in ("hinge", "log_loss"):
        yield by_sklearn(
            f"SGDClassifier {loss}",
            SGDClassifier(loss=loss, alpha=1e-2, random_state=SEED, **even),
        )
    yield by_sklearn("PCA 100, LinearSVC dual", reduced(100, LinearSVC(dual=True, **even)))
    yield by_sklearn("PCA 20, SVC one-vs-one", reduced(20, SVC(kernel="linear", **even)))
    yield by_sklearn("LinearSVC primal", LinearSVC(C=1e-3, dual=False, **even))
    yield by_sklearn("LinearSVC dual", LinearSVC(C=1e-3, dual=True, **even))
    for solver in ("sag", "saga"):
        yield by_sklearn(
            f"LogisticRegression {solver}",
            LogisticRegression(C=1e-3, solver=solver, **even),
        )
    yield by_sklearn(
        "LogisticRegression liblinear, one-vs-all",
        OneVsRestClassifier(LogisticRegression(C=1e-3, solver="liblinear", **even)),
    )
    yield by_sklearn("PCA 100, SVC one-vs-one", reduced(100, SVC(kernel="linear", **even)))
    yield by_sklearn(
        "PCA 20, SVC one-vs-all",
        reduced(20, OneVsRestClassifier(SVC(kernel="linear", **even))),
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--columns", type=int, nargs="+", default=[1280, 4096])
    parser.add_argument("--slow", action="store_true", help="also what takes minutes")
    given = parser.parse_args()
    warnings.simplefilter("ignore", ConvergenceWarning)
    for columns in given.columns:
        on = made(columns)
        tell(f"{ROWS:,} rows of {columns:,} columns", "CPU s", "accuracy", "mean recall")
        for name, fit in contenders(slow=given.slow):
            with threadpool_limits(1):
                before = time.process_time()
                answer = fit(on)
                spent = time.process_time() - before
            right = answer(on.asked) == on.truth
            recalls = [right[on.truth == code].mean() for code in range(len(SHARES))]
            tell(name, f"{spent:.2f}", f"{right.mean():.3f}", f"{np.mean(recalls):.3f}")


if __name__ == "__main__":
    main()
