"""Orders of answers, held against scikit-learn (issue 6, item 5)."""

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics

from affekt.measures import ranking, scores

sets = st.tuples(st.integers(1, 40), st.integers(0, 9999), st.booleans())


def made(size: int, seed: int, is_rough: bool) -> tuple[np.ndarray, np.ndarray]:
    dice = np.random.default_rng(seed)
    said = dice.dirichlet(np.ones(4), size)
    return dice.integers(0, 4, size), np.round(said, 1) if is_rough else said


@given(sets)
@settings(max_examples=40)
def test_average_precision_agrees_with_scikit_learn(given_: tuple[int, int, bool]) -> None:
    truth, said = made(*given_)
    (found,) = ranking.average_precisions(truth, said, np.ones((1, truth.size)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of emotions without pictures
        known = [
            metrics.average_precision_score(truth == code, said[:, code])
            if (truth == code).any()
            else np.nan
            for code in range(4)
        ]
    assert found == pytest.approx(known, nan_ok=True)


@given(sets)
@settings(max_examples=20)
def test_a_weight_is_so_many_pictures(given_: tuple[int, int, bool]) -> None:
    truth, said = made(*given_)
    often = np.random.default_rng(1).integers(0, 3, truth.size)
    (found,) = ranking.average_precisions(truth, said, often[None].astype(float))
    rows = np.repeat(np.arange(truth.size), often)
    (known,) = ranking.average_precisions(truth[rows], said[rows], np.ones((1, rows.size)))
    assert found == pytest.approx(known, nan_ok=True)


def test_saying_the_same_of_all_scores_the_share_of_the_emotion() -> None:
    """The floor: what guessing scores."""
    truth = np.array([0, 0, 0, 1])
    (found,) = ranking.average_precisions(truth, np.full((4, 2), 0.5), np.ones((1, 4)))
    assert found.tolist() == [0.75, 0.25]


def test_no_picture_has_no_average_precision() -> None:
    found = ranking.average_precisions(np.zeros(0, int), np.zeros((0, 3)), np.zeros((2, 0)))
    assert found.shape == (2, 3)
    assert np.isnan(found).all()


@given(sets, st.integers(1, 4))
@settings(max_examples=30)
def test_the_first_k_agree_with_scikit_learn(given_: tuple[int, int, bool], k: int) -> None:
    size, seed, _ = given_
    truth, said = made(size, seed, is_rough=False)
    known = metrics.top_k_accuracy_score(truth, said, k=k, labels=range(4)) if k < 4 else 1.0
    assert ranking.among_first(truth, said, k).mean() == pytest.approx(known)


@given(sets)
@settings(max_examples=20)
def test_the_first_one_is_the_outcome_ties_and_all(given_: tuple[int, int, bool]) -> None:
    truth, said = made(*given_)
    assert ranking.among_first(truth, said, 1) == pytest.approx(scores.outcomes(truth, said))


def test_a_constant_is_among_the_first_two_of_eight_in_a_quarter() -> None:
    said = np.full((3, 8), 1 / 8)
    assert ranking.among_first(np.array([0, 4, 7]), said).tolist() == [0.25] * 3
