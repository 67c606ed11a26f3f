import warnings
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics

from affekt.measures import scores

pairs = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=60)
Pairs = list[tuple[int, int]]


def codes(rows: Pairs) -> tuple[np.ndarray, np.ndarray]:
    truth, predicted = np.array(rows).T
    return truth, predicted


@given(pairs)
def test_the_matrix_agrees_with_scikit_learn(rows: Pairs) -> None:
    truth, predicted = codes(rows)
    known = metrics.confusion_matrix(truth, predicted, labels=range(4))
    assert (scores.confusion(truth, predicted, 4) == known).all()


@given(pairs)
def test_scores_agree_with_scikit_learn(rows: Pairs) -> None:
    truth, predicted = codes(rows)
    matrix = scores.confusion(truth, predicted, 4)
    precision, recall, f1, n = metrics.precision_recall_fscore_support(
        truth, predicted, labels=range(4), zero_division=np.nan
    )
    there = n > 0
    assert scores.accuracy(matrix) == pytest.approx(metrics.accuracy_score(truth, predicted))
    assert scores.recalls(matrix) == pytest.approx(recall, nan_ok=True)
    assert scores.precisions(matrix) == pytest.approx(precision, nan_ok=True)
    assert scores.f1s(matrix)[there] == pytest.approx(np.nan_to_num(f1[there]))
    assert scores.macro_recall(matrix) == pytest.approx(recall[there].mean())
    assert scores.macro_f1(matrix) == pytest.approx(np.nan_to_num(f1[there]).mean())


@given(pairs, st.integers(0, 3))
def test_the_second_reading_is_the_balanced_accuracy_of_one_against_the_rest(
    rows: Pairs, emotion: int
) -> None:
    """M70: both readings of "true positive rate" are there and named."""
    truth, predicted = codes(rows)
    found = scores.two_sided_recalls(scores.confusion(truth, predicted, 4))[emotion]
    sides = [
        (predicted[truth == emotion] == emotion).mean() if (truth == emotion).any() else np.nan,
        (predicted[truth != emotion] != emotion).mean() if (truth != emotion).any() else np.nan,
    ]
    assert found == pytest.approx(np.mean(sides), nan_ok=True)


def test_guessing_scores_an_eighth_by_the_first_reading_and_a_half_by_the_second() -> None:
    matrix = np.ones((8, 8))
    assert scores.recalls(matrix) == pytest.approx(np.full(8, 1 / 8))
    assert scores.two_sided_recalls(matrix) == pytest.approx(np.full(8, 1 / 2))


def test_an_emotion_without_pictures_has_no_score_and_means_leave_it_out() -> None:
    """B70: an emotion absent from the test part gives no number and no warning."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        matrix = scores.confusion(np.array([0, 0, 1]), np.array([0, 2, 1]), 3)
        assert scores.recalls(matrix) == pytest.approx([0.5, 1.0, np.nan], nan_ok=True)
        assert scores.precisions(matrix) == pytest.approx([1.0, 1.0, 0.0])
        assert scores.f1s(matrix) == pytest.approx([2 / 3, 1.0, np.nan], nan_ok=True)
        assert scores.macro_recall(matrix) == 0.75


@pytest.mark.parametrize(
    "measure", [scores.recalls, scores.two_sided_recalls, scores.precisions, scores.f1s]
)
def test_many_matrices_at_once_score_as_each_alone(
    measure: Callable[[np.ndarray], np.ndarray],
) -> None:
    """Among them some without pictures of an emotion, without decisions for it, and empty."""
    dice = np.random.default_rng(3)
    matrices = dice.integers(0, 3, (5, 4, 3, 3)) * dice.integers(0, 2, (5, 4, 3, 1)) / 2
    together = measure(matrices)
    alone = [[measure(one) for one in some] for some in matrices]
    assert np.array_equal(together, alone, equal_nan=True)
    means = [[scores.macro(one) for one in some] for some in together]
    assert np.array_equal(scores.macro(together), means, equal_nan=True)


def test_an_emotion_never_predicted_has_no_precision_and_f1_zero() -> None:
    """M69: an emotion predicted never is a result."""
    matrix = scores.confusion(np.array([0, 1]), np.array([0, 0]), 2)
    assert scores.precisions(matrix) == pytest.approx([0.5, np.nan], nan_ok=True)
    assert scores.f1s(matrix) == pytest.approx([2 / 3, 0.0])


def test_no_pictures_have_no_scores() -> None:
    matrix = scores.confusion(np.array([], dtype=int), np.array([], dtype=int), 2)
    numbers = [scores.accuracy(matrix), scores.macro_recall(matrix), scores.macro_f1(matrix)]
    assert np.isnan(numbers).all()
    assert np.isnan(scores.two_sided_recalls(matrix)).all()


def test_weights_count_pictures_in_parts() -> None:
    matrix = scores.confusion(
        np.array([0, 1, 1]), np.array([0, 1, 0]), 2, weights=np.array([1.0, 0.25, 0.75])
    )
    assert matrix.tolist() == [[1.0, 0.0], [0.75, 0.25]]
    assert scores.accuracy(matrix) == 0.625


@pytest.mark.parametrize("wrong", [-1, 2])
def test_a_code_outside_the_emotions_is_refused(wrong: int) -> None:
    with pytest.raises(ValueError, match="0 to 1 are allowed"):
        scores.confusion(np.array([0]), np.array([wrong]), 2)


def test_a_tie_between_the_most_probable_is_shared() -> None:
    """Chance is right in one of three, whichever emotion comes first."""
    matrix = scores.confusion_of(np.array([0, 1, 2, 2]), np.full((4, 3), 1 / 3))
    assert scores.accuracy(matrix) == pytest.approx(1 / 3)
    assert matrix.sum(axis=1) == pytest.approx([1.0, 1.0, 2.0])


@given(pairs)
def test_without_ties_the_most_probable_is_the_decision(rows: Pairs) -> None:
    truth, predicted = codes(rows)
    probabilities = np.full((len(rows), 4), 0.1)
    probabilities[np.arange(len(rows)), predicted] = 0.7
    found = scores.confusion_of(truth, probabilities)
    assert (found == scores.confusion(truth, predicted, 4)).all()


@given(pairs)
def test_outcomes_average_to_the_accuracy(rows: Pairs) -> None:
    truth, predicted = codes(rows)
    probabilities = np.eye(4)[predicted] + np.eye(4)[np.roll(predicted, 1)]
    found = scores.outcomes(truth, probabilities)
    assert found.mean() == pytest.approx(scores.accuracy(scores.confusion_of(truth, probabilities)))
    assert set(found) <= {0.0, 0.5, 1.0}


def test_both_readings_of_machines_that_decide_alone_by_hand() -> None:
    """I10: of emotion 0, one of two is claimed, and one of three others wrongly is."""
    truth = np.array([0, 0, 1, 1, 2])
    claims = np.array([[1, 0, 0], [0, 0, 0], [1, 1, 0], [0, 1, 1], [0, 0, 1]], dtype=bool)
    (counts,) = scores.alone(truth, claims)
    assert counts[0].tolist() == [[1, 1], [1, 2]]
    assert scores.recalls(counts)[:, 0].tolist() == [0.5, 1.0, 1.0]
    assert scores.recalls(counts)[:, 1].tolist() == pytest.approx([2 / 3, 1.0, 3 / 4])
    assert scores.two_sided_recalls(counts)[:, 0].tolist() == pytest.approx([7 / 12, 1.0, 7 / 8])


@given(st.lists(st.integers(0, 2), min_size=1, max_size=20))
def test_claims_that_follow_the_choice_give_the_scores_of_the_choice(codes: list[int]) -> None:
    """I10: with one claim a picture, the second reading is the one of the confusion matrix."""
    truth, said = np.array(codes), (np.array(codes) * 2 + 1) % 3
    matrix = scores.confusion(truth, said, 3)
    (counts,) = scores.alone(truth, said[:, None] == np.arange(3))
    both = scores.two_sided_recalls(counts)[:, 0]
    assert scores.recalls(counts)[:, 0] == pytest.approx(scores.recalls(matrix), nan_ok=True)
    assert both == pytest.approx(scores.two_sided_recalls(matrix), nan_ok=True)


def test_counts_of_groups_add_up_to_the_counts_of_all() -> None:
    truth, claims = np.array([0, 1, 1]), np.array([[1, 0], [1, 1], [0, 0]], dtype=bool)
    weights, groups = np.array([1.0, 0.5, 0.5]), np.array([0, 1, 0])
    (whole,) = scores.alone(truth, claims, weights=weights)
    apart = scores.alone(truth, claims, weights=weights, groups=groups)
    assert apart.shape == (2, 2, 2, 2)
    assert apart.sum(axis=0).tolist() == whole.tolist()


def test_machines_that_are_asked_about_nothing_have_no_rate() -> None:
    (counts,) = scores.alone(np.zeros(0, dtype=int), np.zeros((0, 2), dtype=bool))
    assert np.isnan(scores.recalls(counts)).all()


@given(pairs)
def test_the_correlation_agrees_with_scikit_learn(rows: Pairs) -> None:
    """Issue 6, item 5: MCC among several emotions."""
    truth, predicted = codes(rows)
    found = scores.correlation(scores.confusion(truth, predicted, 4))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns where only one emotion occurs
        known = metrics.matthews_corrcoef(truth, predicted)
    assert found == pytest.approx(known, abs=1e-9)


def test_guessing_correlates_with_nothing_and_no_picture_gives_no_number() -> None:
    assert scores.correlation(np.outer([1.0, 2, 3], [4.0, 1, 1])) == pytest.approx(0)
    assert scores.correlation(np.diag([3.0, 0.5])) == pytest.approx(1)
    assert np.isnan(scores.correlation(np.zeros((3, 3))))


def test_the_worst_emotion_is_the_least_that_has_a_score() -> None:
    assert scores.worst(np.array([[0.5, np.nan, 0.2], [np.nan] * 3])).tolist() == pytest.approx(
        [0.2, np.nan], nan_ok=True
    )


def test_polarity_counts_answers_on_the_side_of_the_label() -> None:
    """G21: by hand; a label of no side is left out, an answer of no side is on none."""
    matrix = np.array([[1.0, 2, 3, 4], [0, 1, 0, 0], [5, 0, 1, 0], [9, 9, 9, 9]])
    signs = np.array([1, 1, -1, 0])
    assert scores.polarity(matrix, signs) == pytest.approx((1 + 2 + 1 + 1) / (10 + 1 + 6))
    assert np.isnan(scores.polarity(matrix, np.zeros(4, dtype=int)))


@given(pairs)
def test_the_polarity_is_the_accuracy_of_the_signs(rows: Pairs) -> None:
    truth, predicted = codes(rows)
    signs = np.array([1, 1, -1, -1])
    found = scores.polarity(scores.confusion(truth, predicted, 4), signs)
    assert found == pytest.approx((signs[truth] == signs[predicted]).mean())


def test_rounding_is_no_correlation() -> None:
    assert scores.correlation(np.outer([25.0, 64, 3], [1 / 3, 1 / 3, 1 / 3])) == 0
